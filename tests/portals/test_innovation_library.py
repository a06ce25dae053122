"""The catalogues in a browser: a test from draft to citation, an early dialogue that is told to all, and steering."""

from __future__ import annotations

import pytest

from tests.portals.windows import PHONE, Open, Visitor

pytestmark = pytest.mark.browser
NARROW = 360


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


def test_a_company_enters_through_early_dialogue_told_as_all_others_are(visit: Open) -> None:
    ida, torsten = visit().sign_in("ida"), visit(NARROW, "en-GB").sign_in("torsten")
    need = _opened_need(ida)

    page = torsten.open("/innovation")
    follow(torsten, "new notice")
    assert "It fits what your organisation offers" in torsten.text()
    torsten.assert_accessible()
    follow(torsten, "Larm på natten")
    assert page.url.endswith(need)
    page.fill("#interest-text", "We can")
    press(torsten, "Take part")
    page.fill("#question-text", "May it be silent first?")
    press(torsten, "Ask a question")
    assert "waits for an answer" in torsten.text()
    torsten.assert_accessible()

    ida.open(need)
    ida.page.get_by_label("Svar till alla").fill("Ja, i sex veckor")
    press(ida, "Svara")
    ida.page.fill("#information-text", "Studiebesöket är den nionde.")
    press(ida, "Lämna en upplysning till alla")
    torsten.open("/innovation/library")
    follow(torsten, "Larm på natten")
    assert "Ja, i sex veckor" in torsten.text()
    assert "Studiebesöket är den nionde." in torsten.text()
    assert "Equal treatment" not in torsten.text()

    page = torsten.open("/innovation/library/offer/new")
    page.fill("#title", "Larm med tyst timme")
    page.fill("#what", "Larmet går till en mottagare i taget.")
    page.select_option("#kind", "device")
    page.check('input[name="areas"][value="night"]')
    page.select_option("#maturity", "tested")
    press(torsten, "Save")
    press(torsten, "Publish")
    assert "Open needs that fit" in torsten.text()
    assert "Larm på natten" in torsten.text()
    torsten.assert_accessible()
    case = _case_of_a_company(torsten, need)

    ida.open(need)
    record = ida.page.locator("table").inner_text()
    assert all(record.count(name) for name in ("Fallvakt AB", "Sängvakt AB", "Takradar AB"))  # told alike, whoever takes part
    follow(ida, "Larm med tyst timme, prövat hos er")
    assert case in ida.page.url
    ida.open(need)
    ida.assert_accessible()


def _opened_need(ida: Visitor) -> str:
    """A need with early dialogue, opened for all; its address."""
    page = ida.open("/innovation/library/need/new")
    page.fill("#title", "Larm på natten som går att tysta en stund")
    page.fill("#need", "Personalen får larm som ingen kan gå till.")
    for area in ("falls", "night"):
        page.check(f'input[name="areas"][value="{area}"]')
    page.select_option("#setting", "hospital")
    page.select_option("#route", "dialogue")
    page.fill("#closes", "2035-01-01")
    press(ida, "Spara")
    press(ida, "Öppna dialogen för alla")
    return page.url.partition("?")[0].removeprefix(ida.server.url)


def _case_of_a_company(torsten: Visitor, need: str) -> str:
    """The company's own case, with its secrets held back, which builds on the need."""
    page = torsten.open("/innovation/new")
    page.fill("#title", "Larm med tyst timme, prövat hos er")
    page.fill("#problem", "Personalen får larm som ingen kan gå till.")
    page.select_option("#org", label="Region Sörvik")
    page.locator("input[name=secret]").check()
    press(torsten, "Send it in")
    if page.url.endswith("/new"):
        assert "Larm på natten" in torsten.text()  # what is like it: the need itself
        press(torsten, "Send it in")
    case = page.url.removeprefix(torsten.server.url).partition("?")[0]
    assert "Confidential" in torsten.text()
    page = torsten.open(f"{case}/built")
    page.fill("#entry", f"B-{need.rpartition('/')[2]}")
    page.fill("#note", "Svar på ert behov")
    press(torsten, "Save")
    torsten.assert_accessible()
    return case


def test_the_portfolio_the_plan_and_the_measures_can_be_read_by_everybody(visit: Open) -> None:
    ragnhild = visit(PHONE).sign_in("ragnhild")
    follow(ragnhild, "Portfölj")
    text = ragnhild.text()
    assert "kostar 3 200 000 kr" in text.replace("\u00a0", " ")
    assert "poäng" in text
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


def test_a_pilot_files_the_cases_of_a_file_once_nothing_is_wrong_with_them(visit: Open) -> None:
    ida = visit(NARROW, "en-GB").sign_in("ida")
    page = ida.open("/innovation")
    follow(ida, "Cases from a file")
    ida.assert_accessible()

    def look(name: str, body: str) -> None:
        page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": body.encode()})
        press(ida, "Look through it")

    look("fel.csv", "title;problem;novelty\nTyst larm;Larm väcker alla;maybe\n;Utan namn;\n")
    assert "2 things are wrong: nothing is filed" in ida.text()
    assert [
        [cell.strip() for cell in row.split("\t")[:3]]
        for row in page.locator("table").first.locator("tbody tr").all_inner_texts()
    ] == [
        ["1", "2", "novelty\nHow new is it?"],
        ["2", "3", "title\nWhat do you call it?"],
    ]
    ida.assert_accessible()
    look("rätt.csv", 'title;problem;chain\nTyst larm;"Larm väcker\nalla";home hospital\nLåsbar låda;Läkemedel försvinner;\n')
    assert "2 cases, nothing is wrong" in ida.text()
    ida.assert_accessible()
    press(ida, "File 2 cases")
    assert "2 cases are in your queue now." in ida.text()
    ida.open("/innovation/cases?words=l%C3%A5sbar")
    assert "Låsbar låda" in ida.text()
    maria = visit().sign_in("maria")
    assert "Ärenden ur en fil" not in maria.open("/innovation").locator("main").inner_text()
    maria.open("/innovation/import")
    assert maria.page.locator("#file").count() == 0
    assert "Idélotsen lämnar in ärenden ur en fil" in (maria.page.locator("main").text_content() or "")


def test_a_pilot_attaches_a_file_as_proof_and_whoever_sees_the_scorecard_fetches_it(visit: Open) -> None:
    ida, stranger = visit(NARROW, "en-GB").sign_in("ida"), visit().sign_in("pia")
    page = ida.open("/innovation/library/review")
    with page.expect_navigation():
        page.locator("a.choice.hit").first.click()
    address = page.url.partition("?")[0]
    page.select_option("#part", "privacy_files")
    page.set_input_files("#file", {"name": "risk.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00"})
    press(ida, "Attach the file")
    assert "neither PDF" in ida.text()  # what it holds counts, not what it is called
    ida.open(address.removeprefix(ida.server.url))
    page.select_option("#part", "privacy_files")
    page.set_input_files("#file", {"name": "dpia.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"})
    press(ida, "Attach the file")
    ida.assert_accessible()
    link = page.get_by_role("link", name="dpia.pdf").first.get_attribute("href") or ""
    fetched = stranger.context.request.get(f"{ida.server.url}{link}")
    assert (fetched.status, fetched.body()) == (200, b"%PDF-1.7\n%%EOF\n")
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert link.rpartition("/")[2] in stranger.context.request.get(f"{address}/entry.json").text()
    press(ida, "Take it off")
    assert page.get_by_role("link", name="dpia.pdf").count() == 0
