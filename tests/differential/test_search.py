"""Every search gives what the slow search gives, in the same order, to one who may read all and to one under the law."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.differential.asking import Client, client, url_of
from tests.differential.comparing import difference, shrunk
from tests.differential.kinds import KINDS, Kind
from tests.differential.material import material
from tests.differential.oracle import Oracle
from tests.differential.searches import MANNERS, Manner, search, search_in, search_of
from tests.differential.world import DOCTOR, EVERYONE, World, store
from tests.differential.writing import one_in
from tests.fhir.service import running

QUERIES = int(os.environ.get("KEDJA_DIFFERENTIAL_QUERIES", "300"))
SEED = int(os.environ.get("KEDJA_DIFFERENTIAL_SEED", "1"))


@dataclass
class Sides:
    """Both engines over the same resources, for two who ask; and what was asked so far."""

    world: World
    sides: dict[str, tuple[Client, Oracle]]
    asked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


@pytest_asyncio.fixture(scope="module")
async def both(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sides]:
    now = datetime.now(UTC)
    world = await store(module_database_url, material(tmp_path_factory.mktemp("material") / "out"), now)
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as service:
        await service.database.execute("ANALYZE")
        people = {"everyone": EVERYONE, "doctor": DOCTOR}
        sides = {
            name: (client(service, actor), Oracle(world, world.seen_by(actor, datetime.now(UTC))))
            for name, actor in people.items()
        }
        yield Sides(world, sides)


_ASKED = settings(
    max_examples=QUERIES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],
)


@seed(SEED)
@_ASKED
@given(random=st.randoms(use_true_random=True))
async def test_every_search_finds_what_the_slow_search_finds(both: Sides, random: Random) -> None:
    asked, kinds = search(random, both.world)
    who = "doctor" if one_in(random, 4) else "everyone"
    found = await difference(*both.sides[who], asked)
    both.asked.update(kinds)
    both.found.update(kinds if found.expected else ())
    if found.told:
        least, told = await shrunk(*both.sides[who], asked, found.told)
        pytest.fail(f"{who} asks {url_of(least)}\n{told}\nKEDJA_DIFFERENTIAL_SEED={SEED} gives it again", pytrace=False)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_each_kind_by_itself_finds_what_the_slow_search_finds(both: Sides, kind: Kind) -> None:
    random = Random(f"{SEED} {kind.name}")
    expected = 0
    for _ in range(6):
        asked = search_of(kind, random, both.world)
        found = await difference(*both.sides["everyone"], asked)
        assert found.told is None, f"{url_of(asked)}\n{found.told}"
        expected += found.expected
    assert expected


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name)
async def test_each_manner_by_itself_gives_what_the_slow_search_gives(both: Sides, manner: Manner) -> None:
    random = Random(f"{SEED} {manner.name}")
    for _ in range(6):
        asked = search_in(manner, random, both.world)
        found = await difference(*both.sides["everyone"], asked)
        assert found.told is None, f"{url_of(asked)}\n{found.told}"


async def test_what_was_asked_is_told(both: Sides) -> None:
    shown = ", ".join(f"{name} {number} ({both.found[name]} found)" for name, number in sorted(both.asked.items()))
    print(f"seed {SEED}, {QUERIES} queries: {shown}")
    assert QUERIES < 2000 or set(both.found) >= {one.name for one in (*KINDS, *MANNERS)}
