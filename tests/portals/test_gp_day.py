"""A day of a general practitioner: overview, card, note, signature, referral, order; and what the patient sees of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.portals.windows import Open, Visitor, Window, in_each_window

pytestmark = pytest.mark.browser

TWICE = {"sv-SE": "samma substans flera gånger", "en-GB": "the same substance more than once"}


def shoot(visitor: Visitor, name: str, window: Window) -> None:
    """The pictures of the documentation are Swedish."""
    if window.locale == "sv-SE":
        visitor.shoot(f"{name}-{window.width}", full=True)


@in_each_window
def test_a_visit_is_written_signed_referred_and_prescribed(visit: Open, window: Window) -> None:
    say, anna = window.say, visit(*window).sign_in("anna")
    page = anna.page
    anna.find("Astrid Lindqvist")
    record = page.url
    anna.assert_accessible()
    shoot(anna, "staff-overview", window)

    page.get_by_role("link", name=say("Write a note")).click()
    anna.assert_accessible()
    page.locator("input[value=visit]").check()
    page.get_by_role("button", name=say("Begin")).click()
    page.locator("#reason").fill("Yrsel när hon reser sig")
    page.locator("#systolic").fill("118")
    page.get_by_role("button", name=say("Save and sign")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#reason")).to_have_value("Yrsel när hon reser sig")
    anna.assert_accessible()
    shoot(anna, "staff-note-wrong", window)
    page.locator("#diastolic").fill("66")
    page.locator("#assessment").fill(f"Ortostatisk yrsel ({window.name})")
    page.get_by_role("button", name=say("Save and sign")).click()
    expect(page.get_by_role("status")).to_contain_text(say("The note is signed, and the patient can read it."))
    anna.assert_accessible()
    shoot(anna, "staff-note", window)

    page.goto(record)
    page.get_by_role("link", name=say("Write a referral")).click()
    page.locator("#to").select_option(index=1)
    page.locator("#what").fill("Fysioterapi")
    page.locator("#reason").fill("Yrsel, fallrisk")
    page.locator("#question").fill("Träning av balans?")
    anna.assert_accessible()
    shoot(anna, "staff-referral", window)
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text(say("The referral is sent. The unit has it, and the patient sees it."))

    page.get_by_role("link", name=say("Order a medicine")).click()
    page.locator("#name").fill("Metformin 500 mg")
    page.locator("#atc").fill("A10BA02")
    page.locator("#dose").fill("1 tablett 2 gånger dagligen")
    page.locator("main form button").click()
    assert TWICE[window.locale] in anna.text()
    anna.assert_accessible()
    shoot(anna, "staff-order", window)
    page.locator("main form select").first.select_option("planned")
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text(say("The medicine is ordered and signed."))

    astrid = visit(*window).sign_in("astrid")
    astrid.open("/me")
    assert f"Ortostatisk yrsel ({window.name})" in astrid.text()
    assert "Fysioterapi" in astrid.text()
