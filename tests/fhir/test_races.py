"""Writes at once, over two applications with connections of their own: nothing is made twice, nothing is lost.

`KEDJA_RACE_SECONDS` is how long the overlapping transactions go on; 3 when it is not set.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kedja.identity.numbers import luhn
from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, observation, patient, running
from tests.fhir.test_bundles import bundle, entry

SECONDS = float(os.environ.get("KEDJA_RACE_SECONDS", "3"))
CLIENTS = 8
TAG = "http://example.org/tag"
NUMBERS = tuple(f"195001{day:02}980{luhn(f'5001{day:02}980')}" for day in range(1, 7))


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[list[Service]]:
    async with running(database_url, tmp_path) as one, running(database_url, tmp_path) as other:
        yield [one, other]


def callers(services: list[Service], number: int) -> list[Caller]:
    """So many callers, dealt out over the applications."""
    return [services[n % len(services)].as_(CLINIC_DOCTOR) for n in range(number)]


async def test_of_50_creates_under_one_criterion_one_makes_a_resource(services: list[Service]) -> None:
    """However the criterion is written: its order, its escapes and where its system stands make no difference."""
    written = (
        f"identifier={TAG}|7&gender=female",
        f"gender=female&identifier={TAG}%7C7",
        f"identifier={TAG}|7,{TAG}|7&gender=female",
        "identifier=7&gender=female",
    )
    resource = {**patient(), "identifier": [{"system": TAG, "value": "7"}]}
    answers = await asyncio.gather(
        *(
            caller("POST", "/fhir/Patient", resource, If_None_Exist=written[n % len(written)])
            for n, caller in enumerate(callers(services, 50))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await services[0].database.fetchval("SELECT count(*) FROM resource") == 1


async def test_of_50_updates_of_one_version_one_wins_each_round(services: list[Service]) -> None:
    person = await services[0].as_(CLINIC_DOCTOR).create(patient())
    place = f"/fhir/Patient/{person['id']}"
    for version in range(1, 4):
        answers = await asyncio.gather(
            *(
                caller("PUT", place, {**person, "name": [{"family": f"N{version}-{n}"}]}, If_Match=f'W/"{version}"')
                for n, caller in enumerate(callers(services, 50))
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
    assert await services[0].database.fetchval("SELECT count(*) FROM resource_history") == 3


async def test_updates_by_a_search_at_once_make_one_resource(services: list[Service]) -> None:
    resource = {**patient(), "identifier": [{"system": TAG, "value": "7"}]}
    answers = await asyncio.gather(
        *(
            caller("PUT", f"/fhir/Patient?identifier={TAG}|7", {**resource, "name": [{"family": f"N{n}"}]})
            for n, caller in enumerate(callers(services, 16))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert {answer.json()["meta"]["versionId"] for answer in answers} == {str(n) for n in range(1, 17)}


async def test_transactions_that_create_the_same_in_opposite_order_both_go_well(services: list[Service]) -> None:
    """The same new ids, and the same new numbers of persons, in any order."""

    def entries(order: list[int]) -> dict[str, Any]:
        named = [{**patient(NUMBERS[n] if n < len(NUMBERS) else "", f"F{order}"), "id": f"p-{n}"} for n in order]
        return bundle("transaction", *(entry("PUT", f"Patient/{one['id']}", one) for one in named))

    for _ in range(3):
        orders = [random.sample(range(12), 12) for _ in range(CLIENTS)]
        clients = callers(services, CLIENTS)
        answers = await asyncio.gather(*(caller("POST", "/fhir", entries(order)) for caller, order in zip(clients, orders)))
        assert [answer.status_code for answer in answers] == [200] * CLIENTS, [answer.text[:300] for answer in answers]
    assert await services[0].database.fetchval("SELECT count(*) FROM resource") == 12


async def test_overlapping_transactions_lose_nothing_and_no_deadlock_reaches_a_client(services: list[Service]) -> None:
    """Amounts move between accounts under If-Match, and notes are patched in without it: sums and notes are kept."""
    first = services[0].as_(CLINIC_DOCTOR)
    person = await first.create(patient())
    accounts = [(await first.create(observation(person["id"], 100)))["id"] for _ in range(6)]
    end = time.monotonic() + SECONDS
    told: list[int] = []

    async def client(caller: Caller) -> int:
        noted = 0
        while time.monotonic() < end:
            answer = await _move(caller, random.sample(accounts, random.randint(2, 4)))
            told.append(answer.status_code)
            note = [{"op": "add", "path": "/note/-", "value": {"text": "x"}}]
            patched = await _patched(caller, random.choice(accounts), note)
            told.append(patched.status_code)
            noted += patched.status_code == 200
        return noted

    for id in accounts:
        await _patched(first, id, [{"op": "add", "path": "/note", "value": [{"text": "first"}]}])
    noted = sum(await asyncio.gather(*(client(caller) for caller in callers(services, CLIENTS))))
    kept = [(await first("GET", f"/fhir/Observation/{id}")).json() for id in accounts]
    assert set(told) <= {200, 412}
    assert told.count(200) > CLIENTS
    assert sum(one["valueQuantity"]["value"] for one in kept) == 100 * len(accounts)
    assert sum(len(one["note"]) for one in kept) == noted + len(accounts)


async def _move(caller: Caller, chosen: list[str]) -> httpx.Response:
    """One unit from the first account to each of the others, if nobody changed any of them meanwhile."""
    standing = [(await caller("GET", f"/fhir/Observation/{id}")).json() for id in chosen]
    entries: list[dict[str, Any]] = []
    for n, one in enumerate(standing):
        amount = one["valueQuantity"]["value"] + (1 if n else 1 - len(standing))
        changed = {**one, "valueQuantity": {**one["valueQuantity"], "value": amount}}
        entries.append(entry("PUT", f"Observation/{one['id']}", changed))
        entries[-1]["request"]["ifMatch"] = f'W/"{one["meta"]["versionId"]}"'
    return await caller("POST", "/fhir", bundle("transaction", *random.sample(entries, len(entries))))


async def _patched(caller: Caller, id: str, operations: list[dict[str, Any]]) -> httpx.Response:
    body = json.dumps(operations).encode()
    return await caller("PATCH", f"/fhir/Observation/{id}", body, Content_Type="application/json-patch+json")
