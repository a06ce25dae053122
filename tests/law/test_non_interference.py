"""What somebody may not see changes no byte of any of their answers, be it added, changed or removed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg
import pytest

from kedja.access.actor import Kind
from tests.fhir.service import CLINIC, Service, observation, running
from tests.law.interference import Answer, Asker, change, fill, read_all, reads, twins, write_all, writes

WORLDS = int(os.environ.get("KEDJA_INTERFERENCE_WORLDS", "1"))  # random changes that each asker's store is put through
EVERY = 7 if WORLDS == 1 else 3  # of the hidden places, each of this number is asked for by its id
NAME = "test_interference"


@dataclass
class World:
    """A filled database to be copied, and who asks."""

    server: Callable[[str], str]
    home: Path
    askers: list[Asker]


@pytest.fixture(scope="module")
async def world(postgres: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    admin = await asyncpg.connect(postgres("postgres"))
    await admin.execute(f"DROP DATABASE IF EXISTS {NAME}")
    await admin.execute(f"CREATE DATABASE {NAME} TEMPLATE kedja_template")
    home = tmp_path_factory.mktemp("home")
    async with running(postgres(NAME), home) as service:
        askers = await fill(service)
    yield World(postgres, home, askers)
    await admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
    await admin.close()


async def _sees_nothing_hidden(service: Service, asker: Asker) -> None:
    for one in asker.hidden:
        assert (await service.as_(asker.actor)("GET", f"/fhir/{one.place}")).status_code == 404, one.place


def _compare(one: list[Answer], other: list[Answer]) -> None:
    for mine, theirs in zip(one, other, strict=True):
        assert mine == theirs


@pytest.mark.parametrize("seed", range(WORLDS))
@pytest.mark.parametrize("place", range(3), ids=("doctor", "quality", "citizen"))
async def test_no_answer_changes_with_what_may_not_be_seen(world: World, place: int, seed: int) -> None:
    asker = world.askers[place]
    probed = asker.hidden[seed % EVERY :: EVERY]
    asked = [*reads(probed)]
    own = observation(f"{CLINIC}.p0")
    async with twins(world.server, NAME, world.home) as (one, other):
        begun = [answer async for answer in read_all(other.as_(asker.actor), asked[:8])]
        await change(other, asker.hidden, Random(seed))
        await _sees_nothing_hidden(one, asker)
        await _sees_nothing_hidden(other, asker)
        answers = [answer async for answer in read_all(one.as_(asker.actor), asked)]
        assert {answer.status for answer in answers} >= {200, 404}
        assert answers[: len(begun)] == begun
        _compare(answers, [answer async for answer in read_all(other.as_(asker.actor), asked)])
        wanted = [*writes(probed, own, of_a_citizen=asker.actor.kind is Kind.CITIZEN)]
        first = [answer async for answer in write_all(one.as_(asker.actor), wanted)]
        _compare(first, [answer async for answer in write_all(other.as_(asker.actor), wanted)])
        again = asked[:3]
        _compare(
            [answer async for answer in read_all(one.as_(asker.actor), again, written=True)],
            [answer async for answer in read_all(other.as_(asker.actor), again, written=True)],
        )
