"""Acting for somebody, in a real browser at phone width: one's children, mandates given and received, and the log of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.portals.windows import PHONE, Open, Visitor

pytestmark = pytest.mark.browser

NARROW = 320


def number_of(visitor: Visitor, name: str) -> str:
    """The number of a made-up person, from the list that the demo shows to staff."""
    visitor.open("/staff")
    return str(visitor.page.locator("details button.login", has_text=name).get_attribute("value"))


def act_for(visitor: Visitor, name: str) -> None:
    page = visitor.open("/me/acting")
    with page.expect_navigation():
        page.get_by_role("button", name=f"Agera för {name}").click()
    assert f"Du agerar för {name}" in visitor.page.locator(".acting").inner_text()


def back(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name="Till dig själv").click()
    assert visitor.page.locator(".acting").count() == 0


@pytest.fixture
def sara(visit: Open) -> Iterator[Visitor]:
    yield visit(PHONE).sign_in("sara")


def test_a_guardian_sees_which_of_their_children_they_act_for_and_why_not(sara: Visitor) -> None:
    sara.open("/me/acting")
    sara.assert_accessible()
    told = sara.text()
    assert "Elsa Berg, 8 år" in told
    assert "I den här åldern läser varken vårdnadshavare eller barn här" in told
    assert "Barnet läser själv nu" in told
    assert sara.page.get_by_role("button", name=re.compile("Agera för")).count() == 1
    sara.shoot("citizen-acting-400", full=True)


def test_a_guardian_acts_for_the_small_child_and_comes_back(sara: Visitor) -> None:
    act_for(sara, "Elsa Berg")
    assert "Elsa Berg" in sara.page.locator("h1").inner_text()
    assert sara.page.locator("main .entry").count() > 0
    sara.shoot("citizen-acting-child-400")
    for path in ("/me", "/me/results", "/me/medicines", "/me/log", "/me/acting"):
        sara.open(path)
        sara.assert_accessible()
        assert "Du agerar för Elsa Berg" in sara.page.locator(".acting").inner_text(), path
    back(sara)
    assert "Din hälsa, samlad" in sara.text()


def test_who_acts_for_somebody_decides_nothing_for_them(sara: Visitor) -> None:
    act_for(sara, "Elsa Berg")
    assert sara.page.get_by_role("link", name="Spärrar").count() == 0
    for path in ("/me/blocks", "/me/mandates/new", "/me/log/proof", "/me/notices"):
        sara.open(path)
        assert "Du agerar för Elsa Berg nu" in sara.text(), path
    sara.assert_accessible()


def test_a_form_that_was_opened_before_the_switch_is_not_taken_after_it(sara: Visitor) -> None:
    sara.open("/me/mandates/new")
    elsewhere = sara.context.new_page()
    elsewhere.goto(sara.server.url + "/me/acting")
    with elsewhere.expect_navigation():
        elsewhere.get_by_role("button", name="Agera för Elsa Berg").click()
    with sara.page.expect_navigation():
        sara.page.get_by_role("button", name="Ge fullmakten").click()
    assert "Fullmakten är given" not in sara.text()


def test_the_daughter_sees_her_father_s_medicines_and_plans_and_not_that_there_is_more(visit: Open) -> None:
    eva = visit(PHONE).sign_in("eva")
    eva.open("/me/acting")
    assert "med fullmakt: Läkemedel, Planer" in eva.text()
    eva.assert_accessible()
    act_for(eva, "Gösta Nyman")
    eva.assert_accessible()
    assert "Hjälp morgon och kväll" in eva.text()
    eva.shoot("citizen-acting-proxy-400")
    for hidden in ("Demens", "Hjärtsvikt", "Medicinkliniken, Sörviks sjukhus"):
        assert hidden not in eva.page.content(), hidden
    eva.open("/me/medicines")
    assert eva.page.locator("main .card").count() > 0
    assert "Läkemedel för Gösta Nyman" in eva.text()
    eva.assert_accessible()
    eva.open("/me/results")
    assert "Inget som du får se här" in eva.text()
    eva.assert_accessible()
    for type_name in ("Condition", "Observation", "Patient", "Consent"):
        assert eva.fetch(f"/fhir/{type_name}?_summary=count")["total"] == 0, type_name

    gosta = visit(PHONE).sign_in("gosta")
    gosta.open("/me/log")
    assert "Eva Nyman, som ombud" in gosta.text()


def test_a_mandate_is_given_used_and_revoked(visit: Open) -> None:
    number = number_of(visit().sign_in("anna"), "Sara Berg")
    gosta, sara = visit(PHONE).sign_in("gosta"), visit(PHONE).sign_in("sara")
    page = gosta.open("/me/mandates/new")
    gosta.assert_accessible()
    gosta.shoot("citizen-mandate-400", full=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Ge fullmakten").click()
    assert "Ingen fullmakt har getts än" in gosta.text()
    assert "Välj minst en sak" in gosta.text()
    gosta.assert_accessible()

    page.get_by_label("Ombudets namn").fill("Sara Berg")
    page.get_by_label("Ombudets personnummer").fill(number)
    page.get_by_label(re.compile("Provsvar")).check()
    page.get_by_label("Hur länge?").select_option("1")
    with page.expect_navigation():
        page.get_by_role("button", name="Ge fullmakten").click()
    assert "Fullmakten är given" in gosta.text()
    gosta.assert_accessible()
    gosta.shoot("citizen-mandates-given-400")

    act_for(sara, "Gösta Nyman")
    sara.open("/me/results")
    assert sara.page.locator("main .rows, main .series").count() > 0

    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Återkalla.*Sara Berg")).click()
    assert "Fullmakten är återkallad" in gosta.text()
    sara.page.reload()
    assert "Inget som du får se här" in sara.text()
    back(sara)
    sara.open("/me/acting")
    assert "Gösta Nyman" not in sara.text()


def test_staff_register_a_mandate_on_paper_and_revoke_it(visit: Open) -> None:
    anna = visit(PHONE).sign_in("anna")
    number = number_of(anna, "Sara Berg")
    anna.find(number_of(anna, "Gösta Nyman"))
    anna.page.get_by_role("link", name="Fullmakter på papper").click()
    address = anna.page.url
    anna.assert_accessible()
    page = anna.page
    page.get_by_label("Ombudets namn").fill("Sara <Berg>")
    page.get_by_label("Var papperet förvaras").fill("Pärm 3, nr 17")
    page.get_by_label("Till och med dagen").fill("2020-01-01")
    with page.expect_navigation():
        page.get_by_role("button", name="Registrera fullmakten").click()
    for wrong in (
        "Inget är registrerat än",
        "Välj minst en sak",
        "Skriv hela personnumret",
        "Skriv den sista dagen",
        "har granskat",
    ):
        assert wrong in anna.text(), wrong
    assert page.get_by_label("Var papperet förvaras").input_value() == "Pärm 3, nr 17"
    assert page.get_by_label("Ombudets namn").input_value() == "Sara <Berg>"
    anna.assert_accessible()
    anna.shoot("staff-mandate-refused-400", full=True)

    today = date.today()
    page.get_by_label("Ombudets namn").fill("Sara Berg")
    page.get_by_label("Ombudets personnummer").fill(number)
    page.get_by_label(re.compile("Provsvar")).check()
    page.get_by_label("Till och med dagen").fill((today + timedelta(days=30)).isoformat())
    page.get_by_label("Undertecknad den").fill((today - timedelta(days=3)).isoformat())
    page.get_by_label(re.compile("Jag har sett originalet")).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Registrera fullmakten").click()
    assert "Fullmakten är registrerad" in anna.text()
    assert "papperet: Pärm 3, nr 17" in anna.text()
    assert f"till {(today + timedelta(days=30)).day} " in anna.text()
    anna.assert_accessible()
    anna.shoot("staff-mandate-400", full=True)

    sara, gosta = visit(PHONE).sign_in("sara"), visit(PHONE).sign_in("gosta")
    act_for(sara, "Gösta Nyman")
    sara.open("/me/results")
    assert sara.page.locator("main .rows, main .series").count() > 0
    gosta.open("/me/acting")
    assert "Du undertecknade den på papper" in gosta.text()
    gosta.shoot("citizen-mandate-on-paper-400", full=True)

    omar = visit().sign_in("omar")
    omar.find(number_of(omar, "Gösta Nyman"))
    omar.page.get_by_role("link", name="Fullmakter på papper").click()
    assert "Sara Berg" not in omar.text()

    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Återkalla fullmakten").click()
    assert "Fullmakten är återkallad" in anna.text()
    sara.page.reload()
    assert "Inget som du får se här" in sara.text()


def test_the_essentials_work_without_scripts(visit: Open) -> None:
    sara = visit(PHONE, scripts=False).sign_in("sara")
    act_for(sara, "Elsa Berg")
    back(sara)


def test_who_is_old_enough_reads_and_who_is_not_does_not(visit: Open) -> None:
    maja, hugo = visit(PHONE).sign_in("maja"), visit(PHONE).sign_in("hugo")
    maja.open("/me")
    assert maja.page.locator("main .entry").count() > 0
    hugo.open("/me")
    assert hugo.page.locator("main .entry").count() == 0
    hugo.assert_accessible()


def test_nothing_is_wider_than_a_narrow_window(visit: Open) -> None:
    sara = visit(NARROW).sign_in("sara")
    for path in ("/me", "/me/acting", "/me/mandates/new"):
        sara.open(path)
        sara.assert_fits()
    act_for(sara, "Elsa Berg")
    sara.assert_fits()


def decide(visitor: Visitor, section: str, button: str, *, examined: bool = True) -> None:
    form = visitor.page.locator("section", has=visitor.page.locator(f"#{section}"))
    form.locator("form").evaluate("form => { form.noValidate = true; }")
    if examined:
        form.get_by_role("checkbox").check()
    with visitor.page.expect_navigation():
        form.get_by_role("button", name=button).click()


def end_decision(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name="Avsluta beslutet").click()
    assert "Beslutet har upphört" in visitor.text()


def test_the_head_of_a_unit_lets_a_child_read_and_ends_it(visit: Open) -> None:
    omar, hugo = visit(PHONE).sign_in("omar"), visit(PHONE).sign_in("hugo")
    omar.find(number_of(omar, "Hugo Berg"))
    omar.page.get_by_role("link", name="Vårdnadshavare och barnet").click()
    omar.assert_accessible()
    decide(omar, "child", "Låt barnet läsa", examined=False)
    assert "Inget är beslutat än" in omar.text()
    omar.assert_accessible()
    decide(omar, "child", "Låt barnet läsa")
    assert "Barnet läser det som den här enheten har" in omar.text()
    omar.assert_accessible()
    omar.shoot("staff-guardians-400", full=True)
    hugo.open("/me")
    assert hugo.page.locator("main .entry").count() > 0
    end_decision(omar)
    hugo.open("/me")
    assert hugo.page.locator("main .entry").count() == 0


def test_staff_close_what_the_unit_holds_to_guardians_who_are_not_told(visit: Open) -> None:
    sara = visit(PHONE).sign_in("sara")
    act_for(sara, "Elsa Berg")
    sara.open("/me")
    before = sara.page.locator("main .entry").count()
    omar = visit().sign_in("omar")
    omar.find("Elsa Berg")
    omar.page.get_by_role("link", name="Vårdnadshavare och barnet").click()
    decide(omar, "close", "Stäng för vårdnadshavare")
    assert "Det är beslutat" in omar.text()
    omar.shoot("staff-guardians", full=True)
    sara.open("/me")
    assert sara.page.locator("main .entry").count() < before
    assert "Stängt" not in sara.text()
    end_decision(omar)
    sara.open("/me")
    assert sara.page.locator("main .entry").count() == before


def test_who_is_not_the_head_of_the_unit_decides_no_exception(visit: Open) -> None:
    anna = visit().sign_in("anna")
    anna.find(number_of(anna, "Hugo Berg"))
    anna.page.goto(anna.page.url + "/guardians")
    assert "Enhetens chef beslutar om undantag" in anna.text()
    assert anna.page.get_by_role("button", name="Låt barnet läsa").count() == 0
    assert anna.page.get_by_role("button", name="Stäng för vårdnadshavare").count() == 1
