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


@pytest.mark.parametrize(
    ("width", "locale", "login", "answer"), [(SMALL, "sv-SE", "astrid", "yes"), (DESKTOP, "en-GB", "astrid", "no")]
)
def test_a_medicine_is_asked_for_again_and_answered(visit: Open, width: int, locale: str, login: str, answer: str) -> None:
    swedish = locale == "sv-SE"
    person = visit(width, locale, scripts=not swedish).sign_in(login)
    page = person.open("/me/medicines")
    links = page.get_by_role("link", name="Förnya" if swedish else "Renew")
    (links.first if swedish else links.last).click()
    person.assert_fits()
    if not swedish:
        person.assert_accessible()
    page.locator("#words").fill(f"Den fungerar bra, {answer}.")
    person.shoot(f"citizen-renew-{width}")
    page.get_by_role("button", name="Skicka" if swedish else "Send").click()
    assert ("Du har bett om det igen" if swedish else "You have asked for it again") in person.text()
    person.assert_fits()
    person.shoot(f"citizen-renewal-{width}")

    anna = visit(locale=locale).sign_in("anna")
    list_ = anna.open("/staff/renewals")
    card = list_.locator("section.card", has_text=f"Den fungerar bra, {answer}.")
    anna.assert_accessible()
    anna.shoot("staff-renewals-1280")
    if answer == "no":
        card.get_by_role("textbox").fill("Vi behöver ses först")
    card.locator(f"button[value={answer}]").click()
    assert ("Det är förskrivet" if swedish else "It is refused") in anna.text()
    person.open("/me/medicines")
    assert ("Förnyat som du bad om" if swedish else "Vi behöver ses först") in person.text()
    if not swedish:
        person.assert_accessible()
