"""What a store says of its own index."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from kedja.definitions import of, using
from kedja.search.indexed import VERSION, Indexed, Run, State, unfinished, wanted
from kedja.spec import TYPES
from kedja.store.reindex import alone, held_types, keep, settle, state
from tests.store.searching.world import load, make

EYES = {
    "resourceType": "SearchParameter",
    "url": "https://example.org/fhir/SearchParameter/eyes",
    "status": "active",
    "code": "eyes",
    "base": ["Patient"],
    "type": "token",
    "expression": "Patient.extension.where(url = 'https://example.org/eyes').value",
}


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM system_state WHERE name LIKE 'index%'")
    yield connection
    await connection.close()


async def test_an_empty_store_has_nothing_to_index(conn: asyncpg.Connection) -> None:
    await settle(conn)
    assert (await state(conn)).version == VERSION
    assert unfinished(await state(conn)) == ()


async def test_a_store_that_says_nothing_of_its_index_is_of_the_first_version(conn: asyncpg.Connection) -> None:
    await load(conn, make())
    await settle(conn)
    assert (await state(conn)).version == 1
    assert unfinished(await state(conn)) == TYPES
    assert {"Patient", "Observation"} < await held_types(conn) < {*TYPES}
    await settle(conn)
    assert (await state(conn)).version == 1, "what is known is not said again"


async def test_how_far_a_run_is_comes_back_as_it_was_kept(conn: asyncpg.Connection) -> None:
    run = Run(VERSION, {"eyes": "1"}, after=-5, done=3, total=7)
    await keep(conn, {"Patient": Indexed(VERSION, {"eyes": "0"}, run)})
    assert (await state(conn)).of("Patient") == Indexed(VERSION, {"eyes": "0"}, run)
    assert run.told == "3 of 7 resources are done (42 %)"


async def test_one_process_indexes_at_a_time(conn: asyncpg.Connection, database_url: str) -> None:
    other = await asyncpg.connect(database_url)
    async with alone(conn, wait=False) as first, alone(other, wait=False) as second:
        assert (first, second) == (True, False)
    async with alone(other, wait=False) as later:
        assert later
    await other.close()


def test_a_type_is_unfinished_until_exactly_its_parameters_are_indexed() -> None:
    with using(of([EYES])):
        ready = Indexed(VERSION, wanted("Patient"))
        assert unfinished(State(VERSION, {})) == ("Patient",)
        assert unfinished(State(VERSION, {"Patient": ready})) == ()
    with using(of([{**EYES, "expression": "Patient.gender"}])):
        assert unfinished(State(VERSION, {"Patient": ready})) == ("Patient",)
    assert unfinished(State(VERSION, {"Patient": ready})) == ("Patient",), "what a parameter left is taken away"
