"""Requests that are in flight at once share statements, and each gets its own right answer, whatever befalls the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from kedja.gate import together
from kedja.store import write as storing
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Caller, Service, citizen, observation, patient, running

CLIENTS = 32


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database_url, tmp_path) as one:
        yield one


async def _mixed(service: Service) -> list[tuple[int, httpx.Response]]:
    """Creates of several people at once, some of them wrong: (the status that each should have, its answer)."""
    doctor, other, person = (service.as_(actor) for actor in (CLINIC_DOCTOR, SURGERY_DOCTOR, citizen(4711)))
    known = (await doctor.create(patient()))["id"]
    refused = (await person("POST", "/fhir/Observation", observation(known))).status_code
    assert 400 <= refused < 500
    asked: list[tuple[int, Caller, dict[str, Any]]] = []
    for number in range(CLIENTS):
        caller = (doctor, other)[number % 2]
        match number % 8:
            case 3:
                asked.append((422, caller, observation("nobody")))
            case 5:
                asked.append((refused, person, observation(known)))
            case 6:
                asked.append((201, caller, patient()))
            case _:
                asked.append((201, caller, observation(known)))
    answers = await asyncio.gather(*(who("POST", f"/fhir/{one['resourceType']}", one) for _, who, one in asked))
    return [(status, answer) for (status, _, _), answer in zip(asked, answers)]


async def _whole(service: Service, answers: list[tuple[int, httpx.Response]]) -> None:
    """What was told stored is there once, with its log row; and nothing else is."""
    stored = Counter(f"{one.json()['resourceType']}/{one.json()['id']}" for _, one in answers if one.status_code == 201)
    assert set(stored.values()) <= {1}
    rows = await service.database.fetch("SELECT type || '/' || id AS place FROM resource")
    first = {row["place"] for row in rows} - set(stored)
    assert len(first) == 1  # the Patient that was there before
    assert set(stored) <= {row["place"] for row in rows}
    logged = await service.database.fetch("SELECT unnest(resources) AS place FROM access_log WHERE action = 'create'")
    told = Counter(row["place"].partition("/_history")[0] for row in logged)
    assert all(told[place] == 1 for place in stored)


async def test_each_of_many_creates_at_once_gets_its_own_answer(service: Service) -> None:
    answers = await _mixed(service)
    assert [answer.status_code for _, answer in answers] == [status for status, _ in answers]
    await _whole(service, answers)
    assert max(await _sizes(service)) > 1, "some of them were stored as one"


async def _sizes(service: Service) -> list[int]:
    return [row["n"] for row in await service.database.fetch("SELECT count(*) AS n FROM resource GROUP BY xid")]


Fault = Callable[..., Awaitable[Any]]


def _failing(real: Fault, when: Callable[[int], bool]) -> Fault:
    calls = 0

    async def failing(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if when(calls):
            raise RuntimeError("thrown by the test")
        return await real(*args, **more)

    return failing


@pytest.mark.parametrize("step", ["persons_of", "apply_all"])
async def test_a_fault_in_a_shared_step_is_repeated_for_each_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The first shared statements fail; each create is then run by itself, and answered as if nothing had been."""
    monkeypatch.setattr(together, step, _failing(getattr(together, step), lambda call: call in (4, 5)))
    answers = await _mixed(service)
    wrong = [(status, answer.status_code) for status, answer in answers if answer.status_code not in (status, 500)]
    assert not wrong
    assert sum(answer.status_code == 500 for _, answer in answers) <= 2, "at most those that were alone when it was thrown"
    await _whole(service, answers)


async def test_a_fault_after_the_statement_was_sent_stores_nothing_by_halves(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = storing.assembled, 0

    def broken(name: str, parts: Any) -> tuple[str, list[Any]]:
        nonlocal calls
        calls += 1
        text, values = real(name, parts)
        return (text + " AND 1 / (SELECT count(*) - count(*) FROM input) = 1" if calls == 4 else text), values

    monkeypatch.setattr(storing, "assembled", broken)
    answers = await _mixed(service)
    assert all(answer.status_code in (status, 500) for status, answer in answers)
    await _whole(service, answers)


async def test_many_reads_at_once_each_see_what_their_reader_may(service: Service) -> None:
    doctor, other = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    known = (await doctor.create(patient()))["id"]
    ids = [(await doctor.create(observation(known)))["id"] for _ in range(4)]
    asked = [(who, id) for id in [*ids, "nothing"] for who in (doctor, other) for _ in range(4)]
    answers = await asyncio.gather(*(who("GET", f"/fhir/Observation/{id}") for who, id in asked))
    for (who, id), answer in zip(asked, answers):
        assert answer.status_code == (200 if who is doctor and id != "nothing" else 404)
        assert answer.status_code == 404 or answer.json()["id"] == id
    rows = await service.database.fetch("SELECT decision, count(*) AS n FROM access_log WHERE action = 'read' GROUP BY decision")
    assert {row["decision"]: row["n"] for row in rows} == {"permit": 16, "deny": 16, "not-found": 8}
