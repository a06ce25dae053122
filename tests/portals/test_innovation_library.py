"""The catalogues in a browser: a test from draft to citation, an early dialogue that is told to all, and steering."""

from __future__ import annotations

import pytest

from tests.portals.windows import PHONE, Open, Visitor

pytestmark = pytest.mark.browser


def follow(visitor: Visitor, label: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name=label).first.click()


def press(visitor: Visitor, label: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=label).first.press("Enter")


def test_a_nurses_test_goes_from_draft_to_a_result_that_can_be_cited(visit: Open) -> None:
    maria, ida = visit().sign_in("maria"), visit().sign_in("ida")
    page = maria.open("/innovation/library/test")
    maria.assert_accessible()
    follow(maria, "Lägg till ett test")
    page.fill("#title", "Stolsvarnare mot fall")
    press(maria, "Spara")
    assert "Något saknas eller är fel" in maria.text()
    assert page.locator("#product[aria-invalid]").count() == 1
    maria.assert_accessible()
    page.select_option("#kind", "device")
    page.check('input[name="areas"][value="falls"]')
    page.select_option("#setting", "hospital")
    page.select_option("#design", "before-after")
    for id in ("product", "product_version", "site", "protocol", "measure"):
        page.fill(f"#{id}", "Stolvakt 1")
    press(maria, "Spara")
    address = page.url.partition("?")[0].removeprefix(maria.server.url)
    assert "Inte öppet för alla" in maria.text()
    ida.open(f"{address}/edit")
    ida.page.select_option("#outcome", "none")
    for id in ("result", "elsewhere", "note"):
        ida.page.fill(f"#{id}", "Ingen skillnad")
    press(ida, "Spara en ny version")
    press(ida, "Publicera resultatet")
    assert "Avslutat" in ida.text()
    ida.assert_accessible()
    maria.open(address)
    assert "version 3. http" in maria.text()
    study = maria.context.request.get(f"{maria.server.url}{address}/entry.fhir").json()
    assert (study["resourceType"], study["status"], study["title"]) == ("ResearchStudy", "completed", "Stolsvarnare mot fall")


def test_a_companys_question_on_a_phone_in_english_is_answered_to_all_who_take_part(visit: Open) -> None:
    torsten, ida = visit(PHONE, "en-GB").sign_in("torsten"), visit().sign_in("ida")
    torsten.open("/innovation/library?words=larmtrötthet")
    torsten.assert_accessible()
    torsten.open("/innovation/library/need?words=varningar")
    follow(torsten, "Varningar")
    address = torsten.page.url.removeprefix(torsten.server.url)
    torsten.page.fill("#interest-text", "We can")
    press(torsten, "Take part")
    torsten.page.fill("#question-text", "May it be silent first?")
    press(torsten, "Ask a question")
    assert "waits for an answer" in torsten.text()
    torsten.assert_accessible()
    ida.open(address)
    ida.page.get_by_label("Svar till alla").fill("Ja, i sex veckor")
    press(ida, "Svara")
    assert "Likabehandling: vem som har fått veta vad" in ida.text()
    assert "Fallvakt AB" in ida.page.locator("table").inner_text()
    ida.assert_accessible()
    torsten.open("/innovation/library")
    follow(torsten, "Varningar")
    assert "Ja, i sex veckor" in torsten.text()
    assert "Equal treatment" not in torsten.text()


def test_the_portfolio_the_plan_and_the_measures_can_be_read_by_everybody(visit: Open) -> None:
    ragnhild = visit(PHONE).sign_in("ragnhild")
    for path, words in (
        ("portfolio", "Portfölj"),
        ("plan", "Vision e-hälsa 2025"),
        ("measures", "Tester med publicerat resultat"),
    ):
        ragnhild.open(f"/innovation/{path}")
        assert words in ragnhild.text()
        ragnhild.assert_accessible()
    report = ragnhild.context.request.get(f"{ragnhild.server.url}/innovation/report.pdf")
    assert report.body().startswith(b"%PDF-")
