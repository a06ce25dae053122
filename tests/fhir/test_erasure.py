"""Who opposes being in a registry is erased there (PDL 7:2): rows, history and index; the log keeps that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from asyncpg import Connection

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import registry_opposition, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.gate import erasure
from kedja.gate.batch import Delivered, Taken, take
from kedja.gate.check import check
from kedja.gate.deliveries import register
from kedja.gate.erasure import erase
from kedja.gate.prepare import prepare
from kedja.identity.custody import custody_of
from kedja.store import erasure as store
from tests.fhir.service import CLINIC_DOCTOR, NORTH, Service, citizen, observation, patient, staff

NUMBER = "199001012385"
NOW = datetime(2026, 5, 6, 7, tzinfo=UTC)
HIP, EYE = "hip-registry", "eye-registry"
ANALYST = staff("rut", NORTH, "", Kind.REGISTRY_STAFF, Purpose.QUALITY)


async def deliver(service: Service, source: str, *resources: dict[str, Any]) -> list[Taken]:
    """What a registered registry delivers, as an import stores it."""
    actor = Actor(f"source:{source}", Kind.SYSTEM, assignment=Assignment(f"import:{source}", Purpose.QUALITY, NORTH, ""))
    await register(service.app.state.door, source, {"kind": "fhir", "regime": "registry", "provider": NORTH})

    def custody(resource: dict[str, Any], person: int) -> Custody:
        return custody_of(resource, regime=Regime.REGISTRY, provider=NORTH, unit="", source=source, person=person)

    records = [Delivered(prepare(resource, resource["id"])) for resource in resources]
    return await take(service.app.state.door, actor, source, records, custody, "delivery")


def row(source: str, value: int = 50, text: str = "a knee like no other") -> dict[str, Any]:
    result: dict[str, Any] = observation(f"{source}-patient", value) | {"id": f"{source}-1"}
    return result | {"code": result["code"] | {"text": text}}


async def delivered(service: Service, source: str) -> None:
    """A registry's Patient and a row, corrected once."""
    await deliver(service, source, patient(NUMBER) | {"id": f"{source}-patient"}, row(source, 50))
    await deliver(service, source, row(source, 51))


async def person(service: Service) -> str:
    """The person's Patient at the clinic."""
    return (await service.as_(CLINIC_DOCTOR).create(patient(NUMBER)))["id"]


async def oppose(service: Service, patient_id: str, registry: str = "", **more: Any) -> dict[str, Any]:
    caller = await service.citizen(patient_id)
    return await caller.create(registry_opposition(f"Patient/{patient_id}", registry, dated=NOW, **more))


async def remains(service: Service, source: str) -> dict[str, int]:
    """How much of what the registry delivered still stands in each table."""
    found = {
        "resource": "SELECT count(*) FROM resource WHERE source = $1 AND regime = 'registry'",
        "resource_history": "SELECT count(*) FROM resource_history WHERE source = $1 AND regime = 'registry'",
        "resource_past": "SELECT count(*) FROM resource_past WHERE source = $1 AND regime = 'registry'",
    }
    return {table: int(await service.database.fetchval(text, source) or 0) for table, text in found.items()}


async def indexed(service: Service) -> dict[str, int]:
    """How many rows of the index are of no resource that there is, of this or an earlier version."""
    tables = ("search_string", "search_date", "search_number", "search_composite")
    lost = "SELECT count(*) FROM {} WHERE resource NOT IN (SELECT key FROM resource UNION ALL SELECT key FROM resource_past)"
    return {table: int(await service.database.fetchval(lost.format(table)) or 0) for table in tables}


async def test_rows_history_and_index_of_the_registry_are_gone_and_nothing_else(service: Service) -> None:
    own = await person(service)
    note = await service.as_(CLINIC_DOCTOR).create(observation(own))
    for source in (HIP, EYE):
        await delivered(service, source)
    await oppose(service, own, HIP)

    await erase(service.app.state.door)
    assert set((await remains(service, HIP)).values()) == {0}
    assert await remains(service, EYE) == {"resource": 2, "resource_history": 1, "resource_past": 1}
    assert set((await indexed(service)).values()) == {0}
    assert (await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Observation/{note['id']}")).status_code == 200
    found = await check(service.app.state.door)
    assert not found.findings, found.findings


async def test_opposing_every_registry_erases_in_each(service: Service) -> None:
    own = await person(service)
    for source in (HIP, EYE):
        await delivered(service, source)
    await oppose(service, own)
    await erase(service.app.state.door)
    assert await remains(service, HIP) == await remains(service, EYE) == dict.fromkeys(await remains(service, HIP), 0)


async def test_texts_that_no_other_resource_has_are_gone_too(service: Service) -> None:
    own = await person(service)
    await deliver(service, HIP, patient(NUMBER) | {"id": f"{HIP}-patient"}, row(HIP, text="Lindqvist's left hip"))
    await delivered(service, EYE)
    await deliver(service, HIP, row(HIP, text="a knee like no other") | {"id": f"{HIP}-2"})
    await oppose(service, own, HIP)
    await erase(service.app.state.door)
    texts = {row["value"] for row in await service.database.fetch("SELECT value FROM search_text")}
    assert "a knee like no other" in texts
    assert not any("left hip" in text for text in texts)


async def test_the_person_s_log_keeps_that_it_was_done_and_by_which_rule(service: Service) -> None:
    own = await person(service)
    await delivered(service, HIP)
    await oppose(service, own, HIP)
    await erase(service.app.state.door)
    entry = await service.database.fetchrow("SELECT * FROM access_log WHERE action = 'erase'")
    assert entry is not None
    assert entry["person"] == await service.person_of(own)
    assert entry["rules"] == ["Q-1.2"]
    assert sorted(entry["resources"]) == [f"Observation/{HIP}-1", f"Patient/{HIP}-patient"]
    assert entry["detail"] == HIP


async def test_nothing_is_erased_before_the_opposition_begins_or_after_it_was_withdrawn(service: Service) -> None:
    own = await person(service)
    await delivered(service, HIP)
    await oppose(service, own, HIP, starts=datetime.now(UTC) + timedelta(days=1))
    await delivered(service, EYE)
    said = await oppose(service, own, EYE)
    caller = await service.citizen(own)
    assert (await caller("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))).status_code == 200
    await erase(service.app.state.door)
    everything = {"resource": 2, "resource_history": 1, "resource_past": 1}
    assert await remains(service, HIP) == await remains(service, EYE) == everything


async def test_a_patient_that_the_person_s_own_wishes_are_about_is_kept_bare(service: Service) -> None:
    """Otherwise the person could not take the opposition back."""
    await delivered(service, HIP)
    said = await oppose(service, f"{HIP}-patient", HIP)
    await erase(service.app.state.door)
    caller = service.as_(citizen(await service.person_of(f"{HIP}-patient")))
    kept = (await caller("GET", f"/fhir/Patient/{HIP}-patient")).json()
    assert sorted(kept) == ["id", "identifier", "meta", "resourceType"]
    assert (await caller("PUT", f"/fhir/Consent/{said['id']}", withdrawn(said))).status_code == 200
    assert (await service.as_(ANALYST)("GET", f"/fhir/Patient/{HIP}-patient")).status_code == 404
    found = await check(service.app.state.door)
    assert not found.findings, found.findings


async def test_erasing_again_finds_nothing(service: Service) -> None:
    own = await person(service)
    await delivered(service, HIP)
    await oppose(service, own)
    await erase(service.app.state.door)
    assert await erase(service.app.state.door) == 0
    assert await service.database.fetchval("SELECT count(*) FROM access_log WHERE action = 'erase'") == 1


async def test_who_is_stopped_in_the_middle_goes_on_with_the_rest(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    own = await person(service)
    for source in (HIP, EYE):
        await delivered(service, source)
    monkeypatch.setattr(erasure, "_BATCH", 1)
    whole, calls = store.erase, count(1)

    async def stopped(conn: Connection, keys: Sequence[int]) -> None:
        await whole(conn, keys)
        if next(calls) == 3:
            raise ConnectionResetError("the machine went down")

    monkeypatch.setattr(store, "erase", stopped)
    await oppose(service, own)
    with suppress(ConnectionResetError):
        await erase(service.app.state.door)
    await erase(service.app.state.door)
    assert await remains(service, HIP) == await remains(service, EYE) == dict.fromkeys(await remains(service, HIP), 0)
    rows = await service.database.fetch("SELECT unnest(resources) AS told FROM access_log WHERE action = 'erase'")
    assert sorted(row["told"] for row in rows) == sorted(
        f"{kind}/{source}-{end}" for source in (HIP, EYE) for kind, end in (("Patient", "patient"), ("Observation", "1"))
    )
