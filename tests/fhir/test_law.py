"""The law over HTTP: what somebody may not see is in no read, list, count, include, sort, page or history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja.access.consents import block_consent, svod_consent
from kedja.identity import Identifier
from kedja.outcome import OutcomeError
from kedja.store import person as persons
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD_DOCTOR,
    Caller,
    Service,
    citizen,
    observation,
    patient,
)

NOW = datetime.now(UTC)


def encounter(patient_id: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": (NOW - timedelta(days=1)).isoformat()},
    }


async def in_care(*callers: Caller, patient_id: str) -> None:
    for caller in callers:
        await caller.create(encounter(patient_id))


async def test_staff_without_a_care_relation_see_nothing_of_another_unit(service: Service) -> None:
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    person = await clinic.create(patient())
    seen = await clinic.create(observation(person["id"]))
    assert (await ward("GET", f"/fhir/Observation/{seen['id']}")).status_code == 404
    assert await ward.search(f"Observation?patient={person['id']}") == []
    await in_care(ward, patient_id=person["id"])
    assert (await ward("GET", f"/fhir/Observation/{seen['id']}")).status_code == 200


async def test_a_block_holds_from_the_next_request_and_for_that_unit_alone(service: Service) -> None:
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    person = await clinic.create(patient())
    seen = await clinic.create(observation(person["id"]))
    await in_care(clinic, ward, patient_id=person["id"])
    own = await ward.create(observation(person["id"], 61))
    me = await service.citizen(person["id"])
    assert len(await ward.search(f"Observation?patient={person['id']}")) == 2
    block = await me.create(block_consent(f"Patient/{person['id']}", NORTH, inner=True, unit=CLINIC, dated=NOW))

    assert [r["id"] for r in await ward.search(f"Observation?patient={person['id']}")] == [own["id"]]
    counted = await ward("GET", f"/fhir/Observation?patient={person['id']}&_summary=count")
    assert counted.json()["total"] == 1
    assert (await ward("GET", f"/fhir/Observation/{seen['id']}")).status_code == 404
    assert (await ward("GET", f"/fhir/Observation/{seen['id']}/_history/1")).status_code == 404
    assert (await ward("GET", f"/fhir/Observation/{seen['id']}/_history")).status_code == 404
    assert len(await clinic.search(f"Observation?patient={person['id']}")) >= 1
    assert len(await me.search(f"Observation?patient={person['id']}")) == 2

    lifted = await me("PUT", f"/fhir/Consent/{block['id']}", {**block, "status": "inactive"})
    assert lifted.status_code == 200
    assert len(await ward.search(f"Observation?patient={person['id']}")) == 2


async def test_another_provider_needs_a_relation_and_consent(service: Service) -> None:
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    person = await clinic.create(patient("195802142389"))
    there = await surgery.create(patient("195802142389"))
    seen = await clinic.create(observation(person["id"]))
    place = f"/fhir/Observation/{seen['id']}"
    await in_care(surgery, patient_id=there["id"])
    assert (await surgery("GET", place)).status_code == 404
    me = await service.citizen(person["id"])
    await me.create(svod_consent(f"Patient/{person['id']}", SOUTH, unit=SURGERY, dated=NOW, ends=NOW + timedelta(days=30)))
    assert (await surgery("GET", place)).status_code == 200
    assert [r["id"] for r in await surgery.search(f"Observation?patient={there['id']}")] == [seen["id"]]
    await me.create(block_consent(f"Patient/{person['id']}", NORTH, inner=False, dated=NOW))
    assert (await surgery("GET", place)).status_code == 404


async def test_staff_cannot_lift_or_change_the_persons_own_block(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    me = await service.citizen(person["id"])
    block = await me.create(block_consent(f"Patient/{person['id']}", NORTH, inner=True, unit=CLINIC, dated=NOW))
    answer = await clinic("PUT", f"/fhir/Consent/{block['id']}", {**block, "status": "inactive"})
    assert answer.status_code == 403
    # Staff do not see it, so it is not there to be deleted either.
    assert (await clinic("DELETE", f"/fhir/Consent/{block['id']}")).status_code == 404


async def test_staff_cannot_open_for_another_provider(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    consent = svod_consent(f"Patient/{person['id']}", SOUTH, dated=NOW)
    assert (await clinic("POST", "/fhir/Consent", consent)).status_code == 403


async def test_a_note_not_meant_for_the_patient_is_masked_to_them_alone(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPATIENT"}]}
    hidden = await clinic.create({**observation(person["id"]), "meta": label})
    me = await service.citizen(person["id"])
    assert await me.search(f"Observation?patient={person['id']}") == []
    assert (await me("GET", f"/fhir/Observation/{hidden['id']}")).status_code == 404
    assert (await clinic("GET", f"/fhir/Observation/{hidden['id']}")).status_code == 200


async def test_a_person_sees_nothing_of_another_person(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    one, two = await clinic.create(patient()), await clinic.create(patient())
    seen = await clinic.create(observation(two["id"]))
    me = await service.citizen(one["id"])
    assert (await me("GET", f"/fhir/Observation/{seen['id']}")).status_code == 404
    assert await me.search("Patient?_count=100") == [one]
    assert await me.search(f"Observation?patient={two['id']}") == []


@pytest.mark.parametrize("resource_type", ["Binary", "Group", "Basic", "Provenance", "List"])
async def test_what_names_no_person_is_not_thereby_open_to_all(service: Service, resource_type: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "Binary": {"contentType": "text/plain", "data": "aGVq"},
        "Group": {"type": "person", "actual": True},
        "Basic": {"code": {"text": "x"}},
        "Provenance": {
            "target": [{"reference": "Patient/x"}],
            "recorded": NOW.isoformat(),
            "agent": [{"who": {"display": "x"}}],
        },
        "List": {"status": "current", "mode": "working"},
    }
    made = await service.as_(CLINIC_DOCTOR).create({"resourceType": resource_type, **bodies[resource_type]})
    other = service.as_(SURGERY_DOCTOR)
    assert (await other("GET", f"/fhir/{resource_type}/{made['id']}")).status_code == 404
    assert await other.search(resource_type) == []


async def test_every_read_leaves_its_row_with_the_rule(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    seen = await clinic.create(observation(person["id"]))
    await clinic("GET", f"/fhir/Observation/{seen['id']}")
    await clinic.search(f"Observation?patient={person['id']}")
    await service.as_(SURGERY_DOCTOR)("GET", f"/fhir/Observation/{seen['id']}")
    rows = await service.database.fetch(
        "SELECT action, decision, rules FROM access_log WHERE person = $1 ORDER BY seq", await service.person_of(person["id"])
    )
    told = [(row["action"], row["decision"], row["rules"]) for row in rows]
    assert told[2:] == [("read", "permit", ["I-1"]), ("search", "permit", ["I-1"]), ("read", "deny", [])]
    assert [action for action, *_ in told[:2]] == ["create", "create"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "https://other.example/fhir/Patient/{id}"},
        {"reference": "urn:uuid:{id}"},
        {"identifier": {"system": "http://electronichealth.se/identifier/personnummer", "value": "195802142389"}},
        {"type": "Patient", "display": "Astrid"},
    ],
)
async def test_a_subject_that_is_not_surely_ours_is_refused(service: Service, subject: dict[str, Any]) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient("195802142389"))
    told = {name: value.format(id=person["id"]) if isinstance(value, str) else value for name, value in subject.items()}
    answer = await clinic("POST", "/fhir/Observation", {**observation(person["id"]), "subject": told})
    assert answer.status_code == 422


async def test_a_reference_with_our_own_address_is_ours(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = await clinic.create(patient())
    note = {**observation(person["id"]), "subject": {"reference": f"http://kedja.test/fhir/Patient/{person['id']}"}}
    made = await clinic.create(note)
    assert [found["id"] for found in await clinic.search(f"Observation?subject=Patient/{person['id']}")] == [made["id"]]


async def actions(service: Service, person: int) -> list[tuple[str, str]]:
    rows = await service.database.fetch("SELECT action, detail FROM access_log WHERE person = $1 ORDER BY seq", person)
    return [(row["action"], row["detail"]) for row in rows]


@pytest.mark.parametrize("ending", ["", "&_summary=count"])
async def test_whoever_is_named_in_a_search_has_it_in_their_log_even_when_nothing_is_shown(service: Service, ending: str) -> None:
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    person = await clinic.create(patient())
    await clinic.create(observation(person["id"]))
    await surgery.search(f"Observation?patient={person['id']}{ending}")
    action, detail = (await actions(service, await service.person_of(person["id"])))[-1]
    assert action == "search"
    assert detail.startswith("Observation?patient=")


async def test_the_log_from_before_two_records_were_linked_is_shown_to_the_person(service: Service) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    reserve = {"system": "http://electronichealth.se/identifier/nationelltReservnummer", "value": "KK581402GH15"}
    unknown = await clinic.create({**patient(), "identifier": [{"system": "urn:x", "value": "1"}]})
    known = await clinic.create(patient("195802142389"))
    former, now = await service.person_of(unknown["id"]), await service.person_of(known["id"])
    await service.database.execute(
        "INSERT INTO person_identifier (system, value, person, status) VALUES ($1, $2, $3, 'current')",
        reserve["system"],
        reserve["value"],
        former,
    )
    number = Identifier("http://electronichealth.se/identifier/personnummer", "195802142389")
    async with service.database.transaction():
        await persons.link(service.database, Identifier(reserve["system"], reserve["value"]), number, "Skatteverket")
    log = await service.app.state.door.log_of(citizen(now), now, "r")
    assert any(f"Patient/{unknown['id']}/_history/1" in row["resources"] for row in log)


async def test_nobody_else_reads_a_persons_log(service: Service) -> None:
    one = await service.as_(CLINIC_DOCTOR).create(patient())
    key = await service.person_of(one["id"])
    for other in (CLINIC_DOCTOR, citizen(key + 1)):
        with pytest.raises(OutcomeError, match="access log"):
            await service.app.state.door.log_of(other, key, "r")
    assert [action for action, _ in await actions(service, key)][-2:] == ["log", "log"]
