"""How long an answer takes does not tell whether something stands there that may not be seen. Only where it is asked for.

`KEDJA_TIMING_REQUESTS=2000` asks so often on each side, in random order, on a machine that is otherwise at rest.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import perf_counter_ns

import pytest

from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, observation, patient, running

REQUESTS = int(os.environ.get("KEDJA_TIMING_REQUESTS", "0"))
HIDDEN = 200  # ids on each side
PATCH = [{"op": "replace", "path": "/status", "value": "amended"}]
PATCHED = {"Content_Type": "application/json-patch+json"}

Ask = Callable[[str, str], tuple[str, str, object, dict[str, str]]]  # the id asked for; a Patient whom the asker may see
ASKED: dict[str, Ask] = {
    "read": lambda id, _: ("GET", f"/fhir/Observation/{id}", None, {}),
    "search by id": lambda id, _: ("GET", f"/fhir/Observation?_id={id}", None, {}),
    "search by identifier": lambda id, _: ("GET", f"/fhir/Observation?identifier=urn:notes|{id}&_total=accurate", None, {}),
    "history": lambda id, _: ("GET", f"/fhir/Observation/{id}/_history", None, {}),
    "patch": lambda id, _: ("PATCH", f"/fhir/Observation/{id}", PATCH, PATCHED),
    "patch by search": lambda id, _: ("PATCH", f"/fhir/Observation?_id={id}", PATCH, PATCHED),
    "update": lambda id, seen: ("PUT", f"/fhir/Observation/{id}", observation(seen) | {"id": id}, {}),
    "update of a version": lambda id, seen: (
        "PUT", f"/fhir/Observation/{id}", observation(seen) | {"id": id}, {"If_Match": 'W/"1"'}
    ),
    "delete": lambda id, _: ("DELETE", f"/fhir/Observation/{id}", None, {}),
}  # fmt: skip


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The probability (two-sided, normal approximation) of ranks that differ as much, were both of one distribution."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, place, ties = 0.0, 0, 0.0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += (place + end + 1) / 2 * sum(side == 0 for _, side in ranked[place:end])
        ties += (end - place) ** 3 - (end - place)
        place = end
    n, m = len(one), len(other)
    total = n + m
    u = ranks - n * (n + 1) / 2
    deviation = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    return math.erfc(abs(u - n * m / 2) / deviation / math.sqrt(2)) if deviation else 1.0


def test_the_comparison_finds_a_small_shift_and_none_where_there_is_none() -> None:
    random = Random(7)
    one, other = ([random.gauss(100, 10) for _ in range(2000)] for _ in range(2))
    assert mann_whitney(one, other) >= 0.01
    assert mann_whitney(one, [value + 2 for value in other]) < 1e-4
    assert mann_whitney([1, 1, 2], [1, 1, 2]) == 1


@pytest.mark.skipif(not REQUESTS, reason="a comparison of times: set KEDJA_TIMING_REQUESTS=2000 on a machine at rest")
@pytest.mark.parametrize("name", ASKED)
async def test_time_does_not_tell_what_is_hidden(name: str, database_url: str, tmp_path: Path) -> None:
    async with running(database_url, tmp_path, client_ids="own") as service:
        surgery, clinic = service.as_(SURGERY_DOCTOR), service.as_(CLINIC_DOCTOR)
        person = (await surgery.create(patient("195803142388")))["id"]
        seen = (await clinic.create(patient("195802142389")))["id"]
        hidden: list[str] = []
        for number in range(HIDDEN):
            note = observation(person) | {"identifier": [{"system": "urn:notes", "value": f"n{number}"}]}
            hidden.append((await surgery.create(note))["id"])
            await clinic.create(observation(seen))
        await service.database.execute("ANALYZE")
        ids = (hidden, [id[:-1] + ("0" if id[-1] != "0" else "1") for id in hidden])
        times: tuple[list[float], list[float]] = ([], [])
        answered: tuple[set[int], set[int]] = (set(), set())
        random = Random(1)
        for number in range(REQUESTS + 50):
            for side in random.sample((0, 1), 2):
                method, path, body, headers = ASKED[name](random.choice(ids[side]), seen)
                began = perf_counter_ns()
                answer = await clinic(method, path, body, **headers)
                took = perf_counter_ns() - began
                answered[side].add(answer.status_code)
                if number >= 50:
                    times[side].append(took)
    p = mann_whitney(*times)
    middle = [sorted(side)[len(side) // 2] / 1e6 for side in times]
    print(f"{name}: {REQUESTS} a side, p = {p:.4f}, medians {middle[0]:.3f} and {middle[1]:.3f} ms")
    assert answered[0] == answered[1] and len(answered[0]) == 1
    assert p >= 0.01
