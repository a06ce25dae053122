"""Conditional create, update and delete (FHIR R4 3.1.0.7.1, 3.1.0.4.3, 3.1.0.8.1), under the law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.fhir.service import CLINIC, CLINIC_DOCTOR, SURGERY, SURGERY_DOCTOR, WARD_DOCTOR, Service, observation, patient

MINE = "http://example.org/mine"


def record(value: str, family: str = "One", **more: Any) -> dict[str, Any]:
    """A Patient without a number of the whole country: each is a person of its own."""
    return {"resourceType": "Patient", "identifier": [{"system": MINE, "value": value}], "name": [{"family": family}], **more}


async def test_a_create_that_finds_one_answers_with_that_one(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    first = await doctor("POST", "/fhir/Patient", record("1"), If_None_Exist=f"identifier={MINE}|1")
    again = await doctor("POST", "/fhir/Patient", record("1", "Two"), If_None_Exist=f"identifier={MINE}%7C1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == 'W/"1"'
    assert again.content == first.content
    assert await service.database.fetchval("SELECT count(*) FROM resource") == 1


async def test_a_create_that_finds_several_is_refused(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    await doctor.create(record("1"))
    await doctor.create(record("2"))
    answer = await doctor("POST", "/fhir/Patient", record("3"), If_None_Exist="family=One")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (412, "multiple-matches")


@pytest.mark.parametrize(
    ("criteria", "status", "told"),
    [
        ("", 412, "empty"),
        ("idetifier=1", 400, "did you mean `identifier`"),
        ("identifier=1&_count=3", 400, "_count"),
        ("family=x&_include=Patient:organization", 400, "_include"),
    ],
)
async def test_criteria_that_decide_nothing_are_refused(service: Service, criteria: str, status: int, told: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", record("1"), If_None_Exist=criteria)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["issue"][0]["diagnostics"]


async def test_a_duplicate_beyond_sight_is_neither_found_nor_told(service: Service) -> None:
    """Two providers keep a Patient each of one person: what the other has is no hindrance, and does not show."""
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    first = await clinic("POST", "/fhir/Patient", patient("195802142389"), If_None_Exist="identifier=195802142389")
    second = await surgery("POST", "/fhir/Patient", patient("195802142389"), If_None_Exist="identifier=195802142389")
    assert (first.status_code, second.status_code) == (201, 201)
    assert await service.person_of(first.json()["id"]) == await service.person_of(second.json()["id"])
    third = await surgery("POST", "/fhir/Patient", patient("195802142389"), If_None_Exist="identifier=195802142389")
    assert (third.status_code, third.json()["id"]) == (200, second.json()["id"])


async def test_what_was_found_before_a_refusal_stands_in_the_log(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    people = [await doctor.create(patient("195802142389")) for _ in range(2)]
    refused = await doctor("DELETE", "/fhir/Patient?identifier=195802142389")
    assert refused.status_code == 412
    rows = await service.database.fetch("SELECT resources FROM access_log WHERE action = 'search' AND person <> 0")
    assert {found for row in rows for found in row["resources"]} == {f"Patient/{person['id']}" for person in people}


async def test_an_update_by_a_search_creates_changes_or_is_refused(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    place = f"/fhir/Patient?identifier={MINE}|1"
    made = await doctor("PUT", place, record("1"))
    assert made.status_code == 201
    changed = await doctor("PUT", place, record("1", "Two"))
    assert (changed.status_code, changed.json()["id"], changed.headers["etag"]) == (200, made.json()["id"], 'W/"2"')
    wrong = await doctor("PUT", place, record("1", id="other"))
    assert (wrong.status_code, wrong.json()["issue"][0]["expression"]) == (400, ["Patient.id"])
    late = await doctor("PUT", place, record("1", "Three"), If_Match='W/"1"')
    assert late.status_code == 412
    await doctor.create(record("1"))
    several = await doctor("PUT", place, record("1", "Four"))
    assert (several.status_code, several.json()["issue"][0]["code"]) == (412, "multiple-matches")


async def test_an_update_by_a_search_that_finds_nothing_takes_the_clients_id(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("PUT", "/fhir/Patient?family=None", record("1", id="org-1"))
    assert (answer.status_code, answer.json()["id"]) == (201, "org-1")


async def test_a_delete_by_a_search_takes_one_and_more_only_when_it_says_so(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    for value in range(3):
        await doctor.create(observation(person["id"], value))
    place = f"/fhir/Observation?patient={person['id']}"
    assert (await doctor("DELETE", place)).status_code == 412
    assert (await doctor("DELETE", f"{place}&_count=2")).status_code == 412
    assert len(await doctor.search(place.removeprefix("/fhir/"))) == 3
    assert (await doctor("DELETE", f"{place}&value-quantity=1")).status_code == 204
    told = await doctor("DELETE", f"{place}&_count=10", Prefer="return=OperationOutcome")
    assert (told.status_code, told.json()["issue"][0]["diagnostics"]) == (200, "2 Observation were deleted")
    assert (await doctor("DELETE", place)).status_code == 204
    assert await doctor.search(place.removeprefix("/fhir/")) == []
    assert (await doctor("DELETE", "/fhir/Observation")).status_code == 412
    assert (await doctor("DELETE", f"{place}&_count=x")).status_code == 400


async def test_a_delete_by_a_search_leaves_what_may_not_be_seen(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient("195802142389"))
    seen = await clinic.create(observation(person["id"]))
    other = await service.as_(SURGERY_DOCTOR)("DELETE", f"/fhir/Observation?code={observation('x')['code']['coding'][0]['code']}")
    assert other.status_code == 204
    assert (await clinic("GET", f"/fhir/Observation/{seen['id']}")).status_code == 200


async def test_what_may_be_seen_and_not_written_is_refused_by_law(service: Service) -> None:
    """The ward reads the clinic's notes of the same provider when it has a care relation; it does not write them."""
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    person = await clinic.create(patient("195802142389"))
    seen = await clinic.create(observation(person["id"]))
    contact = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{person['id']}"},
    }
    await ward.create(contact)
    if (await ward("GET", f"/fhir/Observation/{seen['id']}")).status_code == 200:
        assert (await ward("DELETE", f"/fhir/Observation/{seen['id']}")).status_code == 403
        assert (await ward("DELETE", f"/fhir/Observation?patient={person['id']}")).status_code == 403


async def test_deleting_is_idempotent_and_minds_versions(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    one = await doctor.create(record("1"))
    place = f"/fhir/Patient/{one['id']}"
    assert (await doctor("DELETE", place, If_Match='W/"7"')).status_code == 412
    first, again = await doctor("DELETE", place, If_Match='W/"1"'), await doctor("DELETE", place)
    assert [(answer.status_code, answer.headers["etag"]) for answer in (first, again)] == [(204, 'W/"2"')] * 2
    assert (await doctor("GET", f"{place}/_history/2")).status_code == 410
    assert (await doctor("GET", f"{place}/_history/1")).status_code == 200
    back = await doctor("PUT", place, one)
    assert (back.status_code, back.headers["etag"]) == (201, 'W/"3"')
    assert (await doctor("GET", place)).status_code == 200
    told = await doctor("DELETE", place, Prefer="return=OperationOutcome")
    assert (told.status_code, told.json()["resourceType"]) == (200, "OperationOutcome")


async def test_a_put_may_ask_that_nothing_is_there_or_that_something_is(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    body = record("1", id="org-1")
    assert (await doctor("PUT", "/fhir/Patient/org-1", body, If_Match="*")).status_code == 412
    assert (await doctor("PUT", "/fhir/Patient/org-1", body, If_None_Match="*")).status_code == 201
    assert (await doctor("PUT", "/fhir/Patient/org-1", body, If_None_Match="*")).status_code == 412
    assert (await doctor("PUT", "/fhir/Patient/org-1", {**body, "gender": "male"}, If_Match="*")).status_code == 200


async def test_the_version_of_what_may_not_be_seen_is_not_told(service: Service) -> None:
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    person = await clinic.create(patient())
    own = await surgery.create(patient())
    seen = await clinic.create(observation(person["id"]))
    told: list[str] = []
    for id in (seen["id"], "none"):
        body = {**observation(own["id"]), "id": id}
        answers = [
            await surgery("PUT", f"/fhir/Observation/{id}", body, If_Match='W/"9"'),
            await surgery("DELETE", f"/fhir/Observation/{id}", If_Match='W/"9"'),
            await surgery("DELETE", f"/fhir/Observation/{id}"),
        ]
        assert [answer.status_code for answer in answers] == [412, 412, 404]
        told.append("".join(answer.json()["issue"][0]["diagnostics"] for answer in answers).replace(id, "X"))
    assert told[0] == told[1]
    denied = await service.database.fetchval("SELECT count(*) FROM access_log WHERE decision = 'deny' AND action = 'write'")
    assert denied == 3


async def test_where_clients_choose_no_ids_nothing_shows_that_an_id_is_taken(service: Service) -> None:
    service.app.state.door = replace(service.app.state.door, client_ids="none")
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    mine, own = await clinic.create(patient()), await surgery.create(patient())
    seen = await clinic.create(observation(mine["id"]))
    told = [
        (await surgery("PUT", f"/fhir/Observation/{id}", {**observation(own["id"]), "id": id})) for id in (seen["id"], "none")
    ]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].text.replace(seen["id"], "none") == told[1].text
    assert (await clinic("PUT", f"/fhir/Observation/{seen['id']}", {**seen, "status": "amended"})).status_code == 200
    capable = (await service.http.get("/fhir/metadata")).json()["rest"][0]["resource"][0]
    assert capable["updateCreate"] is False


async def test_a_reference_may_be_a_search(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    note = {**observation("x"), "subject": {"reference": "Patient?identifier=195802142389"}}
    made = await doctor.create(note)
    assert made["subject"]["reference"] == f"Patient/{person['id']}"
    lost = {**note, "subject": {"reference": "Patient?identifier=nobody"}}
    answer = await doctor("POST", "/fhir/Observation", lost)
    assert (answer.status_code, answer.json()["issue"][0]["expression"]) == (412, ["Observation.subject.reference"])


async def test_a_unit_chooses_its_own_ids_and_no_answer_shows_that_another_id_is_taken(service: Service) -> None:
    service.app.state.door = replace(service.app.state.door, client_ids="own")
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    mine, own = await clinic.create(patient()), await surgery.create(patient())
    chosen = f"{CLINIC}.note"
    put = await clinic("PUT", f"/fhir/Observation/{chosen}", {**observation(mine["id"]), "id": chosen})
    assert (put.status_code, put.json()["id"]) == (201, chosen)
    free = f"{CLINIC}.free"
    told = [(await surgery("PUT", f"/fhir/Observation/{id}", {**observation(own["id"]), "id": id})) for id in (chosen, free)]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].text.replace(chosen, free) == told[1].text
    assert f"begins with `{SURGERY}.`" in told[0].text
    system = service.system()
    assert (await system("PUT", "/fhir/Patient/brought-along", {**patient(), "id": "brought-along"})).status_code == 201
    shared = {"resourceType": "Organization", "id": "of-all", "name": "Ekbacken"}
    assert (await service.system()("PUT", "/fhir/Organization/of-all", shared)).status_code == 201
