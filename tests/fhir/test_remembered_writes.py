"""What a process remembers of whose Patients are saves a create a round trip, and decides nothing that is so no longer."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kedja.gate import subjects, together
from kedja.identity import Identifier
from kedja.store import person as persons
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, observation, patient, running

NUMBER = "195803142388"
RESERVE = Identifier("http://electronichealth.se/identifier/nationelltReservnummer", "KK581402GH15")
OWN = Identifier("http://electronichealth.se/identifier/personnummer", NUMBER)


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database_url, tmp_path) as one:
        yield one


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The ids of each look for whose Patients are."""
    found: list[list[str]] = []
    real = subjects.patients_kept

    async def counted(conn: Any, ids: Any, lenders: Any = None) -> Any:
        found.append(list(ids))
        return await real(conn, ids, lenders)

    monkeypatch.setattr(subjects, "patients_kept", counted)
    monkeypatch.setattr(together, "patients_kept", counted)
    return found


async def _persons(service: Service) -> list[int]:
    rows = await service.database.fetch("SELECT person FROM resource WHERE type = 'Observation' ORDER BY key")
    return [row["person"] for row in rows]


async def test_whose_a_patient_is_is_looked_up_once(service: Service, looks: list[list[str]]) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    one, two = [(await doctor.create(patient()))["id"] for _ in range(2)]
    for id in (one, one, two, one, two):
        await doctor.create(observation(id))
    assert looks == [[one], [two]]
    mine, theirs = await service.person_of(one), await service.person_of(two)
    assert await _persons(service) == [mine, mine, theirs, mine, theirs]


async def test_a_person_who_proves_to_be_another_is_so_in_the_next_create(service: Service, looks: list[list[str]]) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    one, two = (await doctor.create(patient(NUMBER)))["id"], (await doctor.create(patient()))["id"]
    await doctor.create(observation(two))
    former = await service.person_of(two)
    await service.database.execute(
        "INSERT INTO person_identifier (system, value, person, status) VALUES ($1, $2, $3, 'current')",
        RESERVE.system,
        RESERVE.value,
        former,
    )
    async with service.database.transaction():
        await persons.link(service.database, RESERVE, OWN, "Skatteverket")
    answers = await asyncio.gather(*(doctor("POST", "/fhir/Observation", observation(id)) for id in (two, one, two, two)))
    assert [answer.status_code for answer in answers] == [201] * 4
    now = await service.person_of(one)
    assert now != former
    assert await _persons(service) == [now] * 5
    logged = await service.database.fetch("SELECT person FROM access_log WHERE action = 'create'")
    assert former not in {row["person"] for row in logged[3:]}
    assert len(await service.database.fetch("SELECT DISTINCT unnest(resources) FROM access_log WHERE action = 'create'")) == 7


async def test_nothing_is_stored_about_a_patient_who_is_gone(service: Service, looks: list[list[str]]) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stays, goes = [(await doctor.create(patient()))["id"] for _ in range(2)]
    for id in (stays, goes):
        await doctor.create(observation(id))
    await service.database.execute("DELETE FROM resource WHERE type = 'Patient' AND id = $1", goes)
    answers = await asyncio.gather(*(doctor("POST", "/fhir/Observation", observation(id)) for id in (stays, goes, stays, goes)))
    assert [answer.status_code for answer in answers] == [201, 422, 201, 422]
    assert len(await _persons(service)) == 4
    indexed = await service.database.fetchval("SELECT count(DISTINCT resource) FROM search_date")
    assert indexed == 4


async def test_a_refusal_is_looked_up_for_though_the_patient_is_remembered(service: Service, looks: list[list[str]]) -> None:
    """Else the time of an answer would tell somebody who may know nothing of the Patient that others wrote about them."""
    doctor, stranger = service.as_(CLINIC_DOCTOR), service.as_(citizen(4711))
    known = (await doctor.create(patient()))["id"]
    await doctor.create(observation(known))
    looks.clear()
    for id in (known, "nobody"):
        assert (await stranger("POST", "/fhir/Observation", observation(id))).status_code == 422
    assert looks == [[known], ["nobody"]]


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "MOST", 2)
    remembered = subjects.Remembered(OrderedDict())
    for number, id in enumerate("abc", 1):
        remembered.note({id: number})
    remembered.recall(["b"])
    remembered.note({"d": 4})
    assert dict(remembered.persons) == {"b": 2, "d": 4}
