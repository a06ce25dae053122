"""A fault at every step of what requests share: each gets its own right answer, and nothing is stored by halves.

At each statement that a shared run sends, the first time that it is sent for several: it never leaves, its answer is lost, or the
connection breaks. What was told stored is there once with its log row; what was told to have failed is not there at all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from kedja.gate.together import Create, Creates
from kedja.identity.numbers import luhn
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Caller, Service, citizen, observation, patient, running

CLIENTS = 32
STEPS = {
    *("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "COMMIT"),
    "The persons of these Patient ids.",
    "The persons of these identifiers, and every number of those persons.",
    "INSERT INTO person",
    "In one order, so that two batches cannot wait for each other",  # person_identifier_add.sql
    "write",
}
_shared: ContextVar[bool] = ContextVar("shared", default=False)
_numbers = count(1)


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database_url, tmp_path) as one:
        yield one


@dataclass(slots=True)
class Faults:
    """`how` a statement that begins with `step` fails, once; `sent` are those that shared runs sent."""

    step: str = ""
    how: str = ""
    sent: set[str] = field(default_factory=set[str])

    async def around(self, real: Callable[..., Any], conn: asyncpg.Connection, query: str, *args: Any, **more: Any) -> Any:
        if not _shared.get():
            return await real(conn, query, *args, **more)
        name = _name(query)
        self.sent.add(name)
        if name != self.step:
            return await real(conn, query, *args, **more)
        self.step = ""
        if self.how == "broken":
            conn.terminate()
        elif self.how == "lost":
            await real(conn, query, *args, **more)
        raise asyncpg.ConnectionDoesNotExistError("thrown by the test")


def _name(query: str) -> str:
    if query.startswith("WITH given"):
        return "write"
    return re.split(r"[;(]| __", query.strip().removeprefix("-- ").split("\n")[0])[0].strip()


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    found, run = Faults(), Creates._run

    async def running_(self: Creates, key: tuple[bool, str], creates: Sequence[Create]) -> Any:
        token = _shared.set(len(creates) > 1)
        try:
            return await run(self, key, creates)
        finally:
            _shared.reset(token)

    monkeypatch.setattr(Creates, "_run", running_)
    for method in ("fetch", "execute"):
        real = getattr(asyncpg.Connection, method)

        def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
            async def around(conn: asyncpg.Connection, query: str, *args: Any, **more: Any) -> Any:
                return await found.around(real, conn, query, *args, **more)

            return around

        monkeypatch.setattr(asyncpg.Connection, method, wrapped(real))
    return found


def _number() -> str:
    n = next(_numbers)
    digits = f"50{1 + n // 28 % 12:02}{1 + n % 28:02}{980 + n // 336}"
    return f"19{digits}{luhn(digits)}"


async def _at_once(service: Service, known: str) -> list[tuple[int, httpx.Response]]:
    """Creates of several people at once, some of them wrong: (the status that each should have, its answer)."""
    doctor, other, person = (service.as_(actor) for actor in (CLINIC_DOCTOR, SURGERY_DOCTOR, citizen(4711)))
    asked: list[tuple[int, Caller, dict[str, Any]]] = []
    for n in range(CLIENTS):
        caller = (doctor, other)[n % 2]
        match n % 8:
            case 3:
                asked.append((422, caller, observation("nobody")))
            case 5:
                asked.append((422, person, observation(known)))
            case 1 | 6:
                asked.append((201, caller, patient(_number())))
            case _:
                asked.append((201, caller, observation(known)))
    answers = await asyncio.gather(*(who("POST", f"/fhir/{one['resourceType']}", one) for _, who, one in asked))
    return [(status, answer) for (status, _, _), answer in zip(asked, answers)]


async def _agrees(service: Service, answers: list[tuple[int, httpx.Response]], before: set[str]) -> None:
    stored = [f"{one.json()['resourceType']}/{one.json()['id']}" for _, one in answers if one.status_code == 201]
    assert len(stored) == len(set(stored))
    assert await _there(service) - before == set(stored), "what was told stored is what is there"
    logged = await service.database.fetch(
        "SELECT split_part(place, '/_history', 1) AS place, count(*) AS n FROM access_log, unnest(resources) AS place"
        " WHERE action = 'create' AND split_part(place, '/_history', 1) = ANY ($1) GROUP BY 1",
        stored,
    )
    assert {row["place"]: row["n"] for row in logged} == dict.fromkeys(stored, 1)
    halves = await service.database.fetchval(
        "SELECT count(*) FROM resource r WHERE r.type = 'Observation' AND"
        " (SELECT count(*) FROM search_date d WHERE d.resource = r.key) <> 1"
    )
    assert halves == 0
    assert (
        await service.database.fetchval(
            "SELECT count(*) FROM search_date d WHERE NOT EXISTS (SELECT FROM resource r WHERE r.key = d.resource)"
        )
        == 0
    )
    assert (
        await service.database.fetchval(
            "SELECT count(*) FROM person p WHERE NOT EXISTS (SELECT FROM resource r WHERE r.person = p.key)"
        )
        == 0
    )


async def _there(service: Service) -> set[str]:
    return {row["place"] for row in await service.database.fetch("SELECT type || '/' || id AS place FROM resource")}


async def test_a_fault_at_every_step_leaves_each_with_its_own_answer(service: Service, faults: Faults) -> None:
    known = (await service.as_(CLINIC_DOCTOR).create(patient()))["id"]
    before = await _there(service)
    answers = await _at_once(service, known)
    await _agrees(service, answers, before)
    assert faults.sent == STEPS
    for step in sorted(STEPS):
        for how in ("unsent", "lost", "broken"):
            before = await _there(service)
            faults.step, faults.how = step, how
            answers = await _at_once(service, known)
            assert not faults.step, f"{step} was sent"
            assert [answer.status_code for _, answer in answers] == [status for status, _ in answers], (step, how)
            await _agrees(service, answers, before)
