"""The National Medication List over HTTP (lag 2018:1212): who reads it, what a block closes, what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import withdrawn
from kedja.access.custody import Custody, Regime
from kedja.access.openings import Reader, medication_list_opening
from kedja.access.wishes import medication_list_block, medication_list_consent
from kedja.gate.batch import Delivered, take
from kedja.gate.check import check
from kedja.gate.deliveries import register
from kedja.gate.erasure import erase
from kedja.gate.prepare import prepare
from kedja.gate.reindex import reindex
from kedja.identity.custody import custody_of
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, SOUTH, Service, patient, staff

NUMBER = "199001012385"
KEEPER = "SE2399999999-0009"
SHOP = "SE2399999999-2009"
NURSE = replace(staff("nils", NORTH, CLINIC), prescriber=False, licences=("SSK",), title="Sjuksköterska")
PHARMACIST = replace(staff("paul", SOUTH, SHOP, purpose=Purpose.DISPENSING), prescriber=False, licences=("AP",))
REASON = {"coding": [{"system": "urn:oid:1.2.752.116.1.1.1", "code": "F32.1"}], "text": "Depression"}
NARCOTIC = {"system": "https://kedja.example/fhir/CodeSystem/label", "code": "narcotic"}


def prescription(id: str, drug: str, days_ago: int = 30, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/nll-patient"},
        "authoredOn": (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat(),
        "reasonCode": [REASON],
        "dosageInstruction": [{"text": "1 tablett varje morgon"}],
    } | more


async def listed(service: Service, doctor: dict[str, Any] | None = None, *more: dict[str, Any]) -> str:
    """The person's list: an antidepressant, an old one, a sleeping pill that is narcotic. Gives the Patient at the clinic."""
    own = (await service.as_(CLINIC_DOCTOR).create(patient(NUMBER)))["id"]
    await register(service.app.state.door, "nll", {"kind": "fhir", "regime": "nll", "provider": KEEPER})
    actor = Actor("source:nll", Kind.SYSTEM, assignment=Assignment("import:nll", Purpose.CARE, KEEPER, ""))

    def custody(resource: dict[str, Any], person: int) -> Custody:
        return custody_of(resource, regime=Regime.NLL, provider=KEEPER, unit="", source="nll", person=person)

    resources = [
        patient(NUMBER) | {"id": "nll-patient"},
        prescription("new", "Sertralin"),
        prescription("old", "Citalopram", days_ago=1100),
        {"resourceType": "Practitioner", "id": "gp", "name": [{"family": "Forsberg"}]},
        prescription(
            "pill", "Zopiklon", meta={"security": [NARCOTIC]}, **(doctor or {"requester": {"display": "Anna Forsberg"}})
        ),
        *more,
    ]
    taken = await take(
        service.app.state.door, actor, "nll", [Delivered(prepare(one, one["id"])) for one in resources], custody, "delivery"
    )
    assert {one.outcome for one in taken} == {"stored"}, taken
    return own


async def seen(service: Service, actor: Actor) -> dict[str, dict[str, Any]]:
    return {found["id"]: found for found in await service.as_(actor).search("MedicationRequest")}


async def consent(service: Service, own: str, provider: str, *, reason: bool = False) -> None:
    said = medication_list_consent(f"Patient/{own}", provider, dated=datetime.now(UTC), reason=reason)
    await (await service.citizen(own)).create(said)


async def block(service: Service, own: str) -> dict[str, Any]:
    return await (await service.citizen(own)).create(medication_list_block(f"Patient/{own}", dated=datetime.now(UTC)))


async def test_with_consent_prescribers_and_nurses_read_the_list(service: Service) -> None:
    own = await listed(service)
    assert set(await seen(service, NURSE)) == set()
    await consent(service, own, NORTH)
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}
    doctor = await seen(service, CLINIC_DOCTOR)
    assert set(doctor) == {"new", "old", "pill"}
    assert doctor["pill"]["reasonCode"] == [REASON]


async def test_a_block_closes_the_list_and_only_the_person_can_lift_it(service: Service) -> None:
    own = await listed(service)
    await consent(service, own, NORTH)
    said = await block(service, own)
    assert set(await seen(service, NURSE)) == set()
    answer = await service.as_(CLINIC_DOCTOR)("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))
    assert answer.status_code in (403, 404)
    answer = await (await service.citizen(own))("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))
    assert answer.status_code == 200
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}


async def test_without_consent_and_despite_a_block_a_prescriber_learns_only_that_a_narcotic_was_prescribed(
    service: Service,
) -> None:
    own = await listed(service)
    await block(service, own)
    found = await seen(service, CLINIC_DOCTOR)
    assert set(found) == {"pill"}
    assert found["pill"]["medicationCodeableConcept"] == {"text": "Zopiklon"}
    assert not {"reasonCode", "dosageInstruction", "requester"} & found["pill"].keys()


@pytest.mark.parametrize(
    "hit",
    [
        "MedicationRequest?identifier=urn:rx|r-77",
        "MedicationRequest?requester=Practitioner/gp",
        "MedicationRequest?requester.name=Forsberg",
        "MedicationRequest?identifier:missing=false",
        "MedicationRequest?_filter=identifier%20eq%20urn:rx|r-77",
        "MedicationRequest?_content=morgon",
        "Practitioner?_has:MedicationRequest:requester:_id=pill",
        "MedicationRequest?_include=MedicationRequest:requester",
        "MedicationRequest?_sort=identifier",
    ],
)
async def test_who_is_told_the_fact_alone_finds_nothing_by_what_is_left_out(service: Service, hit: str) -> None:
    own = await listed(
        service, {"requester": {"reference": "Practitioner/gp"}, "identifier": [{"system": "urn:rx", "value": "r-77"}]}
    )
    doctor = service.as_(CLINIC_DOCTOR)
    assert await doctor.search(hit) == []
    assert [
        found["id"] for found in await doctor.search("MedicationRequest?status=active&code:text=zopiklon&_sort=authoredon")
    ] == ["pill"]
    await consent(service, own, NORTH)
    assert await doctor.search(hit) != [], "who may read the whole may search by it"


async def test_an_emergency_opening_reaches_what_is_blocked_and_is_the_nurse_s_own(service: Service) -> None:
    own = await listed(service)
    await block(service, own)
    now = datetime.now(UTC)
    opening = medication_list_opening(
        f"Patient/{own}",
        Reader(NORTH, CLINIC, NURSE.hsa_id),
        reason="medvetslös, läkemedel behövs för vården nu",
        starts=now,
        ends=now + timedelta(hours=2),
    )
    assistant = replace(NURSE, id="eva", hsa_id="SE2399999999-eva", licences=())
    assert (await service.as_(assistant)("POST", "/fhir/Consent", opening)).status_code == 403
    await service.as_(NURSE).create(opening)
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}
    assert set(await seen(service, CLINIC_DOCTOR)) == {"pill"}, "nobody else's"
    rules = await service.database.fetchval(
        "SELECT rules FROM access_log WHERE action = 'search' AND 'N-5' = ANY (rules) LIMIT 1"
    )
    assert rules == ["N-5"]


async def test_after_five_years_a_prescription_is_gone_with_what_belongs_to_it(service: Service) -> None:
    aged = prescription("aged", "Diazepam", days_ago=5 * 366 + 1)
    given = {"resourceType": "MedicationDispense", "id": "given", "status": "completed", "whenHandedOver": aged["authoredOn"]}
    given |= {"medicationCodeableConcept": {"text": "Diazepam"}, "subject": aged["subject"]}
    later = given | {"id": "later", "whenHandedOver": (datetime.now(UTC) - timedelta(days=1500)).date().isoformat()}
    of = {"authorizingPrescription": [{"reference": "MedicationRequest/aged"}]}
    alone = later | {"id": "alone", "authorizingPrescription": [{"reference": "MedicationRequest/old"}]}
    own = await listed(service, None, aged, given | of, later | of, alone)
    door = service.app.state.door
    assert await erase(door) == 3
    left = await service.database.fetch("SELECT id FROM resource_version WHERE regime = 'nll' AND type <> 'Patient'")
    assert {row["id"] for row in left} == {"new", "old", "pill", "alone"}
    row = await service.database.fetchrow("SELECT * FROM access_log WHERE action = 'erase'")
    assert row is not None
    assert (row["person"], row["rules"]) == (await service.person_of(own), ["N-11"])
    assert set(row["resources"]) == {"MedicationRequest/aged", "MedicationDispense/given", "MedicationDispense/later"}
    assert await erase(door) == 0
    assert not (await check(door)).findings


async def test_a_pharmacy_reads_two_years_without_why_until_the_person_says_yes(service: Service) -> None:
    own = await listed(service)
    found = await seen(service, PHARMACIST)
    assert set(found) == {"new", "pill"}
    assert "reasonCode" not in found["new"]
    assert found["new"]["dosageInstruction"] == [{"text": "1 tablett varje morgon"}]
    await consent(service, own, SOUTH, reason=True)
    assert (await seen(service, PHARMACIST))["new"]["reasonCode"] == [REASON]
    await block(service, own)
    assert "reasonCode" not in (await seen(service, PHARMACIST))["new"], "a block closes why, not what"


@pytest.mark.parametrize(
    "path",
    [
        "MedicationRequest/new",
        "MedicationRequest/new/_history/1",
        "MedicationRequest/new/_history",
        "MedicationRequest/_history",
        "MedicationRequest?_id=new",
        "Patient?_id=nll-patient&_revinclude=MedicationRequest:subject",
        "Patient/nll-patient/$everything",
    ],
)
async def test_no_way_of_reading_tells_a_pharmacy_why(service: Service, path: str) -> None:
    await listed(service)
    answer = await service.as_(PHARMACIST)("GET", f"/fhir/{path}")
    assert answer.status_code == 200, answer.text
    assert "Sertralin" in answer.text
    assert "epression" not in answer.text and "F32" not in answer.text


async def test_a_new_consent_tells_the_pharmacy_more_of_the_same_version(service: Service) -> None:
    """What is left out is no new version: the resource is as it was stored, and so is its version."""
    own = await listed(service)
    before = (await service.as_(PHARMACIST)("GET", "/fhir/MedicationRequest/new")).json()
    await consent(service, own, SOUTH, reason=True)
    after = (await service.as_(PHARMACIST)("GET", "/fhir/MedicationRequest/new")).json()
    assert before["meta"]["versionId"] == after["meta"]["versionId"]
    assert before["meta"]["security"][-1]["code"] == "REDACTED"
    assert "security" not in after["meta"]


async def test_the_person_reads_all_of_it_blocked_or_not(service: Service) -> None:
    own = await listed(service)
    await block(service, own)
    caller = await service.citizen(own)
    assert {found["id"] for found in await caller.search("MedicationRequest")} == {"new", "old", "pill"}


async def test_one_whose_medicines_are_dispensed_in_doses_needs_not_consent(service: Service) -> None:
    own = await listed(service)
    state = {"system": "https://kedja.example/fhir/CodeSystem/subject-state", "code": "dose-dispensing"}
    flag = {"resourceType": "Flag", "status": "active", "code": {"coding": [state]}, "subject": {"reference": f"Patient/{own}"}}
    await block(service, own)
    assert set(await seen(service, NURSE)) == set()
    await service.as_(CLINIC_DOCTOR).create(flag)
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}


async def test_nobody_searches_by_why_something_was_prescribed(service: Service) -> None:
    own = await listed(service)
    await consent(service, own, NORTH)
    parameter = {
        "resourceType": "SearchParameter",
        "url": "https://example.org/SearchParameter/why",
        "name": "why",
        "status": "active",
        "description": "Why it was prescribed",
        "code": "why",
        "base": ["MedicationRequest"],
        "type": "token",
        "expression": "MedicationRequest.reasonCode",
    }
    await service.system().create(parameter)
    await reindex(service.app.state.door, "http://kedja.test/fhir", lambda *_: None, ["MedicationRequest"])
    for query in ("MedicationRequest?why=F32.1", "Patient?_has:MedicationRequest:subject:why=F32.1"):
        answer = await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/{query}")
        assert answer.status_code == 403, answer.text
        assert "3 kap. 9 §" in answer.text


def _inputs(**values: Any) -> dict[str, Any]:
    kinds = {str: "valueString", bool: "valueBoolean", int: "valueInteger"}
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name, kinds[type(value)]: value} for name, value in values.items()],
    }


async def test_the_list_is_opened_with_consent_or_without_where_the_patient_cannot_do_without(service: Service) -> None:
    own = await listed(service)
    nurse = service.as_(NURSE)
    path = f"/fhir/Patient/{own}/$open"
    answer = await nurse("POST", path, _inputs(kind="medication-list-consent", days=2))
    assert answer.status_code == 200, answer.text
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}
    await block(service, own)
    assert set(await seen(service, NURSE)) == set()
    refused = await nurse("POST", path, _inputs(kind="medication-list", reason="medvetslös på golvet"))
    assert refused.status_code == 422 and "5 kap. 5 §" in refused.text
    opened = _inputs(kind="medication-list", reason="medvetslös på golvet", danger=True, consentUnobtainable=True, hours=2)
    assert (await nurse("POST", path, opened)).status_code == 200
    assert set(await seen(service, NURSE)) == {"new", "old", "pill"}
