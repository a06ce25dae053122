"""Cases in a real browser: an idea on its way to three units, a company's secret, a patient's voice, and who waits for whom."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import expect

from tests.innovation.test_navigator import SMALL
from tests.portals.test_keyboard import follow, tab_to
from tests.portals.windows import PHONE, Open, Visitor

pytestmark = pytest.mark.browser
NARROW = 360


def press(visitor: Visitor, name: str) -> None:
    """A button, and the page that comes after it; nobody is told that something is lacking."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=name, exact=True).first.click()


def send_in(visitor: Visitor) -> None:
    """Sent in; where something like it is there already, that is shown first, and it is sent once more."""
    button = visitor.page.locator("form[action='/innovation/new'] button.ds-button").first
    with visitor.page.expect_navigation():
        button.click()
    if visitor.page.url.endswith("/innovation/new"):
        assert "Något liknande finns" in visitor.text()
        with visitor.page.expect_navigation():
            button.click()


def give(visitor: Visitor, title: str, problem: str, **more: str) -> str:
    """An idea, in; the address of its case."""
    page = visitor.open("/innovation/new")
    page.fill("#title", title)
    page.fill("#problem", problem)
    for name, value in more.items():
        page.select_option(f"#{name}", label=value)
    send_in(visitor)
    assert "/innovation/cases/" in page.url, visitor.text()
    return page.url.removeprefix(visitor.server.url).partition("?")[0]


def go(visitor: Visitor, case: str, to: str) -> None:
    """As who decides: everything is in place, on to the next phase."""
    page = visitor.open(case)
    gate = page.locator("form[action$='/decide']").first
    for box in gate.locator("input[name=check]").all():
        box.check()
    gate.get_by_label(re.compile(f"^Gå vidare till {to}")).check()
    gate.locator("textarea[name=reason]").fill("Underlaget är komplett.")
    with page.expect_navigation():
        gate.get_by_role("button", name="Besluta").click()


def ask_the_navigator(visitor: Visitor, case: str, answers: Mapping[str, str]) -> None:
    """From the case, one question after the other by keyboard, and what they lead to kept with it."""
    page = visitor.open(case)
    with page.expect_navigation():
        page.get_by_role("link", name="Fråga regelnavigatorn").click()
    choices = page.locator("fieldset input[type=radio]")
    while choices.count():
        asked = choices.first.get_attribute("name") or ""
        page.locator(f'input[name="{asked}"][value="{answers[asked]}"]').focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    visitor.assert_accessible()
    press(visitor, "Spara svaren")


def test_a_nurses_idea_is_led_from_intake_to_introduction_in_three_units(visit: Open) -> None:
    maria, ida, eskil, ragnhild = (visit().sign_in(login) for login in ("maria", "ida", "eskil", "ragnhild"))
    page = maria.open("/innovation/new")
    page.fill("#title", "Bildkort för smärta när barnet inte talar svenska")
    page.fill("#problem", "Smärta underskattas när barn och personal inte har ett gemensamt språk.")
    page.select_option("#org", label="Region Sörvik")
    press(maria, "Skicka in")
    like = maria.page.locator("section[role=status] a.hit", has_text="Bildstöd för smärta när språket inte räcker")
    assert "Region Havsmark" in like.inner_text()  # another region has tried it, and nothing is filed yet
    maria.assert_accessible()
    press(maria, "Skicka in")
    case = page.url.removeprefix(maria.server.url).partition("?")[0]
    assert "Att tas emot och få sitt slag bestämt" in maria.text()
    maria.assert_accessible()
    page = ida.open(case)
    number = page.locator("#like-number option", has_text="Bildstöd för smärta när språket inte räcker").get_attribute("value")
    page.select_option("#like-number", number)
    press(ida, "Koppla ihop dem")
    assert "liknar Bildstöd för smärta när språket inte räcker (Region Havsmark" in ida.text()
    ida.page.select_option("#machine", "service")
    press(ida, "Ta emot det")
    assert "Gul zon" not in maria.open(case).locator(".page-head").inner_text()
    ask_the_navigator(maria, case, SMALL | {"kind": "service", "reach": "several"})
    assert "Gul zon" in maria.page.locator(".page-head").inner_text()
    for to in ("Idéer", "Tjänstekoncept"):
        go(eskil, case, to)
    go(eskil, case, "Pilot")
    assert "Ingen pilot börjar utan ett utgångsläge" in eskil.text()
    eskil.assert_accessible()

    maria.open(f"{case}/effect")
    maria.page.fill("#name", "Samtal till akuten")
    maria.page.fill("#baseline", "12,5")
    maria.page.get_by_label("Lägre är bättre").check()
    press(maria, "Spara måttet")
    go(eskil, case, "Pilot")
    maria.open(f"{case}/effect")
    maria.page.select_option("#months", "6")
    maria.page.fill("#value", "7")
    maria.page.fill("#lessons", "Ring före klockan tio.")
    press(maria, "Spara uppföljningen")
    assert "Bättre än utgångsläget" in maria.text()
    maria.assert_accessible()

    page = maria.open(f"{case}/payment")
    page.fill("#yearly-0", "mycket")
    press(maria, "Spara vem som betalar")
    assert page.locator("#yearly-0").input_value() == "mycket"
    assert page.locator("[aria-invalid]").count() == 1
    maria.assert_accessible()
    for place, (who, cost, gain) in enumerate((("Akuten", "90 000", ""), ("Barnkliniken", "", "310 000"))):
        page.fill(f"#who-{place}", who)
        page.fill(f"#yearly-{place}", cost)
        page.fill(f"#gains-{place}", gain)
    press(maria, "Spara vem som betalar")
    assert "Kostnaden ligger i en budget och vinsten i en annan" in maria.text()
    assert "Säg vem som betalar" in ida.open(f"{case}/introduction").locator("main").inner_text()
    page = ragnhild.open(f"{case}/payment")
    page.get_by_label("Betalas så", exact=True).check()
    page.fill("#reason", "Barnkliniken betalar för akutens kort.")
    press(ragnhild, "Besluta")
    ragnhild.assert_accessible()

    page = ida.open(f"{case}/introduction")
    for number in range(page.locator("#readiness ~ ul > li").count()):
        row = page.locator("#readiness ~ ul > li").nth(number)
        row.locator("summary").click()
        row.locator("input[name=note]").fill("Klart")
        row.locator("input[name=passed]").check()
        with page.expect_navigation():
            row.get_by_role("button", name="Spara").click()
    go(ragnhild, case, "Breddinförande")
    for unit, place in (("Ekbacken", "Region Sörvik"), ("Norrvik", "Norrviks kommun, hälso- och sjukvård"), ("Söderby", "")):
        page = maria.open(f"{case}/introduction")
        page.get_by_text("Lägg till en plan").click()
        page.fill("#name", unit)
        page.fill("#owner", "Enhetschefen")
        page.select_option("#step", "in-use")
        if place:
            page.select_option("#org", label=place)
        press(maria, "Spara planen")
    assert maria.page.locator(".tile-map .depth-4").count() == 2
    assert maria.page.locator("#plans ~ .pair tbody tr").count() == 3
    maria.assert_accessible()
    maria.shoot("innovation-introduction-1280", full=True)
    maria.open(case)
    assert "Eskil Rosén" in maria.text()
    assert "Breddinförande" in maria.text()
    maria.shoot("innovation-case-1280", full=True)


def test_a_company_enters_in_secret_and_a_stranger_is_not_told_that_it_is_there(visit: Open) -> None:
    torsten = visit(PHONE).sign_in("torsten")
    assert torsten.page.url.endswith("/innovation")
    page = torsten.open("/innovation/new")
    page.fill("#title", "Radar mot fall, andra generationen")
    page.fill("#problem", "Larm kommer för sent.")
    page.select_option("#org", label="Region Sörvik")
    page.get_by_label(re.compile("företagshemligheter")).check()
    send_in(torsten)
    case = page.url.removeprefix(torsten.server.url).partition("?")[0]
    assert "Konfidentiellt" in torsten.text()
    torsten.assert_accessible()
    maria = visit().sign_in("maria")
    maria.open(case)
    assert "Sidan finns inte" in maria.text() or maria.page.locator("h1").inner_text() != "Radar mot fall, andra generationen"
    maria.open("/innovation/cases?words=andra+generationen")
    assert "Inget ärende som du får se" in maria.text()
    ida = visit().sign_in("ida")
    ida.open(case)
    assert "Radar mot fall" in ida.text()


def test_a_patients_representative_is_invited_and_changes_a_case_on_a_phone_in_english(visit: Open) -> None:
    ida, pia = visit().sign_in("ida"), visit(NARROW, "en-GB").sign_in("pia")
    case = "/innovation/cases/demo-diktering"
    page = ida.open(case)
    page.get_by_text("Bjud in, länka, öppna eller stäng").click()
    page.select_option("#org", label="Sörviks patientråd")
    press(ida, "Bjud in")
    page = pia.open(case)
    with page.expect_navigation():
        page.get_by_role("link", name="Change the description").click()
    pia.assert_accessible()
    page.fill("#affected", "Läkare, och patienter som inte vill bli inspelade")
    page.fill("#reason", "Patienten måste kunna säga nej.")
    press(pia, "Save")
    assert "och patienter som inte vill bli inspelade" in pia.text()
    assert "Patienten måste kunna säga nej." in pia.text()
    pia.assert_accessible()
    ida.open("/innovation/notices")
    assert "Beskrivningen ändrades" in ida.text()


def test_who_decides_finds_what_waits_for_whom_and_decides_with_the_keyboard_alone(visit: Open) -> None:
    ragnhild = visit().sign_in("ragnhild")
    page = ragnhild.page
    tab_to(ragnhild, "Väntar")
    follow(ragnhild)
    expect(page.locator("#on-me ~ .scroll tbody tr").first).to_be_visible()
    assert page.locator("#on-others ~ .scroll tbody tr").count() > 0
    ragnhild.assert_accessible()
    ragnhild.shoot("innovation-waiting-1280")
    title = "Schema efter inflöde på akuten"
    tab_to(ragnhild, title)  # the table itself comes first, so that it can be scrolled
    for _ in range(page.locator("#on-me ~ .scroll tbody a").count()):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == title:
            break
    follow(ragnhild)
    assert page.locator("h1").inner_text() == title
    tab_to(ragnhild, "Gå vidare till")
    page.keyboard.press("ArrowUp")  # round to the last of the choices, which asks for no checklist
    for _ in range(page.locator("form[action$='/decide'] input[name=move]").count()):
        if "Inte ännu" in page.evaluate("document.activeElement.labels[0].textContent"):
            break
        page.keyboard.press("ArrowUp")
    tab_to(ragnhild, "Skälet")
    page.keyboard.type("Säkerhetsplanen saknas.")
    tab_to(ragnhild, "Besluta")
    follow(ragnhild)
    assert "Säkerhetsplanen saknas." in ragnhild.text()
    ragnhild.assert_accessible()


@pytest.mark.parametrize(("width", "locale"), [(NARROW, "en-GB")])
def test_every_page_of_cases_is_accessible_in_the_other_language_on_a_phone(visit: Open, width: int, locale: str) -> None:
    visitor = visit(width, locale).sign_in("ida")
    dosing = "/innovation/cases/demo-dosautomat"
    for path in ("", "/cases", "/cases?words=fall", "/new", "/waiting", "/map", "/notices"):
        visitor.open(f"/innovation{path}")
        visitor.assert_accessible()
    for path in ("", "/effect", "/introduction"):
        visitor.open(dosing + path)
        visitor.assert_accessible()
    visitor.open("/innovation/map")
    visitor.shoot("innovation-map-phone")
    runa = visit(width, locale).sign_in("runa")
    runa.open("/innovation/seats")
    runa.assert_accessible()
