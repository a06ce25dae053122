"""Read, write and history over the real store."""

from __future__ import annotations

import asyncio

import pytest

from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Service, observation, patient


async def test_what_is_created_is_read_back_with_every_decimal_as_written(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    body = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/%b"},' % (
        person["id"].encode()
    )
    created = await doctor("POST", "/fhir/Observation", body + b'"valueQuantity":{"value":1.50,"unit":"g"}}')
    assert created.status_code == 201
    read = await doctor("GET", f"/fhir/Observation/{created.json()['id']}")
    assert b'"value":1.50,' in read.content
    assert read.content == created.content
    assert read.headers["etag"] == 'W/"1"'


async def test_update_makes_a_version_and_the_old_one_remains(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    changed = {**person, "gender": "male"}
    answer = await doctor("PUT", f"/fhir/Patient/{person['id']}", changed, If_Match='W/"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    old = await doctor("GET", f"/fhir/Patient/{person['id']}/_history/1")
    assert old.json()["gender"] == "female"
    history = (await doctor("GET", f"/fhir/Patient/{person['id']}/_history")).json()
    assert [entry["response"]["etag"] for entry in history["entry"]] == ['W/"2"', 'W/"1"']


async def test_update_with_an_old_version_is_refused(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    await doctor("PUT", f"/fhir/Patient/{person['id']}", {**person, "gender": "male"})
    late = await doctor("PUT", f"/fhir/Patient/{person['id']}", {**person, "gender": "other"}, If_Match='W/"1"')
    assert late.status_code == 412
    assert late.json()["issue"][0]["code"] == "conflict"


async def test_an_update_that_changes_nothing_makes_no_version(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    again = await doctor("PUT", f"/fhir/Patient/{person['id']}", person)
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')


async def test_of_parallel_updates_of_one_version_one_wins(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    place = f"/fhir/Patient/{person['id']}"
    answers = await asyncio.gather(
        *(doctor("PUT", place, {**person, "name": [{"family": f"N{n}"}]}, If_Match='W/"1"') for n in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 11


async def test_parallel_upserts_of_one_new_id_make_one_resource(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    body = {**patient(), "id": "one"}
    answers = await asyncio.gather(
        *(doctor("PUT", "/fhir/Patient/one", {**body, "name": [{"text": f"N{n}"}]}) for n in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.headers["etag"] for answer in answers} == {f'W/"{n}"' for n in range(1, 11)}


async def test_deleted_is_gone_and_its_history_remains(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    seen = await doctor.create(observation(person["id"]))
    place = f"/fhir/Observation/{seen['id']}"
    assert (await doctor("DELETE", place)).status_code == 204
    assert (await doctor("GET", place)).status_code == 410
    assert await doctor.search(f"Observation?patient={person['id']}") == []
    history = (await doctor("GET", f"{place}/_history")).json()["entry"]
    assert [entry["request"]["method"] for entry in history] == ["DELETE", "POST"]
    again = await doctor("PUT", place, seen)
    assert (again.status_code, again.headers["etag"]) == (201, 'W/"3"')


async def test_upsert_creates_under_the_clients_id(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    answer = await doctor("PUT", "/fhir/Patient/p-1", {**patient(), "id": "p-1"})
    assert answer.status_code == 201
    assert (await doctor("GET", "/fhir/Patient/p-1")).status_code == 200


async def test_a_resource_cannot_move_to_another_person(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    first, second = await doctor.create(patient()), await doctor.create(patient())
    seen = await doctor.create(observation(first["id"]))
    moved = await doctor("PUT", f"/fhir/Observation/{seen['id']}", {**seen, "subject": {"reference": f"Patient/{second['id']}"}})
    assert moved.status_code == 422


async def test_an_unknown_subject_is_told_by_name(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Observation", observation("nobody"))
    assert answer.status_code == 422
    assert "Patient/nobody" in answer.json()["issue"][0]["diagnostics"]


async def test_who_did_not_sign_in_gets_nothing(service: Service) -> None:
    answer = await service.http.get("/fhir/Patient")
    assert answer.status_code == 401
    assert answer.json()["issue"][0]["code"] == "login"
    assert (await service.http.get("/fhir/metadata")).json()["fhirVersion"] == "4.0.1"


async def test_another_provider_cannot_write_over_a_record(service: Service) -> None:
    person = await service.as_(CLINIC_DOCTOR).create(patient())
    answer = await service.as_(SURGERY_DOCTOR)("PUT", f"/fhir/Patient/{person['id']}", {**person, "gender": "male"})
    assert answer.status_code == 403
    denied = await service.database.fetchval("SELECT count(*) FROM access_log WHERE decision = 'deny' AND action = 'write'")
    assert denied == 1


async def test_one_person_has_one_key_whatever_brings_the_number(service: Service) -> None:
    first = await service.as_(CLINIC_DOCTOR).create(patient("195802142389"))
    second = await service.as_(SURGERY_DOCTOR).create(patient("19580214-2389"))
    assert await service.person_of(first["id"]) == await service.person_of(second["id"])


@pytest.mark.parametrize("elsewhere", ["http://x.example/fhir/Practitioner/1", "Practitioner/1"])
async def test_what_is_about_somebody_else_than_a_patient_is_about_no_person(service: Service, elsewhere: str) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    created = await doctor.create({"resourceType": "Person", "link": [{"target": {"reference": elsewhere}}]})
    assert await service.database.fetchval("SELECT person FROM resource WHERE id = $1", created["id"]) == 0


@pytest.mark.parametrize("elsewhere", ["http://x.example/fhir/Patient/1", "urn:uuid:1e3a0b1c-0000-4000-8000-000000000001"])
async def test_a_patient_who_is_kept_elsewhere_is_refused(service: Service, elsewhere: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)(
        "POST", "/fhir/Observation", {**observation("1"), "subject": {"reference": elsewhere}}
    )
    assert answer.status_code == 422, answer.text
