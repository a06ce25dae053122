"""Every search gives what a slow walk over all resources gives, in the same order, whatever the law."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kedja.search.condition import EVERYTHING, AnyOf, Condition, Fact, Not, Ruled, Same
from kedja.search.sql.condition import render
from tests.store.searching.asking import BASE, ask, next_pairs, references, timeless
from tests.store.searching.oracle import Oracle
from tests.store.searching.strategies import Pairs, laws, searches
from tests.store.searching.world import NOW, World, load, make

EXAMPLES = int(os.environ.get("KEDJA_TEST_EXAMPLES", "150"))
ASKED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


OWN = Fact("care_relation", NOW, (Same("provider", "provider"),))


@pytest.fixture(scope="module")
def world() -> World:
    return make()


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


@ASKED
@given(search=searches(), law=st.one_of(laws(), st.just(EVERYTHING)))
@example(search=("Observation", [("_count", "1")]), law=Ruled("A-1", Not(AnyOf((OWN, EVERYTHING)))))
async def test_search_finds_what_the_slow_walk_finds(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition
) -> None:
    resource_type, pairs = search
    expected = Oracle(world, law).search(resource_type, pairs)
    found: list[str] = []
    ahead: Pairs | None = [*pairs, ("_total", "accurate")]
    while ahead is not None:
        bundle = await ask(conn, world, resource_type, ahead, law)
        page = references(bundle, "match")
        assert bundle["total"] == len(expected.matches)
        assert references(bundle, "include") == expected.included(page)
        assert [entry["fullUrl"] for entry in bundle.get("entry", [])][: len(page)] == [f"{BASE}/{one}" for one in page]
        found += page
        assert len(found) <= len(expected.matches)
        ahead = next_pairs(bundle)
    assert found == expected.matches


@ASKED
@given(search=searches(), law=laws(), total=st.booleans())
async def test_what_the_law_hides_changes_nothing_of_the_answer(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition, total: bool
) -> None:
    resource_type, pairs = search
    pairs = [*pairs, ("_total", "accurate")] if total else pairs
    with_hidden = timeless(await ask(conn, world, resource_type, pairs, law))
    args: list[object] = []
    hidden = render(Not(law), "r", args)
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(f"DELETE FROM resource r WHERE {hidden}", *args)
        assert timeless(await ask(conn, world, resource_type, pairs, law)) == with_hidden
    finally:
        await transaction.rollback()


@settings(parent=ASKED, max_examples=EXAMPLES // 2)
@given(search=searches(), law=laws())
async def test_each_person_whose_data_is_returned_has_one_log_row(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition
) -> None:
    await conn.execute("TRUNCATE access_log")
    resource_type, pairs = search
    bundle = await ask(conn, world, resource_type, pairs, law)
    returned = references(bundle, "match") + references(bundle, "include")
    people = {held.reference: held.custody.person for held in world.held}
    rows = await conn.fetch("SELECT person, resources FROM access_log")
    logged = {row["person"]: row["resources"] for row in rows}
    assert len(rows) == len(logged)
    expected: dict[int, list[str]] = {} if returned else {0: []}
    for reference in returned:
        expected.setdefault(people[reference], []).append(reference)
    assert logged == expected
