"""Going home from hospital: each party's page, what it sends, what it may not, and when the municipality pays (lag 2017:612)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kedja.gate.late import Told, tell
from tests.fhir.service import WARD, Service, staff
from tests.portals.pages import Pages, words_of
from tests.portals.stays import CONTACT, MUNICIPALITY, NURSE, OFFICE, OFFICER, form, hospital, later, notice, stay


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with hospital(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def test_the_notice_starts_every_party_s_clock_and_says_four_things(service: Service) -> None:
    path, ward = await stay(service)
    before = await ward.said(path)
    assert "Ingen har ännu bedömt" in before
    said = await ward.done(path, **notice())
    assert "Inskrivningsmeddelandet är skickat" in said
    nurse = Pages(service, NURSE)
    listed = await nurse.said("/staff/discharge")
    assert "Astrid Lindqvist" in listed and "Börja planera" in listed
    told = await nurse.said(path)
    for field in (
        "Namn: Astrid Lindqvist",
        "Folkbokföringsadress: Storgatan 1, 99100 Sörvik",
        "Personnummer: ",
        "Beräknad utskrivning: ",
    ):
        assert field in told, told
    [copy] = await service.as_(NURSE).search("Communication")
    assert len(copy["payload"]) == 4
    assert "Skicka meddelandet" not in told  # what the ward does is not the nurse's to do


async def test_a_form_that_is_sent_twice_is_taken_once(service: Service) -> None:
    path, ward = await stay(service)
    await ward.done(path, **notice())
    again = form("estimate", estimated=later(days=5))
    await ward.done(path, **again)
    count = "SELECT count(*) FROM resource WHERE type = 'Communication' AND unit = $1"
    before = await service.database.fetchval(count, WARD)
    assert "Den nya tiden är skickad" in await ward.done(path, **again)
    assert await service.database.fetchval(count, WARD) == before


async def test_a_late_notice_is_told_and_keeps_the_municipality_from_paying(service: Service) -> None:
    path, ward = await stay(service, hours=30)
    await ward.done(path, **notice())
    await ward.done(path, **form("ready"))
    said = await ward.said(path)
    assert "Gjort för sent" in said and "senare än 24 timmar" in said and "Inget betalas" in said


async def test_the_whole_chain_until_the_day_of_payment(service: Service) -> None:
    path, ward = await stay(service)
    contact, nurse, officer = (Pages(service, actor) for actor in (CONTACT, NURSE, OFFICER))
    await ward.done(path, **notice())
    for each in (nurse, officer, contact):
        assert "planering har börjat" in await each.done(path, **form("planning"))
    refused = await contact.post(path, **form("invitation", at=later(days=1), place="Rum 3"))
    assert refused.status_code == 422 and "Utse först" in words_of(refused.text) and 'value="Rum 3"' in refused.text
    await contact.done(path, **form("contact", name="Lena Ek, distriktssköterska", phone="0990-10 20 30"))
    said = await ward.done(path, **form("ready"))
    assert "Skulle börja" in said and "Det finns ingen kallelse" in said
    await contact.done(path, **form("invitation", at=later(days=1), place="Rum 3, avdelning 12"))
    said = await ward.said(path)
    assert "Lena Ek, distriktssköterska" in said and "Rum 3, avdelning 12" in said
    assert "Skulle börja" in said and "Det finns ingen kallelse" not in said
    await ward.done(path, **form("information", words="Insulin två gånger om dagen. Går med rollator."))
    assert "Går med rollator" in await nurse.said(path)
    assert "Går med rollator" in await officer.said(path)
    assert "Vistelsen är avslutad" in await ward.done(path, **form("left", at=""))
    assert "utskriven" in await ward.said(path)


async def test_what_secrecy_forbids_is_not_sent_and_only_the_ward_is_told_so(service: Service) -> None:
    path, ward = await stay(service)
    officer = Pages(service, OFFICER)
    await ward.done(path, **notice())
    await ward.done(path, **form("secrecy", party="social"))
    said = await ward.done(path, **form("ready"))
    assert "Får inte skickas: sekretess" in said
    await ward.done(path, **form("information", words="Se läkemedelslistan."))
    told = await officer.said(path)
    assert "sekretess" not in told.lower() and "läkemedelslistan" not in told and "Utskrivningsklar" not in told
    assert "läkemedelslistan" in await Pages(service, NURSE).said(path)


async def test_a_patient_who_wants_no_plan_is_not_waited_for(service: Service) -> None:
    path, ward = await stay(service)
    contact = Pages(service, CONTACT)
    await ward.done(path, **notice())
    await contact.done(path, **form("contact", name="Lena Ek"))
    await ward.done(path, **form("ready"))
    assert "Kalla till" in await contact.said(path)
    said = await contact.done(path, **form("no-plan"))
    assert "vill inte ha någon gemensam plan" in said and "Skicka kallelsen" not in said
    assert "Det finns ingen kallelse" not in await ward.said(path)


async def test_what_is_wrong_is_said_and_what_was_written_is_kept(service: Service) -> None:
    path, ward = await stay(service)
    for wrong, words in (
        (notice(**{"open-care": "", "municipal-care": "", "social": ""}), "Välj minst en enhet"),
        (notice(**{"open-care": ""}), "öppna vård"),
        (notice(estimated="i morgon"), "när patienten väntas"),
        (notice(estimated=later(days=-400)), "när patienten väntas"),
        (form("left", at=later(days=1)), "lämnade"),
    ):
        answer = await ward.post(path, **wrong)
        assert answer.status_code == 422 and words in words_of(answer.text), (wrong, words_of(answer.text)[-600:])
    kept = await ward.post(path, **notice(estimated="x"))
    assert f'<option value="{OFFICE}" selected>' in kept.text
    for odd in (form("nothing"), form("contact", name="x"), {"act": "ready", "key": "../x"}, form("ready") | {"key": "é" * 32}):
        assert (await ward.post(path, **odd)).status_code == 422
    assert await service.as_(NURSE).search("Communication?_summary=count") == []


async def test_who_is_late_has_a_task_about_it_until_it_is_done(service: Service) -> None:
    path, ward = await stay(service, hours=50)
    await ward.done(path, **notice(estimated=later(hours=-1)))
    await tell(service.app.state.door)
    about = path.replace("/staff/discharge", "Encounter")
    late = [each for each in await service.as_(CONTACT).search("Task") if each["encounter"]["reference"] == about]
    assert [each["code"]["coding"][1]["code"] for each in late] == ["care-contact"]
    assert await tell(service.app.state.door) == Told(0, 0)  # nothing twice
    await Pages(service, CONTACT).done(path, **form("contact", name="Lena Ek"))
    assert (await tell(service.app.state.door)).done == 1
    [closed] = await service.as_(CONTACT).search(f"Task?_id={late[0]['id']}")
    assert closed["status"] == "completed" and closed["meta"]["versionId"] == "2"
    assert [each for each in await service.as_(NURSE).search("Task") if each["id"] == closed["id"]] == []


async def test_units_that_were_not_told_find_nothing(service: Service) -> None:
    path, ward = await stay(service)
    await ward.done(path, **notice(social=""))
    officer, stranger = Pages(service, OFFICER), Pages(service, staff("x", MUNICIPALITY, "SE2399999999-3009"))
    for each in (officer, stranger):
        assert (await each.get(path)).status_code == 404
        assert (await each.post(path, **form("planning"))).status_code == 404
    assert path not in (await stranger.get("/staff/discharge")).text
    assert "Ingen vistelse väntar" in await stranger.said("/staff/discharge")
