"""`$access-preview` and `$open`: what staff may be told, step by step, and what opens more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja.access.consents import block_consent
from kedja.access.openings import Reader, lift
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY_DOCTOR,
    WARD_DOCTOR,
    Caller,
    Service,
    observation,
    patient,
)

NUMBER = "195802142389"
SYSTEM = "http://electronichealth.se/identifier/personnummer"


def parameters(**values: Any) -> dict[str, Any]:
    kinds = {bool: "valueBoolean", int: "valueInteger", str: "valueString"}
    return {"resourceType": "Parameters", "parameter": [{"name": n, kinds[type(v)]: v} for n, v in values.items()]}


NOW = datetime.now(UTC)
LIFTED: dict[str, Any] = {"inner": False, "emergency": False, "reason": "", "starts": NOW, "ends": NOW + timedelta(hours=1)}
WHOM = {"identifier": f"{SYSTEM}|{NUMBER}"}


async def record(service: Service) -> tuple[str, Caller]:
    """A record at the clinic; the surgery of another provider has the person as a patient today."""
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    id = (await clinic.create(patient(NUMBER)))["id"]
    await clinic.create(observation(id))
    return id, surgery


async def contact(surgery: Caller) -> None:
    id = (await surgery.create(patient(NUMBER)))["id"]
    now = {"start": "2026-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    subject = {"reference": f"Patient/{id}"}
    await surgery.create({"resourceType": "Encounter", "status": "in-progress", "class": act, "subject": subject, "period": now})


async def steps(caller: Caller, operation: str = "access-preview", **values: Any) -> list[dict[str, Any]]:
    answer = await caller("POST", f"/fhir/Patient/${operation}", parameters(**WHOM, **values))
    assert answer.status_code == 200, answer.text
    told = [part["part"] for part in answer.json()["parameter"] if part["name"] == "step"]
    return [{part["name"]: next((v for k, v in part.items() if k != "name"), None) for part in step} for step in told]


async def test_only_that_more_exists_is_told_before_there_is_a_relation(service: Service):
    _, surgery = await record(service)
    told = await steps(surgery)
    assert [step["key"] for step in told] == ["exists", "refused", "emergency"]
    assert told[0]["rule"].endswith("/V-4") and "2022:913" in told[0]["citation"]
    assert "holding" not in told[0] and "provider" not in told[0]


async def test_who_holds_it_is_told_only_in_danger_when_consent_cannot_be_had(service: Service):
    _, surgery = await record(service)
    told = await steps(surgery, danger=True, consentUnobtainable=True)
    assert [step["provider"] for step in told if step["key"] == "producers"] == ["SE2399999999-0001"]


async def test_with_a_relation_consent_is_asked_for_and_opens(service: Service):
    id, surgery = await record(service)
    await contact(surgery)
    assert "ask-consent" in [step["key"] for step in await steps(surgery)]
    assert (await surgery("GET", f"/fhir/Observation?patient={id}")).json().get("entry") is None
    told = await steps(surgery, "open", kind="consent", days=30)
    assert "V-7" in [step["rule"].rpartition("/")[2] for step in told if step["key"] == "content"]
    assert len(await surgery.search(f"Observation?patient={id}")) == 1


async def test_an_emergency_opening_needs_a_reason_and_both_conditions_and_is_the_openers_alone(service: Service):
    id, surgery = await record(service)
    for values, status in (
        ({}, 400),
        ({"reason": "Unconscious after an accident"}, 422),
        ({"reason": "Unconscious after an accident", "danger": True}, 422),
        ({"reason": "Why", "danger": True, "consentUnobtainable": True}, 400),
        ({"reason": "Unconscious after an accident", "danger": True, "consentUnobtainable": True, "hours": 100}, 400),
    ):
        answer = await surgery("POST", "/fhir/Patient/$open", parameters(**WHOM, kind="emergency", **values))
        assert answer.status_code == status, answer.text
    told = await steps(
        surgery, "open", kind="emergency", reason="Unconscious after an accident", danger=True, consentUnobtainable=True
    )
    assert "V-12" in [step["rule"].rpartition("/")[2] for step in told if step["key"] == "content"]
    assert len(await surgery.search(f"Observation?patient={id}")) == 1
    (opening,) = await surgery.search("Consent?_total=none")
    assert opening["provision"]["period"]["end"] > opening["provision"]["period"]["start"]


async def test_a_preview_is_in_the_persons_log(service: Service):
    id, surgery = await record(service)
    await steps(surgery)
    person = await service.person_of(id)
    actions = await service.database.fetch("SELECT action FROM access_log WHERE person = $1 ORDER BY seq DESC LIMIT 2", person)
    assert {row["action"] for row in actions} == {"preview", "identify"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (parameters(), 400),
        (parameters(identifier="197"), 400),
        (parameters(identifier=f"{SYSTEM}|190001012380"), 404),
        (parameters(**WHOM, colour="red"), 400),
        (parameters(**WHOM, danger="maybe"), 400),
        (parameters(**WHOM, kind="other"), 400),
    ],
)
async def test_a_preview_refuses_what_it_does_not_understand(service: Service, body: dict[str, Any], status: int):
    await record(service)
    assert (await service.as_(SURGERY_DOCTOR)("POST", "/fhir/Patient/$access-preview", body)).status_code == status


async def test_nobody_but_staff_in_care_gets_a_preview(service: Service):
    id, _ = await record(service)
    for caller in (await service.citizen(id), service.system()):
        assert (await caller("POST", "/fhir/Patient/$access-preview", parameters(**WHOM))).status_code == 403
        assert (await caller("POST", "/fhir/Patient/$open", parameters(**WHOM, kind="consent"))).status_code == 403


async def test_a_certificate_is_written_for_who_was_a_patient_before(service: Service):
    id, surgery = await record(service)
    own = (await surgery.create(patient(NUMBER)))["id"]
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    past = {"start": "2022-01-01T00:00:00Z", "end": "2022-01-02T00:00:00Z"}
    visit = {"resourceType": "Encounter", "status": "finished", "class": act, "subject": {"reference": f"Patient/{own}"}}
    await surgery.create({**visit, "period": past})
    assert "certificate" in [step["key"] for step in await steps(surgery)]
    told = await steps(surgery, "open", kind="certificate", reason="Intyg till Försäkringskassan")
    assert "ask-consent" in [step["key"] for step in told]
    assert await surgery.search(f"Observation?patient={id}") == []
    told = await steps(surgery, "open", kind="consent")
    assert "V-8" in [step["rule"].rpartition("/")[2] for step in told if step["key"] == "content"]
    assert len(await surgery.search(f"Observation?patient={id}")) == 1
    answer = await surgery("POST", "/fhir/Patient/$open", parameters(**WHOM, kind="certificate"))
    assert answer.status_code == 400


async def block(service: Service, id: str, *, inner: bool) -> None:
    consent = block_consent(f"Patient/{id}", NORTH, unit=CLINIC, inner=inner, dated=datetime.now(UTC))
    await (await service.citizen(id)).create(consent)


async def test_who_has_blocked_is_told_in_danger_and_what_it_holds_only_once_it_has_lifted_the_block(service: Service):
    id, surgery = await record(service)
    await block(service, id, inner=False)
    danger: dict[str, Any] = {"danger": True, "consentUnobtainable": True}
    told = {step["key"]: step for step in await steps(surgery, **danger)}
    assert told["blockers"]["rule"].endswith("/V-13")
    assert told["blockers"]["provider"] == NORTH
    assert "content" not in told and "producers" not in told
    assert "blockers" not in [step["key"] for step in await steps(surgery, consentUnobtainable=True)]
    await steps(surgery, "open", kind="emergency", reason="Unconscious after an accident", **danger)
    assert await surgery.search(f"Observation?patient={id}") == []
    lifting: dict[str, Any] = {"kind": "lift", "forProvider": SOUTH, "reason": "The ambulance asks for it", **danger}
    foreign = lift(f"Patient/{id}", NORTH, None, Reader(SOUTH), **LIFTED)
    assert (await surgery("POST", "/fhir/Consent", foreign)).status_code == 403  # only whoever has blocked lifts
    await steps(service.as_(CLINIC_DOCTOR), "open", **lifting)
    assert len(await surgery.search(f"Observation?patient={id}")) == 1


async def test_an_inner_block_is_lifted_with_consent_or_for_care_that_cannot_be_done_without(service: Service):
    id, _ = await record(service)
    await block(service, id, inner=True)
    ward = service.as_(WARD_DOCTOR)
    await contact(ward)
    assert [step["key"] for step in await steps(ward)][-3:] == ["inner-blocked", "inner-lift", "inner-lift-emergency"]
    declared: dict[str, Any] = {"consentUnobtainable": True, "indispensable": True}
    told = {step["key"]: step for step in await steps(ward, **declared)}
    assert told["inner-blockers"]["rule"].endswith("/I-6.1")
    for values, status in (
        ({"consentUnobtainable": True, "reason": "Unconscious after an accident"}, 422),
        ({**declared}, 400),
        ({**declared, "reason": "Unconscious after an accident", "hours": 100}, 400),
        ({"days": 1000}, 400),
    ):
        answer = await ward("POST", "/fhir/Patient/$open", parameters(**WHOM, kind="lift", **values))
        assert answer.status_code == status, answer.text
    assert await ward.search(f"Observation?patient={id}") == []
    await steps(ward, "open", kind="lift", reason="Unconscious after an accident", **declared)
    assert len(await ward.search(f"Observation?patient={id}")) == 1


async def test_with_the_patients_consent_an_inner_block_is_lifted_without_a_reason(service: Service):
    id, _ = await record(service)
    await block(service, id, inner=True)
    ward = service.as_(WARD_DOCTOR)
    await contact(ward)
    told = await steps(ward, "open", kind="lift", days=2)
    assert "inner-blocked" not in [step["key"] for step in told]
    assert len(await ward.search(f"Observation?patient={id}")) == 1
