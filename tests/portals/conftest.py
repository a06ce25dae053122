"""A real server on the named persons of the demo region, and a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.sync_api import Browser, sync_playwright

from kedja import demo
from kedja.store.migrate import migrate
from kedja.testbed.people import NAMED
from kedja.testbed.population import population
from tests.portals.windows import CHROMIUM, DESKTOP, Open, Server, Visitor, start

_NAME = "test_portals"
DOWN = "http://127.0.0.1:9"  # where no provider is


def in_thread(work: Callable[..., Any], *args: Any) -> Any:
    """Beside whatever event loop this thread may have."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work, *args).result()


async def _command(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url)
    for statement in statements:
        await conn.execute(statement)
    await conn.close()


async def _schema(url: str) -> None:
    conn = await asyncpg.connect(url)
    await migrate(conn)
    await conn.close()


@pytest.fixture(scope="session")
def region_url(postgres: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the named persons in all four domains, as of today."""
    folder = tmp_path_factory.mktemp("portals") / "region"
    url = postgres(_NAME)
    in_thread(asyncio.run, _command(postgres("postgres"), f"DROP DATABASE IF EXISTS {_NAME}", f"CREATE DATABASE {_NAME}"))
    in_thread(asyncio.run, _schema(url))
    in_thread(population, NAMED, 1, folder, date.today())
    in_thread(demo.fill, url, folder)
    yield url
    in_thread(asyncio.run, _command(postgres("postgres"), f"DROP DATABASE {_NAME} WITH (FORCE)"))


def _serve(database_url: str, home: Path, *, demo: bool, sign_in: str = "") -> Iterator[Server]:
    process, server = start(database_url, home, demo=demo, sign_in=sign_in)
    yield server
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="package")
def server(region_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, on the named persons."""
    yield from _serve(region_url, tmp_path_factory.mktemp("home"), demo=True)


@pytest.fixture(scope="package")
def server_without_demo(region_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With a provider that is down."""
    file = tmp_path_factory.mktemp("sign-in") / "sign-in.toml"
    provider = f'name = "bankid"\ntitle_sv = "BankID"\ntitle_en = "BankID"\nissuer = "{DOWN}"\nclient_id = "kedja"'
    file.write_text(f"[[provider]]\n{provider}\n", encoding="utf-8")
    yield from _serve(region_url, tmp_path_factory.mktemp("home"), demo=False, sign_in=str(file))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: while it runs, this thread has an event loop, which tests of other rooms could not bear."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's `chromium`, or set KEDJA_CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Open]:
    """`visit()` or `visit(PHONE, "en-GB", scripts=False, scheme="dark")`: a new window of somebody."""
    opened: list[Visitor] = []

    def open_window(width: int = DESKTOP, locale: str = "sv-SE", *, scripts: bool = True, scheme: Any = "light") -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=scripts, color_scheme=scheme
        )
        opened.append(Visitor(context, server))
        return opened[-1]

    yield open_window
    for visitor in opened:
        visitor.context.close()
    assert [complaint for visitor in opened for complaint in visitor.complaints] == []
