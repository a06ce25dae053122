"""Journey 5, the discharge planner: the stay of the demo, by each party, in both languages, on a phone and a wide window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.portals.windows import Open, Visitor

pytestmark = pytest.mark.browser
NARROW, WIDE = 360, 1280


def open_stay(visitor: Visitor, *, scripts: bool = True) -> None:
    """`scripts`: axe-core is one, so that nothing is checked without scripts."""
    check = visitor.assert_accessible if scripts else (lambda: None)
    visitor.open("/staff/discharge")
    check()
    visitor.page.locator("a.hit", has_text="Gösta Nyman").click()
    check()


def test_each_party_sees_its_clocks_and_does_its_part(visit: Open) -> None:
    peter = visit(WIDE).sign_in("peter")
    open_stay(peter)
    assert "Skulle börja" in peter.text() and "efter klockan 12.00" in peter.text()
    assert "Det finns ingen kallelse" in peter.text()
    peter.shoot("staff-discharge", full=True)
    anna = visit(NARROW, "en-GB").sign_in("anna")
    open_stay(anna)
    anna.shoot("staff-discharge-phone", full=True)
    anna.page.get_by_label("Where", exact=True).fill("Sörviks sjukhus, rum 3")
    anna.page.get_by_role("button", name="Send the invitation").click()
    expect(anna.page.get_by_role("status")).to_contain_text("The invitation is sent")
    anna.assert_accessible()
    peter.open("/staff/discharge")
    assert "Hem från sjukhuset" in peter.text()
    peter.page.locator("a.hit", has_text="Gösta Nyman").click()
    assert "rum 3" in peter.text() and "Det finns ingen kallelse" not in peter.text()


def test_without_scripts_and_by_keyboard_secrecy_is_kept_and_told_to_the_ward_alone(visit: Open) -> None:
    peter = visit(NARROW, scripts=False).sign_in("peter")
    open_stay(peter, scripts=False)
    peter.page.locator("summary", has_text="Sekretess").focus()
    peter.page.keyboard.press("Enter")
    peter.page.get_by_role("checkbox", name="Socialtjänsten").focus()
    peter.page.keyboard.press("Space")
    peter.page.get_by_role("button", name="Anteckna beslutet").focus()
    with peter.page.expect_navigation():
        peter.page.keyboard.press("Enter")
    assert "Får inte skickas: sekretess" in peter.text()
    kalle = visit(WIDE, scripts=False).sign_in("kalle")
    open_stay(kalle, scripts=False)
    assert "sekretess" not in kalle.text().lower()
    peter.page.locator("summary", has_text="Sekretess").click()
    peter.page.get_by_role("checkbox", name="Socialtjänsten").uncheck()
    with peter.page.expect_navigation():
        peter.page.get_by_role("button", name="Anteckna beslutet").click()
    assert "Får inte skickas" not in peter.text()


def test_the_person_and_a_proxy_see_the_plan_and_tick_their_own(visit: Open) -> None:
    gosta = visit(NARROW).sign_in("gosta")
    gosta.open("/me/plans")
    gosta.assert_accessible()
    gosta.page.locator("a.hit", has_text="Trygg hemma igen").click()
    gosta.assert_accessible()
    gosta.page.get_by_role("button", name=re.compile("Bocka av som klart.*Väga mig varje morgon")).click()
    expect(gosta.page.get_by_role("status")).to_contain_text("Det är avbockat")
    gosta.shoot("plan-phone", full=True)
    assert "1 av 6 klara" in gosta.text()
    anna = visit(WIDE, "en-GB").sign_in("anna")
    open_stay(anna)
    anna.page.get_by_role("link", name="Trygg hemma igen").click()
    anna.assert_accessible()
    assert "1 of 6 done" in anna.text() and "ticked by Gösta Nyman" in anna.text()
    anna.page.locator("summary", has_text="Change the plan").click()
    anna.page.get_by_label("Goal 3").fill("Äta middag med Eva på söndagar")
    anna.page.get_by_role("button", name="Save the plan").click()
    expect(anna.page.get_by_role("status")).to_contain_text("The plan is changed")
    assert "Äta middag med Eva" in anna.text()
    anna.shoot("staff-plan", full=True)
    gosta.page.get_by_role("button", name="Inte klart ändå").click()
    assert "samtidigt som du" in gosta.text() and "Äta middag med Eva" in gosta.text()
    gosta.assert_accessible()
