"""The joint plan: with consent alone, a copy in each record, ticked by each, changed together, nothing lost (lag 2017:612 4)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from kedja.access.actor import Actor, Kind, acting
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from tests.fhir.acting import NOW
from tests.fhir.service import NORTH, WARD, WARD_DOCTOR, Service, citizen, staff
from tests.portals.pages import Pages, words_of
from tests.portals.stays import CONTACT, NURSE, OFFICER, form, hospital, notice, stay

_TASKS = (
    ("Trappräcke på plats", "social"),
    ("Läkemedelsgenomgång", "open-care"),
    ("Gå ut varje dag", "person"),
    ("Handla", "relative"),
)


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with hospital(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def begun(service: Service) -> tuple[str, Pages, Actor]:
    """A plan that the health centre has begun: its id, the centre's pages, the person."""
    path, ward = await stay(service)
    await ward.done(path, **notice())
    centre = Pages(service, CONTACT)
    await centre.done(path, **form("contact", name="Lena Ek"))
    answer = await centre.post(f"{path}/plan", key=uuid4().hex, consents="yes")
    assert answer.status_code == 303, words_of(answer.text)
    id = re.findall(r"/staff/plans/([^?]+)", answer.headers["location"])[0]
    row = await service.database.fetchrow("SELECT person FROM resource WHERE id = $1", id)
    assert row is not None
    return id, centre, citizen(row["person"])


def change(version: int, **more: str) -> dict[str, str]:
    lines = {f"task-{n}": words for n, (words, _) in enumerate(_TASKS)} | {f"who-{n}": who for n, (_, who) in enumerate(_TASKS)}
    known = {"act": "change", "version": str(version), "title": "Hem till trapporna", "goal-0": "Gå i trappan själv"}
    return {**known, **lines, **more}


async def test_without_consent_there_is_no_plan(service: Service) -> None:
    path, ward = await stay(service)
    await ward.done(path, **notice())
    for who in (CONTACT, NURSE):
        answer = await Pages(service, who).post(f"{path}/plan", key=uuid4().hex)
        assert answer.status_code == 422
    plan: dict[str, Any] = {"resourceType": "CarePlan", "status": "active", "intent": "plan"}
    coding = {"system": "https://kedja.example/fhir/CodeSystem/care-plan-kind", "code": "joint-plan"}
    [mine] = await service.as_(WARD_DOCTOR).search("Patient?_count=1&_summary=false")
    sent = plan | {"category": [{"coding": [coding]}], "subject": {"reference": f"Patient/{mine['id']}"}}
    sent |= {"identifier": [{"system": "https://kedja.example/fhir/sid/joint-plan", "value": "x"}]}
    refused = await service.as_(WARD_DOCTOR)("POST", "/fhir/CarePlan", sent)
    assert refused.status_code == 422 and "consent" in refused.text


async def test_each_unit_has_the_plan_in_its_own_record_and_each_ticks_its_own(service: Service) -> None:
    id, centre, person = await begun(service)
    said = await centre.done(f"/staff/plans/{id}", **change(1))
    assert "Gå i trappan själv" in said and "0 av 4 klara" in said
    copies = "SELECT id, regime, unit, version FROM resource WHERE type = 'CarePlan' AND person = $1 ORDER BY unit"
    rows = await service.database.fetch(copies, person.person)
    assert [(row["regime"], row["version"]) for row in rows] == [("health", 2), ("health", 2), ("health", 2), ("social", 2)]
    social = next(row["id"] for row in rows if row["regime"] == "social")
    officer, own = Pages(service, OFFICER), Pages(service, person)
    page = await officer.get(f"/staff/plans/{social}")
    task = re.findall(r'name="task" value="(t\d)"', page.text)
    assert len(task) == 1  # the others' are not its to tick
    assert "1 av 4 klara" in await officer.done(f"/staff/plans/{social}", act="tick", version="2", task=task[0], done="yes")
    listed = await own.said("/me/plans")
    assert listed.count("Hem till trapporna") == 1
    mine = re.findall(r'/me/plans/([^"?]+)"', (await own.get("/me/plans")).text)[-1]
    page = await own.get(f"/me/plans/{mine}")
    assert len(re.findall(r'name="task" value="t\d"', page.text)) == 1 and "Staff sven" in page.text
    ticked = re.findall(r'name="task" value="(t\d)"', page.text)[0]
    assert "2 av 4 klara" in await own.done(f"/me/plans/{mine}", act="tick", version="3", task=ticked, done="yes")
    refused = await own.post(f"/me/plans/{mine}", act="tick", version="4", task=task[0], done="yes")
    assert refused.status_code == 403
    assert "Bra att ha räcke" in await own.done(f"/me/plans/{mine}", act="say", version="4", words="Bra att ha räcke!")
    assert "Bra att ha räcke" in await centre.said(f"/staff/plans/{id}")
    assert (await officer.get(f"/staff/plans/{id}")).status_code == 404  # the record that it came from stays closed


async def test_a_conflict_is_told_and_nothing_is_lost(service: Service) -> None:
    id, centre, person = await begun(service)
    await centre.done(f"/staff/plans/{id}", **change(1))
    rows = await service.database.fetch("SELECT id FROM resource WHERE type = 'CarePlan' AND person = $1", person.person)
    nurse = Pages(service, NURSE)
    [theirs] = [row["id"] for row in rows if (await nurse.get(f"/staff/plans/{row['id']}")).status_code == 200]
    await nurse.done(f"/staff/plans/{theirs}", **change(2, **{"goal-1": "Sova hela natten", "about": "Vill hem till katten"}))
    late = await centre.post(f"/staff/plans/{id}", **change(2, **{"goal-1": "Laga mat själv"}))
    said = words_of(late.text)
    assert late.status_code == 412 and "samtidigt" in said and "Sova hela natten" in said
    assert 'value="Laga mat själv"' in late.text and 'name="version" value="3"' in late.text
    kept = await centre.done(f"/staff/plans/{id}", **change(3, **{"goal-1": "Laga mat själv"}))
    assert "Laga mat själv" in kept and "Sova hela natten" not in kept
    assert "Sova hela natten" in await centre.said(f"/staff/plans/{id}?version=3")
    assert (await centre.post(f"/staff/plans/{id}", **change(4, title=""))).status_code == 422


async def test_of_those_who_change_at_once_one_is_taken_and_the_others_are_told(service: Service) -> None:
    id, centre, person = await begun(service)
    sent = [change(1, **{"goal-1": f"Mål {n}"}) for n in range(5)]
    answers = await asyncio.gather(*(centre.post(f"/staff/plans/{id}", **each) for each in sent))
    assert sorted(answer.status_code for answer in answers) == [303, 412, 412, 412, 412]
    copies = "SELECT version, body FROM resource WHERE type = 'CarePlan' AND person = $1"
    kept = await service.database.fetch(copies, person.person)
    assert {row["version"] for row in kept} == {2}
    assert len({str(json.loads(row["body"])["contained"]) for row in kept}) == 1


async def test_who_reads_another_unit_s_copy_changes_all_by_their_own(service: Service) -> None:
    """The ward and the centre are of one provider: with a care relation the centre reads the ward's copy too."""
    id, centre, person = await begun(service)
    [patient] = await service.as_(person).search("Patient")
    visit = {"resourceType": "Encounter", "status": "in-progress", "subject": {"reference": f"Patient/{patient['id']}"}}
    await service.as_(CONTACT).create(visit | {"class": {"code": "AMB"}, "period": {"start": NOW.isoformat()}})
    of_ward = "SELECT id FROM resource WHERE type = 'CarePlan' AND person = $1 AND unit = $2"
    wards = await service.database.fetchval(of_ward, person.person, WARD)
    assert "Gå i trappan själv" in await centre.done(f"/staff/plans/{wards}", **change(1))
    assert "Gå i trappan själv" in await centre.said(f"/staff/plans/{id}")
    nobody = Pages(service, staff("y", NORTH, "SE2399999999-1009"))
    assert (await nobody.post(f"/staff/plans/{wards}", **change(2))).status_code == 404


async def test_the_api_cannot_part_the_copies(service: Service) -> None:
    id, _, _ = await begun(service)
    plan = (await service.as_(CONTACT)("GET", f"/fhir/CarePlan/{id}")).json()
    answer = await service.as_(CONTACT)("PUT", f"/fhir/CarePlan/{id}", plan | {"title": "Bara min"})
    assert answer.status_code == 422


async def test_a_proxy_ticks_what_relatives_do_as_far_as_the_mandate_reaches(service: Service) -> None:
    id, centre, person = await begun(service)
    await centre.done(f"/staff/plans/{id}", **change(1))
    own = service.as_(person)
    [patient] = await own.search("Patient")
    somebody = {"resourceType": "Patient", "identifier": [_NUMBER], "birthDate": "1968-11-20"}
    relative = await service.as_(WARD_DOCTOR).create(somebody)
    who = await service.person_of(relative["id"])
    who_acts, until = (_NUMBER["system"], _NUMBER["value"]), NOW.replace(year=2030)
    given = mandate(f"Patient/{patient['id']}", who_acts, Matter.PLANS, dated=NOW, starts=NOW, ends=until)
    await own.create(given)
    proxy = Pages(service, acting(citizen(who), Kind.PROXY, person.person, "Astrid"))
    mine = re.findall(r'/me/plans/([^"?]+)"', (await proxy.get("/me/plans")).text)[-1]
    page = await proxy.get(f"/me/plans/{mine}")
    assert "Ta tillbaka mitt samtycke" not in page.text
    [task] = re.findall(r'name="task" value="(t\d)"', page.text)
    assert "1 av 4 klara" in await proxy.done(f"/me/plans/{mine}", act="tick", version="2", task=task, done="yes")
    stranger = Pages(service, acting(citizen(who), Kind.PROXY, person.person + 100_000, "X"))
    assert (await stranger.get(f"/me/plans/{mine}")).status_code == 404
    assert (await stranger.post(f"/me/plans/{mine}", act="tick", version="3", task=task, done="yes")).status_code == 404


async def test_the_person_takes_the_consent_back_and_the_plan_is_closed(service: Service) -> None:
    id, centre, person = await begun(service)
    own = Pages(service, person)
    mine = re.findall(r'/me/plans/([^"?]+)"', (await own.get("/me/plans")).text)[-1]
    await own.done(f"/me/plans/{mine}", act="withdraw", version="1")
    assert "samtycker inte längre" in await centre.said(f"/staff/plans/{id}")
    assert (await centre.post(f"/staff/plans/{id}", **change(2))).status_code == 409


_NUMBER = {"system": "http://electronichealth.se/identifier/personnummer", "value": "196811202388"}
