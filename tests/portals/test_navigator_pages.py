"""The regulation navigator and the map of actors in a browser: by keyboard alone, without scripts, in both languages."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.innovation.test_navigator import SMALL
from tests.portals.windows import DESKTOP, PHONE, Open

pytestmark = pytest.mark.browser
_PAGES = (
    "/innovation/navigator?area=care",
    f"/innovation/navigator?{urlencode(SMALL | {'harm': 'yes', 'reach': 'whole'})}",
    "/innovation/actors?show=supervises&question=fallskador",
    "/innovation/actors/ivo",
)


@pytest.mark.parametrize(("width", "locale", "scheme"), [(DESKTOP, "sv-SE", "light"), (360, "en-GB", "dark")])
def test_questions_results_and_the_map_are_accessible(visit: Open, width: int, locale: str, scheme: str) -> None:
    visitor = visit(width, locale, scheme=scheme)
    for path in _PAGES:
        visitor.open(path)
        visitor.assert_accessible()
    visitor.shoot(f"actors-{width}")


def test_a_question_is_answered_and_a_box_of_the_map_opened_by_keyboard_without_scripts(visit: Open) -> None:
    visitor = visit(PHONE, scripts=False)
    page = visitor.open("/innovation/navigator?area=care")
    page.locator('input[value="drug"]').focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "kind=drug" in page.url and "Hanteras uppgifter om personer?" in visitor.text()
    page = visitor.open("/innovation/actors")
    page.locator(".actor-map a.box").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/innovation/actors/universitet")
