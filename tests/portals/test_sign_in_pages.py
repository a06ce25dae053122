"""The pages of sign-in in a browser: for everybody, on a phone and a desktop, in both languages, and by keyboard alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from kedja.access.actor import Actor, Kind
from kedja.gate import Door, sessions
from kedja.gate.sessions import Proof
from kedja.signin.secret import signing_secret
from kedja.signin.session import COOKIE, _hashed
from kedja.store.pool import connect
from tests.fhir.service import CLINIC_DOCTOR
from tests.portals.conftest import DOWN, in_thread
from tests.portals.windows import DESKTOP, Server, Visitor

PHONE = 360
ASTRID = Actor("person:1", Kind.CITIZEN, "Astrid", person=1)
WORDS = {"sv-SE": ("svarar inte just nu", "påbörjades någon annanstans"), "en-GB": ("does not answer", "began somewhere else")}


async def _put(server: Server, id: str, proof: Proof, actor: Actor | None) -> None:
    store = await connect(server.database_url, size=1)
    hashed = _hashed(id, signing_secret(server.home, demo=False))
    await sessions.begin(Door(store), hashed, proof, actor, "Mozilla/5.0 (iPhone) Safari/1", timedelta(hours=1))
    await store.close()


def signed_in(visitor: Visitor, id: str, actor: Actor | None, level: int, choices: int) -> None:
    """This window has a session from now on."""
    proof = Proof(DOWN, id, level, 0, "Astrid", 1, choices=choices)
    in_thread(asyncio.run, _put(visitor.server, id, proof, actor))
    visitor.context.clear_cookies()
    visitor.context.add_cookies([{"name": COOKIE, "value": id, "url": visitor.server.url}])


@pytest.fixture(params=[(PHONE, "sv-SE"), (DESKTOP, "en-GB")], ids=["phone", "desktop"])
def visitor(request: pytest.FixtureRequest, browser: Browser, server_without_demo: Server) -> Iterator[tuple[Visitor, str]]:
    width, locale = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    opened = Visitor(context, server_without_demo)
    yield opened, locale
    context.close()
    assert opened.complaints == []


def test_signing_in_is_for_everybody_and_by_keyboard_alone(visitor: tuple[Visitor, str]) -> None:
    somebody, locale = visitor
    page = somebody.open("/sign-in?next=/me")
    somebody.assert_accessible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/sign-in/with/bankid?next=/me":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert WORDS[locale][0] in somebody.text()
    somebody.assert_accessible()
    somebody.open("/sign-in/back/bankid?code=x&state=y")
    assert WORDS[locale][1] in somebody.text()
    somebody.assert_accessible()


def test_choosing_proving_more_and_ending_sessions_is_for_everybody(visitor: tuple[Visitor, str]) -> None:
    somebody, locale = visitor
    signed_in(somebody, f"undecided-{locale}", None, 3, 2)
    somebody.open("/sign-in/as")
    assert "Astrid" in somebody.text()
    somebody.assert_accessible()
    signed_in(somebody, f"weak-{locale}", ASTRID, 2, 1)
    page = somebody.open("/me")
    assert page.locator("a[href^='/sign-in/with/bankid?level=3']").is_visible()
    somebody.assert_accessible()
    signed_in(somebody, f"staff-{locale}", CLINIC_DOCTOR, 3, 2)
    page = somebody.open("/sessions")
    assert page.locator("header a[href='/sign-in/as']:visible").count() == 1
    assert page.locator("header span:visible", has_text="Unit 1001").count() >= 1
    somebody.assert_accessible()
    with page.expect_navigation():
        page.locator("form[action='/sessions/end'] button").last.click()
    assert page.url.endswith("/sign-in")
    assert somebody.open("/staff").url.endswith("/sign-in?next=/staff")
