"""An opening's other side: the person is told, the log is reviewed, and the extract has it; in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.portals.test_ambulance import REASON, open_lars
from tests.portals.windows import PHONE, Open

pytestmark = pytest.mark.browser


def test_an_opening_is_told_to_the_person_and_its_review_is_closed_with_a_finding(visit: Open) -> None:
    jonas = visit(scripts=False).sign_in("jonas")
    open_lars(jonas, "Astrid Lindqvist")
    astrid = visit(PHONE).sign_in("astrid")
    astrid.open("/me/notices")
    assert REASON in astrid.text() and "2022:913" in astrid.text()
    astrid.assert_accessible()
    gustav = visit(PHONE).sign_in("gustav")
    gustav.page.get_by_role("link", name="Logggranskning").click()
    gustav.assert_accessible()
    gustav.page.locator("a.hit", has_text="Nödöppning").first.click()
    assert REASON in gustav.text() and "Jonas" in gustav.text()
    assert "Inga hos din vårdgivare" in gustav.text() or "hela vårdgivaren" in gustav.text() or "från" in gustav.text()
    gustav.assert_accessible()
    gustav.shoot("staff-review", full=True)
    with gustav.page.expect_navigation():
        gustav.page.locator("form[action^='/staff/reviews/']").evaluate("form => { form.noValidate = true; form.submit(); }")
    assert "Välj vad du kom fram till" in gustav.text()
    gustav.page.go_back()
    gustav.page.get_by_label("Läsningen behövdes för arbetet").check()
    gustav.page.get_by_label("Vad du tittade på").fill("Läste larmet från SOS och ambulansjournalen.")
    gustav.page.get_by_role("button", name="Avsluta granskningen").click()
    expect(gustav.page.get_by_role("status")).to_contain_text("Granskningen är avslutad")
    gustav.page.get_by_role("link", name="Avslutade granskningar").click()
    assert "Läsningen behövdes för arbetet" in gustav.text()


def test_others_see_nothing_to_review(visit: Open) -> None:
    anna = visit(scripts=False).sign_in("anna")
    anna.open("/staff/reviews")
    assert "Inget att granska" in anna.text()
    anna.open("/staff")
    assert anna.page.get_by_role("link", name="Logggranskning").count() == 0


def test_the_extract_is_taken_from_the_log_page(visit: Open) -> None:
    astrid = visit(scripts=False).sign_in("astrid")
    astrid.open("/me/log")
    with astrid.page.expect_download() as download:
        astrid.page.get_by_role("link", name="att läsa och skriva ut (PDF)").click()
    assert download.value.suggested_filename == "loggutdrag.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    entries = astrid.fetch("/audit/extract?format=json")["entries"]
    assert any(entry["action"] == "log" for entry in entries)
