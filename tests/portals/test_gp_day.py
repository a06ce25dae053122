"""A day of a general practitioner: overview, card, note, signature, referral, order; and what the patient sees of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.portals.windows import DESKTOP, Open, Visitor

pytestmark = pytest.mark.browser

WORDS = {
    "sv-SE": {
        "note": "Skriv en anteckning",
        "kind": "Besöksanteckning",
        "begin": "Börja",
        "sign": "Spara och signera",
        "signed": "Anteckningen är signerad",
        "look": "svar behöver ses över",
        "referral": "Skriv en remiss",
        "sent": "Remissen är skickad",
        "order": "Ordinera ett läkemedel",
        "twice": "samma substans flera gånger",
        "ordered": "Läkemedlet är ordinerat",
    },
    "en-GB": {
        "note": "Write a note",
        "kind": "Visit note",
        "begin": "Begin",
        "sign": "Save and sign",
        "signed": "The note is signed",
        "look": "must be looked at",
        "referral": "Write a referral",
        "sent": "The referral is sent",
        "order": "Order a medicine",
        "twice": "the same substance more than once",
        "ordered": "The medicine is ordered",
    },
}


def shoot(visitor: Visitor, name: str, locale: str) -> None:
    """The pictures of the documentation are Swedish."""
    if locale == "sv-SE":
        visitor.shoot(name, full=True)


@pytest.mark.parametrize(("width", "locale"), [(360, "sv-SE"), (DESKTOP, "en-GB")])
def test_a_visit_is_written_signed_referred_and_prescribed(visit: Open, width: int, locale: str) -> None:
    words, anna = WORDS[locale], visit(width, locale).sign_in("anna")
    page = anna.page
    anna.find("Astrid Lindqvist")
    record = page.url
    anna.assert_accessible()
    shoot(anna, f"staff-overview-{width}", locale)

    page.get_by_role("link", name=words["note"]).click()
    anna.assert_accessible()
    page.get_by_label(words["kind"]).check()
    page.get_by_role("button", name=words["begin"]).click()
    page.locator("#reason").fill("Yrsel när hon reser sig")
    page.locator("#systolic").fill("118")
    page.get_by_role("button", name=words["sign"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["look"])
    expect(page.locator("#reason")).to_have_value("Yrsel när hon reser sig")
    anna.assert_accessible()
    shoot(anna, f"staff-note-wrong-{width}", locale)
    page.locator("#diastolic").fill("66")
    page.locator("#assessment").fill(f"Ortostatisk yrsel ({width})")
    page.get_by_role("button", name=words["sign"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["signed"])
    anna.assert_accessible()
    shoot(anna, f"staff-note-{width}", locale)

    page.goto(record)
    page.get_by_role("link", name=words["referral"]).click()
    page.locator("#to").select_option(index=1)
    page.locator("#what").fill("Fysioterapi")
    page.locator("#reason").fill("Yrsel, fallrisk")
    page.locator("#question").fill("Träning av balans?")
    anna.assert_accessible()
    shoot(anna, f"staff-referral-{width}", locale)
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text(words["sent"])

    page.get_by_role("link", name=words["order"]).click()
    page.locator("#name").fill("Metformin 500 mg")
    page.locator("#atc").fill("A10BA02")
    page.locator("#dose").fill("1 tablett 2 gånger dagligen")
    page.locator("main form button").click()
    assert words["twice"] in anna.text()
    anna.assert_accessible()
    shoot(anna, f"staff-order-{width}", locale)
    page.locator("main form select").first.select_option("planned")
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text(words["ordered"])

    astrid = visit(width, locale).sign_in("astrid")
    astrid.open("/me")
    assert f"Ortostatisk yrsel ({width})" in astrid.text()
    assert "Fysioterapi" in astrid.text()
