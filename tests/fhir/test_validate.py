"""$validate and the validation of writes over HTTP, with profiles of this installation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kedja.access.actor import Kind
from kedja.definitions import EMPTY, install
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Caller, Service, staff

Json = dict[str, Any]
NAMED = "http://example.org/StructureDefinition/named"
PROFILE: Json = {
    "resourceType": "StructureDefinition",
    "url": NAMED,
    "name": "Named",
    "status": "active",
    "kind": "resource",
    "abstract": False,
    "type": "Patient",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation": "constraint",
    "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]},
}


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    yield
    install(EMPTY)


@pytest.fixture
async def doctor(service: Service) -> Caller:
    """A doctor where somebody has stored the profile."""
    await service.as_(staff("steward", NORTH, CLINIC, Kind.SYSTEM)).create(PROFILE)
    return service.as_(CLINIC_DOCTOR)


async def judged(doctor: Caller, path: str, body: Json | None) -> list[tuple[str, str, str]]:
    """(severity, code, location) of each issue."""
    answer = await doctor("POST", f"/fhir/{path}", body)
    assert answer.status_code == 200, answer.text
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return [(one["severity"], one["code"], *one.get("expression", [""])) for one in outcome["issue"]]


async def test_a_sound_resource_is_told_to_be_sound(doctor: Caller) -> None:
    sound = {"resourceType": "Basic", "code": {"text": "x"}, "text": {"status": "generated", "div": DIV}}
    assert await judged(doctor, "$validate", sound) == [("information", "informational", "")]


DIV = "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"


async def test_errors_come_before_warnings_and_the_status_is_200(doctor: Caller) -> None:
    found = await judged(doctor, "Patient/$validate", {"resourceType": "Patient", "contact": [{"gender": "male"}]})
    assert found == [("error", "invariant", "Patient.contact[0]"), ("warning", "invariant", "Patient")]
    assert await judged(doctor, "Patient/$validate", {"resourceType": "Patient", "active": "yes"}) == [
        ("error", "structure", "Patient.active")
    ]


async def test_a_profile_that_is_asked_for_is_held_against(doctor: Caller) -> None:
    patient = {"resourceType": "Patient", "active": True}
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": patient}, {"name": "profile", "valueUri": NAMED}],
    }
    for path, body in ((f"Patient/$validate?profile={NAMED}", patient), ("$validate", asked)):
        assert ("error", "required", "Patient.name") in await judged(doctor, path, body)


async def test_a_profile_that_is_not_known_is_an_error_where_it_is_asked_for(doctor: Caller) -> None:
    found = await judged(doctor, "Patient/$validate?profile=http://example.org/none", {"resourceType": "Patient"})
    assert ("error", "not-found", "Patient") in found


async def test_a_write_is_held_against_the_profiles_that_it_claims(doctor: Caller) -> None:
    claiming: Json = {"resourceType": "Patient", "meta": {"profile": [NAMED]}}
    refused = await doctor("POST", "/fhir/Patient", claiming)
    assert refused.status_code == 400
    assert refused.json()["issue"][0]["expression"] == ["Patient.name"]
    assert (await doctor("POST", "/fhir/Patient", {**claiming, "name": [{"family": "Ek"}]})).status_code == 201
    unknown = {"resourceType": "Patient", "meta": {"profile": ["http://example.org/none"]}}
    assert (await doctor("POST", "/fhir/Patient", unknown)).status_code == 201


async def test_what_is_stored_is_judged_without_a_body(doctor: Caller) -> None:
    stored = await doctor.create({"resourceType": "Patient", "active": True})
    found = await judged(doctor, f"Patient/{stored['id']}/$validate?profile={NAMED}", None)
    assert ("error", "required", "Patient.name") in found


async def test_an_update_wants_the_id_of_its_address(doctor: Caller) -> None:
    stored = await doctor.create({"resourceType": "Patient", "active": True})
    found = await judged(doctor, f"Patient/{stored['id']}/$validate?mode=update", {"resourceType": "Patient", "active": True})
    assert ("error", "invalid", "Resource.id") in found
    assert await judged(doctor, f"Patient/{stored['id']}/$validate?mode=delete", None) == [("information", "informational", "")]


async def test_what_is_no_mode_and_what_is_nothing_is_refused(doctor: Caller) -> None:
    assert (await doctor("POST", "/fhir/Patient/$validate?mode=burn", {"resourceType": "Patient"})).status_code == 400
    assert (await doctor("POST", "/fhir/Patient/$validate", None)).status_code == 400
