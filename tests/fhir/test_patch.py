"""patch over HTTP: JSON Patch and FHIRPath Patch."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kedja import fhirxml
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Caller, Service, observation, patient, running

JSON_PATCH = "application/json-patch+json"


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """One for all of these, since each makes what it needs."""
    async with running(module_database_url, tmp_path_factory.mktemp("patch")) as started:
        yield started


async def json_patch(caller: Caller, place: str, *operations: dict[str, Any], **headers: str) -> httpx.Response:
    return await caller("PATCH", f"/fhir/{place}", json.dumps(operations).encode(), Content_Type=JSON_PATCH, **headers)


def parameters(kind: str, path: str, value: dict[str, Any] | None = None, name: str = "") -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    if name:
        parts.append({"name": "name", "valueString": name})
    if value:
        parts.append({"name": "value", **value})
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


async def test_a_json_patch_makes_a_version_with_decimals_as_written(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    seen = await doctor.create(observation(person["id"]))
    body = b'[{"op":"replace","path":"/valueQuantity/value","value":1.50},{"op":"add","path":"/category","value":[{"text":"x"}]}]'
    answer = await doctor("PATCH", f"/fhir/Observation/{seen['id']}", body, Content_Type=JSON_PATCH)
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert b'"value":1.50,' in answer.content
    assert (await doctor("GET", f"/fhir/Observation/{seen['id']}")).content == answer.content
    assert [found["id"] for found in await doctor.search("Observation?value-quantity=1.50")] == [seen["id"]]


async def test_a_fhirpath_patch_makes_a_version(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    change = parameters("replace", "Patient.name.where(family = 'Lindqvist').given[0]", {"valueString": "Eva"})
    answer = await doctor("PATCH", f"/fhir/Patient/{person['id']}", change)
    assert (answer.status_code, answer.json()["name"]) == (200, [{"family": "Lindqvist", "given": ["Eva"]}])


async def test_a_fhirpath_patch_may_come_as_xml(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    change = fhirxml.dumps(parameters("add", "Patient", {"valueDate": "1950-02-03"}, name="birthDate"))
    answer = await doctor("PATCH", f"/fhir/Patient/{person['id']}", change, Content_Type="application/fhir+xml")
    assert (answer.status_code, answer.json()["birthDate"]) == (200, "1950-02-03")


async def test_a_patch_that_would_leave_an_invalid_resource_is_refused_with_the_place(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    place = f"Patient/{person['id']}"
    answer = await json_patch(doctor, place, {"op": "replace", "path": "/gender", "value": "woman"})
    assert (answer.status_code, answer.json()["issue"][0]["expression"]) == (422, ["Patient.gender"])
    gone = await json_patch(doctor, place, {"op": "replace", "path": "", "value": [1]})
    assert gone.status_code == 422
    assert (await doctor("GET", f"/fhir/{place}")).headers["etag"] == 'W/"1"'


async def test_what_the_server_gives_cannot_be_patched(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    for path, value in (("/id", "other"), ("/meta/versionId", "7"), ("/meta/lastUpdated", "2020-01-01T00:00:00Z")):
        answer = await json_patch(doctor, f"Patient/{person['id']}", {"op": "replace", "path": path, "value": value})
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "business-rule"), path
    kept = await json_patch(
        doctor, f"Patient/{person['id']}", {"op": "replace", "path": "/meta", "value": {"tag": [{"code": "x"}]}}
    )
    assert (kept.status_code, kept.json()["meta"]["versionId"]) == (200, "2")


async def test_the_last_item_of_a_list_takes_the_list_along(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    answer = await json_patch(doctor, f"Patient/{person['id']}", {"op": "remove", "path": "/name/0"})
    assert answer.status_code == 200
    assert "name" not in answer.json()


async def test_a_patch_of_an_old_version_and_a_failed_test_change_nothing(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    place = f"Patient/{person['id']}"
    change = {"op": "replace", "path": "/gender", "value": "male"}
    assert (await json_patch(doctor, place, change, If_Match='W/"1"')).status_code == 200
    assert (await json_patch(doctor, place, change, If_Match='W/"1"')).status_code == 412
    failed = await json_patch(doctor, place, {"op": "test", "path": "/gender", "value": "female"}, change)
    assert (failed.status_code, failed.json()["issue"][0]["expression"]) == (409, ["patch[0]"])


async def test_a_patch_that_changes_nothing_makes_no_version(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    answer = await json_patch(doctor, f"Patient/{person['id']}", {"op": "replace", "path": "/gender", "value": "female"})
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"1"')


async def test_what_is_not_here_cannot_be_patched_and_what_may_not_be_seen_is_not_here(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    seen = await doctor.create(observation(person["id"]))
    change = {"op": "remove", "path": "/effectiveDateTime"}
    none = await json_patch(service.as_(SURGERY_DOCTOR), "Observation/none", change)
    hidden = await json_patch(service.as_(SURGERY_DOCTOR), f"Observation/{seen['id']}", change)
    assert none.status_code == hidden.status_code == 404
    assert none.json()["issue"][0]["diagnostics"].replace("none", "X") == hidden.json()["issue"][0]["diagnostics"].replace(
        seen["id"], "X"
    )
    await doctor("DELETE", f"/fhir/Observation/{seen['id']}")
    assert (await json_patch(doctor, f"Observation/{seen['id']}", change)).status_code == 410


async def test_a_patch_cannot_move_a_resource_to_another_person(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    first, second = await doctor.create(patient()), await doctor.create(patient())
    seen = await doctor.create(observation(first["id"]))
    other = {"op": "replace", "path": "/subject/reference", "value": f"Patient/{second['id']}"}
    assert (await json_patch(doctor, f"Observation/{seen['id']}", other)).status_code == 422


async def test_the_one_that_matches_is_patched(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    change = {"op": "replace", "path": "/gender", "value": "other"}
    patched = await json_patch(doctor, "Patient?identifier=195802142389", change)
    assert (patched.status_code, patched.json()["id"], patched.json()["gender"]) == (200, person["id"], "other")
    assert (await json_patch(doctor, "Patient?identifier=nobody", change)).status_code == 404
    await doctor.create(patient())
    several = await json_patch(doctor, "Patient?family=Lindqvist", change)
    assert (several.status_code, several.json()["issue"][0]["code"]) == (412, "multiple-matches")


async def test_what_is_no_patch_says_what_to_send(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    place = f"/fhir/Patient/{person['id']}"
    for body, status in ((b"", 400), (b"[]", 415), (json.dumps(patient()).encode(), 415)):
        answer = await doctor("PATCH", place, body)
        assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
    assert (await doctor("PATCH", place, b'{"op":1}', Content_Type=JSON_PATCH)).status_code == 400


async def test_patches_at_once_are_all_kept(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    place = f"Patient/{person['id']}"
    add = [{"op": "add", "path": "/name/-", "value": {"text": f"N{n}"}} for n in range(12)]
    answers = await asyncio.gather(*(json_patch(doctor, place, one) for one in add))
    assert [answer.status_code for answer in answers] == [200] * 12
    final = (await doctor("GET", f"/fhir/{place}")).json()
    assert {name.get("text") for name in final["name"]} == {None, *(f"N{n}" for n in range(12))}
    assert final["meta"]["versionId"] == "13"


async def test_what_may_not_be_written_is_not_even_locked(service: Service) -> None:
    """A lock is written down, so that the time of the refusal would tell that something stands there."""
    surgery, clinic = service.as_(SURGERY_DOCTOR), service.as_(CLINIC_DOCTOR)
    person = (await surgery.create(patient("195803142388")))["id"]
    note = await surgery.create(observation(person))
    path, patch = f"/fhir/Observation/{note['id']}", [{"op": "replace", "path": "/status", "value": "amended"}]
    for method, body, kind in (("PATCH", patch, "json-patch+json"), ("PUT", note, "fhir+json"), ("DELETE", None, "fhir+json")):
        answer = await clinic(method, path, body, Content_Type=f"application/{kind}")
        assert answer.status_code in (403, 404), method
        assert await service.database.fetchval("SELECT xmax::text FROM resource WHERE id = $1", note["id"]) == "0", method
    assert (await surgery("PATCH", path, patch, Content_Type="application/json-patch+json")).status_code == 200
