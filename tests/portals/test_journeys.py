"""The journeys of citizen and clinician, in a real browser on a real server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from kedja.identity.numbers import luhn
from tests.portals.windows import DESKTOP, PHONE, Open, Visitor

pytestmark = pytest.mark.browser

GOSTA = "19400402-2390"
ASTRID = "19580314-2388"
LARS_BORN = "19670530"
HOSPITAL = "Medicinkliniken, Sörviks sjukhus"


def number_of(visitor: Visitor, name: str) -> str:
    """The number of a made-up person, from the list that the demo shows to staff."""
    visitor.open("/staff")
    example = visitor.page.locator("details button.login", has_text=name)
    return str(example.get_attribute("value"))


def count_notes(clinician: Visitor, patient: str) -> int:
    return clinician.fetch(f"/fhir/DocumentReference?patient={patient}&_summary=count")["total"]


def block(citizen: Visitor, unit: str) -> None:
    page = citizen.open("/me/blocks")
    page.get_by_label(re.compile(unit)).check()
    page.get_by_role("button", name="Se vad det skulle betyda").click()
    assert "Det här betyder det" in citizen.text()
    page.get_by_role("button", name="Spärra", exact=True).click()
    assert f"{unit} är spärrad" in citizen.text()


def lift_all(citizen: Visitor) -> None:
    page = citizen.open("/me/blocks")
    while page.get_by_role("button", name=re.compile("Häv spärren")).count():
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("Häv spärren")).first.click()


def test_a_blocked_unit_is_in_no_list_count_or_search_of_another_unit_from_the_next_request_on(visit: Open) -> None:
    gosta, anna = visit().sign_in("gosta"), visit().sign_in("anna")
    anna.find(GOSTA)
    assert HOSPITAL in anna.text()
    anna.shoot("staff-1280")
    all_notes = count_notes(anna, "gosta-region-sorvik")

    block(gosta, HOSPITAL)
    gosta.shoot("citizen-blocks")

    anna.page.reload()
    assert HOSPITAL not in anna.text()
    assert "Det finns spärrade uppgifter på en annan enhet här" in anna.text()
    hidden = all_notes - count_notes(anna, "gosta-region-sorvik")
    assert hidden == 3
    found = anna.fetch("/fhir/DocumentReference?patient=gosta-region-sorvik&_count=200")
    assert len(found["entry"]) == all_notes - hidden
    assert "unit-medicine" not in str(found)
    included = anna.fetch("/fhir/Patient?_id=gosta-region-sorvik&_revinclude=DocumentReference:subject")
    assert "unit-medicine" not in str(included)

    lift_all(gosta)
    assert count_notes(anna, "gosta-region-sorvik") == all_notes


def test_the_unit_that_is_blocked_still_sees_its_own(visit: Open) -> None:
    gosta, peter = visit().sign_in("gosta"), visit().sign_in("peter")
    block(gosta, HOSPITAL)
    peter.find(GOSTA)
    assert HOSPITAL in peter.text()
    lift_all(gosta)


def test_the_citizen_sees_the_clinicians_visit_in_the_log_at_once(visit: Open) -> None:
    astrid, maria = visit().sign_in("astrid"), visit().sign_in("maria")
    maria.find("Astrid Lindqvist")
    astrid.open("/me/log")
    first = astrid.page.locator("main .log > li", has_text="läste").first.inner_text()
    assert "Maria Lind" in first
    assert "Ekbackens vårdcentral" in first
    assert "PDL (2008:355) 4 kap. 1 §" in first
    astrid.shoot("citizen-log")
    astrid.open("/me")
    assert "Maria Lind" in astrid.page.locator("aside").inner_text()


def test_a_clinician_elsewhere_is_told_step_by_step_and_reads_with_consent(visit: Open) -> None:
    omar = visit().sign_in("omar")
    omar.find(ASTRID)
    assert "Det finns mer hos andra vårdgivare" in omar.text()
    assert "Region Sörvik" not in omar.text()
    assert "Metformin" not in omar.text()
    omar.shoot("staff-steps")

    omar.page.get_by_label("Är patienten här nu?").fill("Söker för yrsel")
    omar.page.get_by_role("button", name="Starta en kontakt").click()
    assert "Fråga patienten" in omar.text()
    assert "Metformin" not in omar.text()

    omar.page.get_by_label("Jag har frågat patienten").check()
    omar.page.get_by_role("button", name="Registrera samtycket").click()
    assert "Metformin" in omar.text()
    assert "Med aktuell patientrelation och patientens samtycke" in omar.text()
    omar.shoot("staff-record")

    astrid = visit().sign_in("astrid")
    astrid.open("/me/log")
    assert "Omar Haddad" in astrid.text()
    assert "SVOD (2022:913) 3 kap. 1 §" in astrid.text()


def test_an_emergency_without_a_reason_opens_nothing(visit: Open) -> None:
    jonas = visit(scripts=False).sign_in("jonas")
    jonas.find(ASTRID)
    jonas.page.get_by_role("link", name="Nödöppning").click()
    with jonas.page.expect_navigation():
        jonas.page.locator("form[action$='/emergency']").evaluate("form => { form.noValidate = true; form.submit(); }")
    assert "Båda villkoren måste vara uppfyllda" in jonas.text()
    jonas.page.get_by_role("link", name="Tillbaka utan att öppna").click()
    assert "Metformin" not in jonas.text()


def test_a_person_with_protected_identity_is_found_by_the_whole_number_only_and_marked(visit: Open) -> None:
    anna = visit().sign_in("anna")
    anna.find("Karin Sjöberg")
    assert "Ingen hittades" in anna.text()
    anna.find(number_of(anna, "Karin Sjöberg"))
    told = anna.text()
    assert "Skyddade personuppgifter" in told
    for place in ("Skatteverkets förmedling", "Box 990", "Kvarngatan"):
        assert place not in told


def test_what_is_no_number_and_no_name_is_told_so(visit: Open) -> None:
    anna = visit().sign_in("anna")
    for wanted, told in (
        ("19580314-2389", "Det är inget personnummer"),
        ("123", "Det är inget personnummer"),
        ("Q", "Skriv ett namn"),
    ):
        anna.find(wanted)
        assert told in anna.text()
    unused = "191212129" + "80"
    anna.find(unused + str(luhn(unused[2:])))
    assert "Ingen hittades" in anna.text()


def test_the_timeline_holds_all_domains_and_is_filtered_at_once(visit: Open) -> None:
    astrid = visit(DESKTOP).sign_in("astrid")
    tags = set(astrid.page.locator("#timeline .tag[data-domain]").all_inner_texts())
    assert {"Vård", "Kvalitetsregister", "Biobank", "Egen mätning"} <= tags
    astrid.shoot("citizen-1280")
    for name in ("Vård", "Kvalitetsregister", "Omsorg", "Egen mätning"):
        with astrid.page.expect_response(lambda response: "/me?" in response.url):
            astrid.page.get_by_label(name, exact=True).uncheck()
    expect(astrid.page.locator("#timeline .tag[data-domain]:not([data-domain=biobank])")).to_have_count(0)
    assert "domain=biobank" in astrid.page.url
    assert "Sparat prov" in astrid.text()


def test_older_entries_come_after_the_newer_ones(visit: Open) -> None:
    gosta = visit().sign_in("gosta")
    before = gosta.page.locator("#timeline .entry").count()
    gosta.page.get_by_role("link", name="Visa äldre").click()
    expect(gosta.page.locator("#timeline .entry")).not_to_have_count(before)
    assert gosta.page.locator("#timeline .entry").count() > before
    months = gosta.page.locator("#timeline h2.month").all_inner_texts()
    assert len(months) == len(set(months))


def test_an_entry_is_found_and_said_to_be_wrong_and_the_unit_reads_that(visit: Open) -> None:
    bjorn, anna = visit(PHONE, scripts=False).sign_in("bjorn"), visit().sign_in("anna")
    page = bjorn.open("/me?kind=diagnoses")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Stämmer det här inte")).first.click()
    bjorn.page.get_by_label("Vad är fel, och hur ska det vara?").fill("Det var aldrig så")
    with page.expect_navigation():
        page.get_by_role("button", name="Låt det antecknas").click()
    assert "Dina ord står nu bredvid uppgiften" in bjorn.text()
    bjorn.shoot("citizen-entry-400", full=True)
    assert "Det var aldrig så" in bjorn.open("/me?kind=diagnoses").locator("main").inner_text()
    anna.find("Björn Hedlund")
    assert "Patienten anser att det här är fel" in anna.text()
    assert "Det var aldrig så" in anna.text()


def test_a_person_sees_what_another_clinic_would_see_before_anything_is_shared(visit: Open) -> None:
    astrid = visit(PHONE, scripts=False).sign_in("astrid")
    page = astrid.open("/me/control")
    astrid.shoot("citizen-control-400", full=True)
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Vad skulle de se")).click()
    page.get_by_label("Vilken enhet?").select_option(label="Ekbackens vårdcentral, Region Sörvik")
    page.get_by_label("Om jag spärrar den här enheten").select_option(label="Ekbackens vårdcentral, Region Sörvik")
    with page.expect_navigation():
        page.get_by_role("button", name="Se vad de skulle se").click()
    assert "Det finns" in astrid.text()
    assert "inget" in page.get_by_role("row", name=re.compile("Kvalitetsregister")).inner_text()
    astrid.shoot("citizen-preview-400", full=True)


def test_a_trend_is_drawn_and_its_table_says_the_same(visit: Open) -> None:
    astrid = visit().sign_in("astrid")
    page = astrid.open("/me/results/NPU27300")
    page.wait_for_selector(".uplot canvas")
    rows = page.locator("#table-1 tbody tr")
    assert rows.count() > 5
    assert "Kvalitetsregister" in page.locator("#table-1").inner_text()
    astrid.shoot("citizen-trend")
    astrid.open("/me/results")
    astrid.shoot("citizen-results")
    astrid.open("/me/medicines")
    assert "Metformin 500 mg" in astrid.text()
    astrid.shoot("citizen-medicines")


def test_who_has_nothing_is_told_so_kindly(visit: Open) -> None:
    eva = visit().sign_in("eva")
    eva.open("/me/log")
    assert "Ingen har tittat" in eva.text()


def test_a_note_that_is_not_for_the_patient_is_not_on_their_pages(visit: Open) -> None:
    bjorn = visit().sign_in("bjorn")
    found = bjorn.fetch("/fhir/DocumentReference?_count=500")
    shown = [entry["resource"] for entry in found["entry"]]
    assert shown
    assert not any("NOPATIENT" in str(each.get("meta", {}).get("security", "")) for each in shown)
