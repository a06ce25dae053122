"""Protected identity over HTTP: no place of theirs leaves the service, and nothing that is asked for tells one."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kedja.access.actor import Assignment, Purpose
from kedja.access.masking import MASKED
from kedja.gate.check import check
from kedja.gate.export import Wanted, export
from kedja.gate.views import Field, View, answer
from kedja.identity import Identifier
from kedja.store import person as persons
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Caller, Service, observation, patient, staff

Resource = dict[str, Any]
SHIELD = {"system": "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel", "code": "sekretessmarkering"}
HIDDEN = ("Sörvik", "0701740699", "k@example.se", "loc-1", "org-1", "Hedvården", "Storgatan")
NUMBER, OTHER_NUMBER = "189002029800", "196109732393"
_SAMORDNING = "http://electronichealth.se/identifier/samordningsnummer"
_PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"


@dataclass
class World:
    service: Service
    doctor: Caller
    marked: str  # ids of Patients
    plain: str
    visit: str
    test: str


def a_patient(number: str, family: str, *codes: Resource) -> Resource:
    system = _SAMORDNING if int(number[6:8]) > 60 else _PERSONNUMMER
    return {
        **patient(family=family),
        **({"meta": {"security": list(codes)}} if codes else {}),
        "identifier": [{"system": system, "value": number}],
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Storgatan 1</div>'},
        "telecom": [{"system": "phone", "value": "0701740699"}, {"system": "email", "value": "k@example.se"}],
        "address": [{"city": "Sörvik", "line": ["Storgatan 1"], "postalCode": "99010"}],
        "managingOrganization": {"reference": "Organization/org-1", "display": "Hedvården"},
    }


def a_visit(patient_id: str) -> Resource:
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": "2026-05-04T10:00:00Z"},
        "location": [{"location": {"reference": "Location/loc-1", "display": "Hedvården"}}],
        "serviceProvider": {"reference": "Organization/org-1", "display": "Hedvården"},
    }


@pytest.fixture
async def world(service: Service) -> World:
    system, doctor = service.system(), service.as_(CLINIC_DOCTOR)
    for name, id in (("Organization", "org-1"), ("Location", "loc-1")):
        made = await system("PUT", f"/fhir/{name}/{id}", {"resourceType": name, "id": id, "name": "Hedvården"})
        assert made.status_code == 201, made.text
    marked = (await doctor.create(a_patient(NUMBER, "Sjöberg", SHIELD)))["id"]
    plain = (await doctor.create(a_patient(OTHER_NUMBER, "Ek")))["id"]
    visit = (await doctor.create(a_visit(marked)))["id"]
    await doctor.create(a_visit(plain))
    test = (await doctor.create(observation(marked)))["id"]
    await doctor.create(observation(plain))
    return World(service, doctor, marked, plain, visit, test)


async def text_of(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> str:
    answer = await caller(method, path, body, **headers)
    assert answer.status_code < 400, answer.text
    return answer.text


async def test_no_place_is_in_any_answer_about_them_but_to_themselves(world: World) -> None:
    marked, visit = world.marked, world.visit
    asked = [
        f"Patient/{marked}",
        f"Patient/{marked}/_history/1",
        f"Patient/{marked}/_history",
        f"Patient?_id={marked}",
        f"Patient?_id={marked}&_elements=address,telecom",
        f"Patient?_id={marked}&_summary=true",
        f"Patient?_id={marked}&_summary=text",
        f"Patient?_id={marked}&_format=xml",
        f"Patient/{marked}?_format=xml&_pretty=true",
        f"Patient/{marked}/$everything",
        f"Patient/{marked}/$meta",
        f"Encounter/{visit}",
        f"Encounter?patient={marked}",
        f"Encounter?patient={marked}&_include=Encounter:location&_include=Encounter:service-provider",
        f"Encounter?patient={marked}&_include=*",
        f"Patient?_id={marked}&_revinclude=Encounter:patient",
        f"Observation?patient={marked}&_include=Observation:patient",
        f"Patient/{marked}/Encounter",
    ]
    themselves = await world.service.citizen(marked)
    for path in asked:
        told = await text_of(world.doctor, "GET", f"/fhir/{path}")
        assert not [word for word in HIDDEN if word in told], (path, told)
        if "Observation" not in path and "$meta" not in path:
            assert [word for word in HIDDEN if word in await text_of(themselves, "GET", f"/fhir/{path}")], path
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": asked[0]}}]}
    told = await text_of(world.doctor, "POST", "/fhir", bundle)
    assert "Sjöberg" in told
    assert not [word for word in HIDDEN if word in told]


async def test_of_everybody_else_bytes_stored_are_bytes_sent(world: World) -> None:
    told = await text_of(world.doctor, "GET", f"/fhir/Patient/{world.plain}")
    (stored,) = await world.service.database.fetch("SELECT body FROM resource WHERE id = $1", world.plain)
    assert told == stored["body"]
    assert "Sörvik" in told


UNNAMED = [
    "Patient",
    "Patient?family=Sjöberg",
    "Patient?address-city=Sörvik",
    "Patient?phone=0701740699",
    "Patient?email=k@example.se",
    "Patient?_content=Sörvik",
    "Patient?_sort=address-city",
    "Patient?identifier={system}|",
    "Patient?_id={marked}&address-city=Sörvik",
    "Patient?_id={marked}&address-city:missing=false",
    "Patient?_id={marked}&organization=Organization/org-1",
    "Patient?_id={marked}&_filter=not (address-city eq malmö)",
    "Patient?_id={marked}&_sort=phone",
    "Patient?_id={marked}&_has:Encounter:patient:location=Location/loc-1",
    "Patient?_has:Encounter:patient:service-provider=Organization/org-1",
    "Encounter?location=Location/loc-1",
    "Encounter?patient={marked}&location=Location/loc-1",
    "Encounter?patient={marked}&location.name=Hedvården",
    "Encounter?patient={marked}&_filter=location eq Location/loc-1",
    "Encounter?patient={marked}&patient.address-city=Sörvik",
    "Location?_id=loc-1&_revinclude=Encounter:location",
    "Organization?_id=org-1&_revinclude=Patient:organization&_revinclude:iterate=Encounter:patient",
    "Observation?code=NPU27300",
    "Observation?patient.family=Sjöberg",
    "?_type=Patient,Encounter",
    "_history",
    "Patient/_history",
]


async def test_nothing_that_does_not_name_them_exactly_or_asks_for_a_place_finds_them(world: World) -> None:
    for query in UNNAMED:
        await _finds_nothing_of_them(world, query.format(marked=world.marked, system=_SAMORDNING))


async def _finds_nothing_of_them(world: World, path: str) -> None:
    told = json.loads(await text_of(world.doctor, "GET", f"/fhir/{path}"))
    found = [entry["resource"]["id"] for entry in told.get("entry", []) if "resource" in entry]
    assert not {world.marked, world.visit, world.test} & set(found), path
    counted = path + ("&" if "?" in path else "?") + "_summary=count"
    if "_history" not in path and "_sort" not in path and "_revinclude" not in path:
        named = [id for id in found if id]
        assert json.loads(await text_of(world.doctor, "GET", f"/fhir/{counted}"))["total"] == len(named), path


BY_WHO_IS_THERE = [
    "Location?_has:Encounter:location:patient={marked}",
    "Organization?_has:Encounter:service-provider:_id={visit}",
]


async def test_no_place_is_found_by_who_is_there(world: World) -> None:
    for query in BY_WHO_IS_THERE:
        assert await world.doctor.search(query.format(marked=world.marked, visit=world.visit)) == []
    assert await world.doctor.search(f"Location?_has:Encounter:location:patient={world.plain}") != []


NAMED = [
    "Patient?identifier={system}|{number}",
    "Patient?_id={marked}&family=Sjöberg",
    "Observation?patient={marked}&code=NPU27300",
    "Observation?patient.identifier={system}|{number}",
    "Observation?_id={test}",
    "Patient?_has:Observation:patient:_id={test}",
]


async def test_whoever_names_them_exactly_finds_them(world: World) -> None:
    given = {"system": _PERSONNUMMER, "number": NUMBER, "marked": world.marked, "test": world.test}
    for query in NAMED:
        assert len(await world.doctor.search(query.format(**given))) == 1, query


async def test_the_mark_of_one_record_covers_all_and_holds_from_the_next_request(world: World) -> None:
    assert "Sörvik" in await text_of(world.doctor, "GET", f"/fhir/Patient/{world.plain}")
    other = (await world.doctor.create(a_patient(OTHER_NUMBER, "Ek", {**SHIELD, "code": "skyddadFolkbokforing"})))["id"]
    for path in (
        f"Patient/{world.plain}",
        f"Patient/{world.plain}/_history",
        f"Patient/{other}",
        f"Encounter?patient={world.plain}",
    ):
        told = await text_of(world.doctor, "GET", f"/fhir/{path}")
        assert not [word for word in HIDDEN if word in told], path
    assert await world.doctor.search("Patient?family=Ek") == []
    later = await world.doctor("POST", "/fhir/Encounter", a_visit(world.plain))
    assert not [word for word in HIDDEN if word in later.text]  # nor the answer to who writes
    assert (await check(world.service.app.state.door, ("http://kedja.test/fhir",))).findings == []


async def test_two_persons_who_prove_to_be_one_are_covered_by_the_mark_of_either(world: World) -> None:
    door = world.service.app.state.door
    reserve = Identifier("http://electronichealth.se/identifier/nationelltReservnummer", "98240301AA06")
    visitor = {**a_patient(NUMBER, "Okänd"), "identifier": [{"system": reserve.system, "value": reserve.value}]}
    other = (await world.doctor.create(visitor))["id"]
    assert "Sörvik" in await text_of(world.doctor, "GET", f"/fhir/Patient/{other}")
    async with door.store.pool.acquire() as conn, conn.transaction():
        await persons.link(conn, reserve, Identifier(_PERSONNUMMER, NUMBER), "seen by the officer")
    assert "Sörvik" not in await text_of(world.doctor, "GET", f"/fhir/Patient/{other}")


async def test_what_is_masked_stays_as_it_stands_when_a_client_sends_it_back(world: World) -> None:
    themselves = await world.service.citizen(world.marked)
    shown = json.loads(await text_of(world.doctor, "GET", f"/fhir/Patient/{world.marked}"))
    assert shown["address"] == shown["telecom"] == [MASKED]
    answer = await text_of(world.doctor, "PUT", f"/fhir/Patient/{world.marked}", {**shown, "gender": "other"})
    assert not [word for word in HIDDEN if word in answer]
    patch = [{"op": "replace", "path": "/gender", "value": "unknown"}]
    told = await text_of(
        world.doctor, "PATCH", f"/fhir/Patient/{world.marked}", patch, Content_Type="application/json-patch+json"
    )
    assert not [word for word in HIDDEN if word in told]
    stands = json.loads(await text_of(themselves, "GET", f"/fhir/Patient/{world.marked}"))
    assert (stands["gender"], stands["address"][0]["city"], len(stands["telecom"])) == ("unknown", "Sörvik", 2)
    assert stands["managingOrganization"]["reference"] == "Organization/org-1"
    assert stands["meta"]["security"] == [SHIELD]


PROBES = [
    [{"op": "test", "path": "/address/0/city", "value": "Sörvik"}],
    [{"op": "copy", "from": "/address/0/city", "path": "/language"}],
    [{"op": "move", "from": "/telecom/1", "path": "/telecom/0"}],
]


async def test_a_patch_neither_tests_nor_copies_what_is_masked(world: World) -> None:
    for patch in PROBES:
        answer = await world.doctor("PATCH", f"/fhir/Patient/{world.marked}", patch, Content_Type="application/json-patch+json")
        assert answer.status_code in (400, 422), patch
        assert not [word for word in HIDDEN if word in answer.text]


async def test_who_writes_a_guess_is_not_told_whether_it_is_right(world: World) -> None:
    shown = json.loads(await text_of(world.doctor, "GET", f"/fhir/Patient/{world.plain}"))
    await world.doctor.create(a_patient(OTHER_NUMBER, "Ek", SHIELD))
    answer = await world.doctor("PUT", f"/fhir/Patient/{world.plain}", shown)  # all of it, as it stands
    assert answer.json()["meta"]["versionId"] == "2"


async def test_an_opening_is_logged_as_one_and_raises_an_alert(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "kedja.gate.shield"):
        for path in (f"Patient/{world.marked}", f"Observation?patient={world.marked}", f"Patient/{world.marked}/$everything"):
            await text_of(world.doctor, "GET", f"/fhir/{path}")
        await text_of(world.doctor, "GET", f"/fhir/Patient/{world.plain}")
    assert len(caplog.records) >= 3
    assert world.marked not in caplog.text  # who it is stands in the access log alone
    person = await world.service.person_of(world.marked)
    rows = await world.service.database.fetch(
        "SELECT rules FROM access_log WHERE person = $1 AND action IN ('read', 'search')", person
    )
    assert rows and all("SP-3" in row["rules"] for row in rows)
    plain = await world.service.person_of(world.plain)
    assert not await world.service.database.fetch("SELECT FROM access_log WHERE person = $1 AND 'SP-3' = ANY (rules)", plain)


def with_right(right: str) -> Any:
    assignment = Assignment("a-officer", Purpose.CARE, NORTH, CLINIC, ("Läsa;alla;SJF", "Skriva;alla;VE", right))
    return replace(CLINIC_DOCTOR, id="officer", assignment=assignment)


async def test_the_mark_is_taken_away_only_by_whom_the_assignment_lets(world: World) -> None:
    officer = world.service.as_(with_right("Skriva;skyddade personuppgifter;VE"))
    path = f"/fhir/Patient/{world.marked}"
    shown = json.loads(await text_of(world.doctor, "GET", path))
    unmarked = {name: value for name, value in shown.items() if name != "meta"}
    refused = await world.doctor("PUT", path, unmarked)
    assert refused.status_code == 403
    assert "Skriva;skyddade personuppgifter" in refused.text
    assert (await world.doctor("DELETE", path)).status_code == 403
    assert (await officer("PUT", path, unmarked)).status_code == 200
    for one in (path, f"/fhir/Encounter/{world.visit}"):
        assert [word for word in HIDDEN if word in await text_of(world.doctor, "GET", one)], one
    assert (await check(world.service.app.state.door, ("http://kedja.test/fhir",))).findings == []


DEFINITION = {
    "resourceType": "SearchParameter",
    "url": "https://example.org/SearchParameter/x",
    "name": "x",
    "status": "draft",
    "description": "x",
    "code": "x",
    "base": ["Patient"],
    "type": "token",
    "expression": "Patient.maritalStatus",
}


DEFINITIONS = [
    DEFINITION,
    {"resourceType": "ValueSet", "status": "draft"},
    {"resourceType": "CodeSystem", "status": "draft", "content": "complete"},
    {"resourceType": "ConceptMap", "status": "draft"},
]


async def test_definitions_are_stored_only_by_whom_the_assignment_lets(service: Service) -> None:
    for definition in DEFINITIONS:
        await _stored_by_the_right_alone(service, definition)


async def _stored_by_the_right_alone(service: Service, definition: Resource) -> None:
    allowed = service.system()
    actor = allowed.actor
    assert actor.assignment is not None
    narrow = replace(actor, id="narrow", assignment=replace(actor.assignment, rights=("Läsa;alla;SJF", "Skriva;alla;VE")))
    path = f"/fhir/{definition['resourceType']}"
    refused = await service.as_(narrow)("POST", path, definition)
    assert refused.status_code == 403
    assert "Skriva;definitioner" in refused.text
    made = await allowed.create(definition)
    assert (await service.as_(narrow)("DELETE", f"{path}/{made['id']}")).status_code == 403
    assert (await allowed("DELETE", f"{path}/{made['id']}")).status_code in (200, 204)


async def test_a_marked_person_is_in_no_answer_across_the_domains(world: World) -> None:
    quality = world.service.as_(staff("q", NORTH, CLINIC, purpose=Purpose.QUALITY))
    told = await text_of(quality, "GET", "/fhir/Observation?code=NPU27300&_count=100")
    assert world.marked not in told
    assert world.plain in told


async def test_a_part_that_is_exported_is_masked_and_a_backup_is_whole(world: World, tmp_path: Path) -> None:
    door = world.service.app.state.door
    await export(door, tmp_path / "part", Wanted(["Patient"]))
    await export(door, tmp_path / "whole", Wanted())
    part, whole = ((tmp_path / name / "Patient.ndjson").read_text(encoding="utf-8") for name in ("part", "whole"))
    assert (part.count("Storgatan 1"), whole.count("Storgatan 1")) == (2, 4)  # of the other alone: in text and address
    stored = [row["body"] for row in await world.service.database.fetch("SELECT body FROM resource WHERE type = 'Patient'")]
    assert sorted(whole.splitlines()) == sorted(stored)


async def test_views_for_statistics_have_no_row_of_them(world: World) -> None:
    view = View("visits", "Encounter", "health", (Field("id", "$.id", "text"),), ())
    asked = "SELECT person, id FROM visits"
    rows = await answer(world.service.app.state.door, world.doctor.actor, [view], asked, "visits", "r1")
    assert len(rows) == 1
    assert world.visit not in {row["id"] for row in rows}


async def test_a_preview_names_no_unit_of_theirs(world: World) -> None:
    told = await text_of(world.doctor, "POST", f"/fhir/Patient/{world.marked}/$access-preview")
    assert CLINIC not in told
    assert NORTH in told
    assert CLINIC in await text_of(world.doctor, "POST", f"/fhir/Patient/{world.plain}/$access-preview")
