"""Samples whose donor limits or withdraws what they may be used for (BBL 4 kap. 13-14 §§)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import BIOBANK_PURPOSES, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.access.samples import destruction
from kedja.access.wishes import biobank_restriction
from kedja.gate.batch import Delivered, take
from kedja.gate.check import check
from kedja.gate.deliveries import register
from kedja.gate.erasure import erase
from kedja.gate.informing import untold
from kedja.gate.prepare import prepare
from kedja.identity.custody import custody_of
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, WARD_DOCTOR, Service, patient, staff

ANNA, BO = "199001012385", "195009072397"
NOW = datetime(2026, 5, 6, 7, tzinfo=UTC)
QUALITY = staff("disa", NORTH, CLINIC, purpose=Purpose.QUALITY)
BOX = {"system": "urn:example:box", "value": "array-7"}


def tube(id: str, owner: str, box: dict[str, str] | None = None) -> dict[str, Any]:
    container: dict[str, Any] = {"description": f"F1-R02-{id}"} | ({"identifier": [box]} if box else {})
    return {
        "resourceType": "Specimen",
        "id": id,
        "status": "available",
        "subject": {"reference": f"Patient/{owner}"},
        "identifier": [{"system": "https://kedja.example/fhir/sid/biobank-sample", "value": f"SBP-{id}"}],
        "type": {"text": "EDTA-plasma"},
        "collection": {"collectedDateTime": "2026-03-01"},
        "container": [container],
    }


async def bank(service: Service, *resources: dict[str, Any]) -> None:
    actor = Actor("source:bank", Kind.SYSTEM, assignment=Assignment("import:bank", Purpose.RESEARCH, NORTH, CLINIC))
    await register(service.app.state.door, "bank", {"kind": "fhir", "regime": "biobank", "provider": NORTH})

    def custody(resource: dict[str, Any], person: int) -> Custody:
        return custody_of(resource, regime=Regime.BIOBANK, provider=NORTH, unit=CLINIC, source="bank", person=person)

    records = [Delivered(prepare(resource, resource["id"])) for resource in resources]
    taken = await take(service.app.state.door, actor, "bank", records, custody, "delivery")
    assert {one.outcome for one in taken} <= {"stored", "unchanged"}, taken


async def donors(service: Service) -> tuple[str, str]:
    """Anna and Bo at the clinic; the biobank has its own Patients of them, two tubes of Anna and one of Bo in the same box."""
    clinic = service.as_(CLINIC_DOCTOR)
    anna, bo = [(await clinic.create(patient(number)))["id"] for number in (ANNA, BO)]
    await bank(service, patient(ANNA) | {"id": "anna"}, patient(BO) | {"id": "bo"})
    await bank(service, tube("a1", "anna"), tube("a2", "anna", BOX), tube("b1", "bo", BOX))
    return anna, bo


async def say(service: Service, who: str, *purposes: str) -> dict[str, Any]:
    caller = await service.citizen(who)
    return await caller.create(biobank_restriction(f"Patient/{who}", purposes, dated=NOW))


async def seen(service: Service, actor: Actor) -> set[str]:
    return {found["id"] for found in await service.as_(actor).search("Specimen")}


async def test_a_limit_to_one_purpose_holds_at_once_and_for_that_purpose_alone(service: Service) -> None:
    anna, _ = await donors(service)
    assert await seen(service, QUALITY) == await seen(service, CLINIC_DOCTOR) == {"a1", "a2", "b1"}
    said = await say(service, anna, "quality")
    assert await seen(service, QUALITY) == {"b1"}
    assert await seen(service, CLINIC_DOCTOR) == {"a1", "a2", "b1"}
    await erase(service.app.state.door)
    assert await seen(service, CLINIC_DOCTOR) == {"a1", "a2", "b1"}
    caller = await service.citizen(anna)
    assert (await caller("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))).status_code == 200
    assert await seen(service, QUALITY) == {"a1", "a2", "b1"}


async def test_who_withdraws_wholly_has_no_sample_left_and_nobody_else_loses_one(service: Service) -> None:
    anna, _ = await donors(service)
    person = await service.person_of(anna)
    await say(service, anna, *BIOBANK_PURPOSES)
    assert await seen(service, QUALITY) == {"b1"}, "closed before anything is destroyed"
    await erase(service.app.state.door)
    left = "SELECT count(*) FROM resource_version WHERE person = $1 AND regime = 'biobank'"
    assert await service.database.fetchval(left, person) == 0
    assert "b1" in await seen(service, CLINIC_DOCTOR)
    found = await check(service.app.state.door)
    assert not found.findings, found.findings


async def test_a_tube_of_its_own_is_to_be_destroyed_and_the_order_names_nobody(service: Service) -> None:
    anna, _ = await donors(service)
    await say(service, anna, *BIOBANK_PURPOSES)
    await erase(service.app.state.door)
    (order,) = await service.as_(CLINIC_DOCTOR).search("Task")
    assert order["code"]["coding"][0]["code"] == "destroy-sample"
    assert [one["valueString"] for one in order["input"]] == ["SBP-a1", "F1-R02-a1"]
    assert "for" not in order and "focus" not in order


async def test_the_biobank_says_that_the_sample_was_destroyed_and_changes_nothing_else(service: Service) -> None:
    anna, _ = await donors(service)
    await say(service, anna, *BIOBANK_PURPOSES)
    await erase(service.app.state.door)
    clinic = service.as_(CLINIC_DOCTOR)
    (order,) = await clinic.search("Task")
    path = f"/fhir/Task/{order['id']}"
    assert (await service.as_(WARD_DOCTOR)("PUT", path, order | {"status": "completed"})).status_code in (403, 404)
    other = await clinic("PUT", path, order | {"status": "completed", "input": [{**order["input"][0], "valueString": "SBP-b1"}]})
    assert other.status_code == 422 and "`input`" in other.text
    assert (await clinic("PUT", path, order | {"status": "failed"})).status_code == 422, "without saying why"
    assert (await clinic("PUT", path, order | {"status": "cancelled"})).status_code == 422
    assert (await clinic("DELETE", path)).status_code == 422
    done = await clinic("PUT", path, order | {"status": "completed", "note": [{"text": "Förstört i autoklav 2"}]})
    assert done.status_code == 200, done.text
    assert (await clinic("PUT", path, order | {"status": "requested"})).status_code == 409, "what is closed stays closed"
    row = await service.database.fetchrow(
        "SELECT rules FROM access_log WHERE action = 'update' AND $1 = ANY (resources)", f"Task/{order['id']}/_history/2"
    )
    assert row is not None and row["rules"] == ["B-4.8"]
    kept = await service.database.fetchrow("SELECT regime, person, unit FROM resource WHERE id = $1", order["id"])
    assert kept is not None and tuple(kept) == ("biobank", 0, CLINIC)


async def test_nobody_makes_an_order_to_destroy_a_sample(service: Service) -> None:
    await donors(service)
    clinic = service.as_(CLINIC_DOCTOR)
    order = destruction(tube("b1", "bo"), NORTH, CLINIC, NOW)
    for asker in (clinic, service.system()):
        assert (await asker("POST", "/fhir/Task", order)).status_code == 403
    mine = await clinic.create({"resourceType": "Task", "status": "requested", "intent": "order"})
    assert (await clinic("PUT", f"/fhir/Task/{mine['id']}", order | {"id": mine["id"]})).status_code == 403


async def test_a_tube_that_cannot_be_destroyed_without_others_leads_to_nobody_any_more(service: Service) -> None:
    anna, _ = await donors(service)
    await say(service, anna, *BIOBANK_PURPOSES)
    await erase(service.app.state.door)
    (left,) = [found for found in await service.as_(CLINIC_DOCTOR).search("Specimen") if found["id"] != "b1"]
    assert left["container"][0]["identifier"] == [BOX]
    assert left["id"] != "a2" and not {"subject", "identifier", "collection"} & left.keys()
    assert await service.database.fetchval("SELECT person FROM resource WHERE id = $1", left["id"]) == 0


async def test_who_has_come_of_age_is_to_be_informed_of_a_sample_kept_without_a_guardian_s_consent(service: Service) -> None:
    await donors(service)
    without_consent = {"url": "https://kedja.example/fhir/StructureDefinition/sample-legal-basis", "valueString": "BBL 4:5"}
    await bank(service, tube("a3", "anna") | {"extension": [without_consent]})
    assert await untold(service.app.state.door) == [], "the age is not known"
    await bank(service, patient(ANNA) | {"id": "anna", "birthDate": "1990-01-01"})
    (found,) = await untold(service.app.state.door)
    assert (found.rule, found.example, found.whom) == ("B-6", "Specimen/a3", ANNA)


async def test_the_donor_s_log_keeps_what_was_done_with_each_sample(service: Service) -> None:
    anna, _ = await donors(service)
    await say(service, anna, *BIOBANK_PURPOSES)
    await erase(service.app.state.door)
    rows = await service.database.fetch("SELECT * FROM access_log WHERE action = 'erase' ORDER BY seq")
    assert {row["person"] for row in rows} == {await service.person_of(anna)}
    assert {tuple(row["rules"]) for row in rows} == {("B-4.5",)}
    told = {row["detail"]: row["resources"] for row in rows}
    assert told == {"bank": ["Patient/anna"], "bank destroyed": ["Specimen/a1"], "bank de-identified": ["Specimen/a2"]}
