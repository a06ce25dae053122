"""A person books, moves and cancels a time in a real browser: in both languages, on a phone, without JavaScript, by keyboard."""

from __future__ import annotations

import pytest

from tests.portals.windows import DESKTOP, Open

pytestmark = pytest.mark.browser
SMALL = 360
WORDS = {
    "sv-SE": (
        "Boka en tid",
        "Visa lediga tider",
        "Boka tiden",
        "Tiden är bokad",
        "Boka om tiden",
        "Ta den här",
        "flyttad",
        "Avboka",
        "avbokad",
    ),
    "en-GB": (
        "Book a time",
        "Show free times",
        "Book the time",
        "is booked",
        "Change the time",
        "Take this",
        "moved",
        "Cancel the",
        "cancelled",
    ),
}


@pytest.mark.parametrize(("width", "locale", "scripts"), [(SMALL, "sv-SE", False), (DESKTOP, "en-GB", True)])
def test_a_time_is_booked_moved_and_cancelled(visit: Open, width: int, locale: str, *, scripts: bool) -> None:
    find, show, book, booked, change, take, moved, cancel, cancelled = WORDS[locale]
    bjorn = visit(width, locale, scripts=scripts).sign_in("bjorn")
    page = bjorn.open("/me/contacts")
    page.get_by_role("link", name=find).click()
    bjorn.assert_fits()
    page.get_by_role("combobox").select_option(label="Ekbackens vårdcentral: Besök hos distriktsläkare")
    page.get_by_role("button", name=show).click()
    page.locator("input[name=slot]").nth(3).check()
    page.locator("#words").fill("Jag sover dåligt.")
    bjorn.assert_fits()
    if scripts:
        bjorn.assert_accessible()
    bjorn.shoot(f"citizen-book-{width}")
    page.get_by_role("button", name=book).click()
    assert booked in bjorn.text()
    assert "Jag sover dåligt." in bjorn.text()
    if scripts:
        bjorn.assert_accessible()
    bjorn.assert_fits()
    bjorn.shoot(f"citizen-contacts-{width}")
    page.get_by_role("link", name=change).first.click()
    page.get_by_role("combobox").select_option(label="Ekbackens vårdcentral: Besök hos diabetessjuksköterska")
    page.get_by_role("button", name=show).click()
    page.locator("input[name=slot]").first.check()
    page.get_by_role("button", name=take).click()
    assert moved in bjorn.text()
    page.get_by_role("link", name=cancel).first.click()
    bjorn.assert_fits()
    if scripts:
        bjorn.assert_accessible()
    page.get_by_role("button", name=cancel).click()
    assert cancelled in bjorn.text()


def test_by_keyboard_alone_a_time_is_found_and_booked(visit: Open) -> None:
    lars = visit().sign_in("lars")
    page = lars.open("/me/contacts/new")
    page.locator("#kind").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    for _ in range(4):  # year, month, day and the calendar's own button
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("input[name=slot]").first.focus()
    page.keyboard.press("Space")
    page.locator("#words").focus()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Tiden är bokad" in lars.text()


def test_the_unit_sees_who_comes(visit: Open) -> None:
    maria = visit().sign_in("maria")
    page = maria.open("/staff/times")
    assert "Astrid Lindqvist" in maria.text()
    assert "Årskontroll av min diabetes." in maria.text()
    maria.assert_accessible()
    maria.shoot("staff-times-1280")
    page.set_viewport_size({"width": SMALL, "height": 900})
    maria.assert_fits()
