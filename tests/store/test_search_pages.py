"""All pages of a search are of the moment of its first page, whatever is written between them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import asyncpg
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.search.condition import EVERYTHING, Condition
from kedja.search.kept import BOUNDS, Bounds
from tests.store.searching.asking import ask, next_pairs, references
from tests.store.searching.oracle import Oracle
from tests.store.searching.strategies import Pairs, laws, searches
from tests.store.searching.world import World, add, load, make, supersede

EXAMPLES = int(os.environ.get("KEDJA_TEST_EXAMPLES", "25"))


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    yield connection
    await connection.close()


_EMPTY = """TRUNCATE resource, resource_history, resource_past, search_string, search_date, search_number,
            care_relation, consent, block, access_log"""


class Writer:
    """Writes something between two pages: in the store, and in its own world."""

    def __init__(self, conn: asyncpg.Connection, seed: int) -> None:
        self.conn = conn
        self.random = Random(seed)
        self.world = make()
        self.versions: dict[str, int] = {}
        self.key = max(held.key for held in self.world.held)

    async def write(self) -> None:
        random, held = self.random, self.world.held
        place = random.randrange(1, len(held))  # the facts of the world hang on the first
        one = held[place]
        alike = random.choice([other for other in held if other.type == one.type])
        changed = replace(
            one,
            resource={**alike.resource, "id": one.id},
            custody=alike.custody if random.random() < 0.3 else one.custody,
            updated=one.updated + timedelta(hours=random.randint(1, 999)),
            deleted=random.random() < 0.3,
        )
        if random.random() < 0.2:
            self.key += 4096
            added = replace(changed, resource={**changed.resource, "id": f"n{self.key}"}, key=self.key, deleted=False)
            held.append(added)
            await add(self.conn, added)
            return
        self.versions[one.reference] = number = self.versions.get(one.reference, 1) + 1
        held[place] = changed
        await supersede(self.conn, changed, number)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    search=searches(),
    law=st.one_of(laws(), st.just(EVERYTHING)),
    seed=st.integers(0, 10_000),
    before=st.integers(0, 5),
    bounds=st.sampled_from((BOUNDS, Bounds(0, 1000, 3, 1, 2), Bounds(0, 9, 2, 0, 1))),
)
async def test_no_write_between_pages_loses_or_repeats_an_entry(
    conn: asyncpg.Connection, search: tuple[str, Pairs], law: Condition, seed: int, before: int, bounds: Bounds
) -> None:
    resource_type, pairs = search
    pairs = [(name, value if name != "_count" else str(min(int(value), 7))) for name, value in pairs]
    writer = Writer(conn, seed)
    await conn.execute(_EMPTY)
    await load(conn, writer.world)
    for _ in range(before):
        await writer.write()
    then = World()
    then.__dict__.update({name: list(value) for name, value in writer.world.__dict__.items()})
    expected = Oracle(then, law).search(resource_type, pairs)
    found: list[str] = []
    ahead: Pairs | None = [*pairs, ("_total", "accurate")]
    while ahead is not None:
        bundle = await ask(conn, then, resource_type, ahead, law, bounds=bounds)
        page = references(bundle, "match")
        assert bundle["total"] == len(expected.matches)
        assert references(bundle, "include") == expected.included(page)
        found += page
        assert len(found) <= len(expected.matches)
        ahead = next_pairs(bundle)
        for _ in range(writer.random.randint(0, 6)):
            await writer.write()
    assert found == expected.matches
