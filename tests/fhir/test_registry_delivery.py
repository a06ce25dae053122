"""What a quality registry takes in: nothing of who opposes it, was not told of it, or cannot decide (PDL 7 kap. 2-3 §§)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import registry_opposition, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.gate.batch import Delivered, Taken, take
from kedja.gate.deliveries import register
from kedja.gate.informing import untold
from kedja.gate.prepare import prepare
from kedja.identity.custody import custody_of
from tests.fhir.service import CLINIC_DOCTOR, NORTH, SURGERY_DOCTOR, Caller, Service, observation, patient

ANNA, BO = "199001012385", "195009072397"
NOW = datetime(2026, 5, 6, 7, tzinfo=UTC)
HIP = "hip-registry"


async def deliver(service: Service, *resources: dict[str, Any], declared: frozenset[str] = frozenset()) -> list[Taken]:
    actor = Actor(f"source:{HIP}", Kind.SYSTEM, assignment=Assignment(f"import:{HIP}", Purpose.QUALITY, NORTH, ""))
    await register(service.app.state.door, HIP, {"kind": "fhir", "regime": "registry", "provider": NORTH})

    def custody(resource: dict[str, Any], person: int) -> Custody:
        return custody_of(resource, regime=Regime.REGISTRY, provider=NORTH, unit="", source=HIP, person=person)

    records = [Delivered(prepare(resource, resource["id"])) for resource in resources]
    return await take(service.app.state.door, actor, HIP, records, custody, "delivery", declared=declared)


def rows() -> list[dict[str, Any]]:
    """Patients and a row each, of Anna and Bo."""
    people = [patient(ANNA) | {"id": "anna"}, patient(BO) | {"id": "bo"}]
    return [*people, observation("anna") | {"id": "anna-1"}, observation("bo") | {"id": "bo-1"}]


async def outcomes(service: Service, declared: frozenset[str] = frozenset()) -> list[str]:
    return [one.outcome for one in await deliver(service, *rows(), declared=declared)]


async def flag(caller: Caller, own: str, code: str) -> dict[str, Any]:
    state = {"system": "https://kedja.example/fhir/CodeSystem/subject-state", "code": code}
    return await caller.create(
        {
            "resourceType": "Flag",
            "status": "active",
            "code": {"coding": [state]},
            "subject": {"reference": f"Patient/{own}"},
        }
    )


async def test_nothing_is_taken_in_of_who_opposes_until_they_change_their_mind(service: Service) -> None:
    own = (await service.as_(CLINIC_DOCTOR).create(patient(ANNA)))["id"]
    caller = await service.citizen(own)
    said = await caller.create(registry_opposition(f"Patient/{own}", HIP, dated=NOW))
    taken = await deliver(service, *rows())
    assert [one.outcome for one in taken] == ["refused", "stored", "refused", "stored"]
    assert "PDL (2008:355) 7 kap. 2 §" in str(taken[0].issues[0].diagnostics)
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE source = $1", HIP) == 2
    assert (await caller("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))).status_code == 200
    assert await outcomes(service) == ["stored", "unchanged", "stored", "unchanged"]


async def test_staff_note_that_a_patient_opposes(service: Service) -> None:
    own = (await service.as_(CLINIC_DOCTOR).create(patient(ANNA)))["id"]
    await service.as_(CLINIC_DOCTOR).create(registry_opposition(f"Patient/{own}", HIP, dated=NOW))
    assert await outcomes(service) == ["refused", "stored", "refused", "stored"]


async def test_who_was_not_informed_is_informed_first_or_as_soon_as_possible_after(service: Service) -> None:
    own = (await service.as_(CLINIC_DOCTOR).create(patient(ANNA)))["id"]
    await flag(service.as_(CLINIC_DOCTOR), own, "not-informed-registry")
    assert await outcomes(service) == ["refused", "stored", "refused", "stored"]
    afterwards = frozenset({"informed-afterwards"})
    assert await outcomes(service, afterwards) == ["stored", "unchanged", "stored", "unchanged"]


async def test_of_who_cannot_decide_only_once_the_attitude_is_clarified(service: Service) -> None:
    own = (await service.as_(CLINIC_DOCTOR).create(patient(ANNA)))["id"]
    await flag(service.as_(CLINIC_DOCTOR), own, "not-only-temporarily-unable")
    assert await outcomes(service) == ["refused", "stored", "refused", "stored"]
    await flag(service.as_(CLINIC_DOCTOR), own, "attitude-clarified")
    assert await outcomes(service) == ["stored", "unchanged", "stored", "unchanged"]


async def test_who_turns_out_not_to_be_informed_is_listed_and_finds_it_in_their_log(service: Service) -> None:
    own = (await service.as_(CLINIC_DOCTOR).create(patient(ANNA)))["id"]
    assert await outcomes(service) == ["stored"] * 4
    assert await untold(service.app.state.door) == []
    await flag(service.as_(CLINIC_DOCTOR), own, "not-informed-registry")
    (found,) = await untold(service.app.state.door)
    assert (found.rule, found.provider, found.source, found.number, found.whom) == ("Q-2.2", NORTH, HIP, 2, ANNA)
    logged = await service.database.fetch("SELECT person, rules FROM access_log WHERE action = 'inform'")
    assert [tuple(row) for row in logged] == [(await service.person_of(own), ["Q-2.2"])]


async def test_what_another_provider_judges_is_not_this_one_s(service: Service) -> None:
    own = (await service.as_(SURGERY_DOCTOR).create(patient(ANNA)))["id"]
    await flag(service.as_(SURGERY_DOCTOR), own, "not-informed-registry")
    assert await outcomes(service) == ["stored"] * 4
