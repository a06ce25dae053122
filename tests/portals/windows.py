"""A running server, and a browser window of one person on it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from kedja.portals.shared.language import Language, language

CHROMIUM = os.environ.get("KEDJA_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SCREENSHOTS = Path(__file__).parent.parent.parent / "docs" / "screenshots"
DESKTOP, PHONE = 1280, 400
_PATIENCE = 180.0  # seconds that a server may take to answer the first time


class Window(NamedTuple):
    """A width and a language that a journey is made in: `visit(*window)` opens one."""

    width: int
    locale: str

    @property
    def say(self) -> Language:
        """`window.say("Sign in")`: what a page says for it in this language; the words are those of the page's source."""
        return language(self.locale[:2])

    @property
    def name(self) -> str:
        """`sv-360`"""
        return f"{self.locale[:2]}-{self.width}"


_USUAL: Final = (Window(360, "sv-SE"), Window(DESKTOP, "en-GB"))
_FURTHER: Final = (Window(360, "en-GB"), Window(DESKTOP, "sv-SE"))
WINDOWS: Final = _USUAL + (_FURTHER if os.environ.get("KEDJA_ALL_JOURNEYS") == "1" else ())
"""Each language and each width once; with `KEDJA_ALL_JOURNEYS=1` each language at each width."""

in_each_window: Final = pytest.mark.parametrize("window", WINDOWS, ids=[each.name for each in WINDOWS])


@dataclass(frozen=True)
class Server:
    """A running server and its store."""

    url: str
    home: Path
    database_url: str


def start(database_url: str, home: Path, *, demo: bool, sign_in: str = "") -> tuple[subprocess.Popen[bytes], Server]:
    """One web worker process as `kedja up` starts it, once it answers. `sign_in` is the path of a sign-in file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "KEDJA_DATABASE_URL": database_url,
        "KEDJA_HOME": str(home),
        "KEDJA_PORT": str(port),
        "KEDJA_WORKERS": "1",
        "KEDJA_DEMO": "1" if demo else "0",
        "KEDJA_SIGN_IN": sign_in,
    }
    process = subprocess.Popen([sys.executable, "-m", "kedja.worker", str(os.getpid())], env={**os.environ, **settings})
    server = Server(f"http://127.0.0.1:{port}", home, database_url)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/health").status_code == 200:
                return process, server
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the server did not become ready")


class Visitor:
    """A browser window of one person. What the browser complains about (policy, scripts) fails the test at the end."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context = context
        self.server = server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, words: str) -> None:
        expected = ("the server responded with a status of", "net::ERR_INTERNET_DISCONNECTED")
        if kind in ("error", "warning") and not any(each in words for each in expected):
            self.complaints.append(words)

    def open(self, path: str) -> Page:
        self.page.goto(self.server.url + path)
        return self.page

    def sign_in(self, login: str) -> Visitor:
        self.open("/sign-in")
        with self.page.expect_navigation():
            self.page.click(f'button[value="{login}"]')
        return self

    def find(self, wanted: str) -> Page:
        """As staff: a patient by name or number, opened."""
        self.open("/staff")
        self.page.fill("#wanted", wanted)
        with self.page.expect_navigation():
            self.page.press("#wanted", "Enter")
        hits = self.page.locator("[aria-labelledby=found] a.hit")
        if hits.count():
            with self.page.expect_navigation():
                hits.first.click()
        return self.page

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def fetch(self, path: str) -> Any:
        """JSON of a FHIR address, with this visitor's session."""
        return self.context.request.get(self.server.url + path).json()

    def shoot(self, name: str, *, full: bool = False) -> None:
        """Keep a picture for the documentation, if asked for."""
        if os.environ.get("KEDJA_SCREENSHOTS") == "1":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)

    def assert_accessible(self) -> None:
        """axe-core finds nothing, and nothing is wider than the window."""
        result = Axe().run(self.page)
        found = [f"{each['id']}: {node['html'][:200]}" for each in result.response["violations"] for node in each["nodes"]]
        assert found == [], f"{self.page.url}: {found}"
        self.assert_fits()

    def assert_fits(self) -> None:
        """Nothing is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"


Open = Callable[..., Visitor]
