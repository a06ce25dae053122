"""The lists of pages: all that they name is there for whom they name it, and the bar of a phone holds five."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx
import pytest

from kedja.access.actor import Actor, Kind
from kedja.portals.citizen.places import groups
from kedja.portals.shared.language import language
from tests.portals.test_safety import sign_in
from tests.portals.windows import DESKTOP, Open, Server

_LINK = re.compile(r'<a class="choice hit" href="([^"]+)"')


@pytest.mark.parametrize(("login", "page", "least"), [("astrid", "/me/more", 10), ("anna", "/staff", 1)])
def test_every_page_that_a_list_names_opens(server: Server, login: str, page: str, least: int) -> None:
    with httpx.Client(base_url=server.url) as client:
        sign_in(client, login)
        named = _LINK.findall(client.get(page).text)
        assert len(named) >= least
        assert [(each, client.get(quote(each)).status_code) for each in named if client.get(each).status_code != 200] == []


def test_who_acts_for_somebody_is_not_shown_what_only_oneself_opens() -> None:
    _ = language("sv")
    proxy = Actor("test", Kind.PROXY, person=1, acts_for=2)
    named = {place.href for _name, places in groups(proxy, _) for place in places}
    assert "/me/results" in named
    assert not named & {"/me/control", "/me/own", "/me/blocks", "/me/log"}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "locale", "shown"), [(360, "sv-SE", 5), (DESKTOP, "en-GB", 6)])
def test_the_main_menu_holds_what_fits(visit: Open, width: int, locale: str, shown: int) -> None:
    visitor = visit(width, locale).sign_in("astrid")
    visitor.open("/me/more")
    entries = [each for each in visitor.page.locator(".nav a").all() if each.is_visible()]
    assert len(entries) == shown
    assert entries[-1].get_attribute("aria-current") == "page"
    visitor.assert_accessible()
