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


def test_the_administrator_of_rules_narrows_a_zone_with_a_reason_and_staff_see_it(visit: Open) -> None:
    runa, maria = visit(360, "en-GB").sign_in("runa"), visit().sign_in("maria")
    page = runa.open("/innovation")
    with page.expect_navigation():
        page.get_by_role("link", name="Rules of the regulation navigator").click()
    runa.assert_accessible()
    page = runa.open("/innovation/rules/psl-lead")
    page.fill("#step_sv", "Ring Lena på kvalitetsenheten.")
    page.select_option("#zone", "red")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep it").click()
    assert "Write it in both languages." in runa.text()
    assert page.locator("#step_sv").input_value() == "Ring Lena på kvalitetsenheten."
    runa.assert_accessible()
    page.fill("#step_en", "Call Lena at the unit of quality.")
    page.fill("#reason", "Delegationsordningen 2026.")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep it").click()
    assert "Delegationsordningen 2026." in runa.text()
    answers = urlencode(SMALL)
    maria.open(f"/innovation/navigator?{answers}")
    assert "Röd zon" in maria.text()
    assert "Ring Lena på kvalitetsenheten." in maria.text()
    maria.assert_accessible()
    stranger = visit()
    stranger.open(f"/innovation/navigator?{answers}")
    assert "Grön zon" in stranger.text()
    page = runa.open("/innovation/rules/psl-lead")  # taken back: others of these tests ask the navigator too
    for name in ("step_sv", "step_en"):
        page.fill(f"#{name}", "")
    page.select_option("#zone", "")
    page.fill("#reason", "Återställd.")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep it").click()
    assert "Taken back" in runa.text()
