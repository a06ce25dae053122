"""What was superseded is kept for the pages of searches, for a while, and in the cluster where it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest_asyncio

from kedja.store.queries import sql
from kedja.store.snapshots import settle
from tests.store.searching.asking import ask, next_pairs, references
from tests.store.searching.world import World, add, load, make, supersede


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC", "jit": "off"})
    yield connection
    await connection.close()


async def changed(conn: asyncpg.Connection) -> World:
    world = make()
    await load(conn, world)
    observations = [held for held in world.held if held.type == "Observation" and not held.deleted]
    for held in observations[:10]:
        await supersede(conn, replace(held, deleted=True), 2)
    return world


async def past(conn: asyncpg.Connection) -> list[int]:
    tables = ("search_string", "search_date", "search_number")
    rows = [await conn.fetchval(f"SELECT count(*) FROM {table} WHERE resource < 0") or 0 for table in tables]
    return [await conn.fetchval("SELECT count(*) FROM resource_past") or 0, *rows]


async def test_what_no_page_can_ask_for_any_more_goes(conn: asyncpg.Connection) -> None:
    await changed(conn)
    assert (await past(conn))[0] == 10
    await conn.execute(sql("expire"), 100)
    assert (await past(conn))[0] == 10
    await conn.execute("UPDATE resource_past SET until = now() - interval '1 second'")
    await conn.execute(sql("expire"), 3)
    assert (await past(conn))[0] == 7
    await conn.execute(sql("expire"), 100)
    assert await past(conn) == [0, 0, 0, 0]


async def test_a_store_that_stays_where_it_is_keeps_what_pages_need(conn: asyncpg.Connection) -> None:
    await changed(conn)
    assert not await settle(conn)
    assert not await settle(conn)
    assert (await past(conn))[0] == 10


async def test_a_store_that_was_restored_elsewhere_pages_through_all_it_has(conn: asyncpg.Connection) -> None:
    world = await changed(conn)
    await settle(conn)
    await conn.execute("UPDATE resource SET xid = '999999999999'")  # as they are when they come from a busier cluster
    await conn.execute("UPDATE system_state SET value = to_jsonb('other'::text) WHERE name = 'cluster'")
    assert await settle(conn)
    assert await past(conn) == [0, 0, 0, 0]
    found: list[str] = []
    pairs: list[tuple[str, str]] | None = [("_count", "20")]
    while pairs is not None:
        bundle = await ask(conn, world, "Observation", pairs)
        found += references(bundle, "match")
        pairs = next_pairs(bundle)
    there = await conn.fetchval("SELECT count(*) FROM resource WHERE type = 'Observation' AND NOT deleted") or 0
    assert len(found) == len(set(found)) == there > 20


async def test_what_was_being_written_when_the_first_page_was_read_stays_out(conn: asyncpg.Connection, database_url: str) -> None:
    world = make()
    await load(conn, world)
    writer = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    before = references(await ask(conn, world, "Observation", [("_count", "1000")]), "match")
    held = {one.reference: one for one in world.held}
    writing = writer.transaction()
    await writing.start()
    await supersede(writer, replace(held[before[-1]], deleted=True), 2)
    await supersede(writer, replace(held[before[-2]], resource={**held[before[0]].resource, "id": held[before[-2]].id}), 2)
    await add(writer, replace(held[before[0]], resource={**held[before[0]].resource, "id": "new"}, key=1))
    first = await ask(conn, world, "Observation", [("_count", "5")])
    await writing.commit()
    await writer.close()
    assert references(first, "match") + await following(conn, world, "Observation", first) == before
    now = references(await ask(conn, world, "Observation", [("_count", "1000")]), "match")
    assert set(now) == {*before[:-1], "Observation/new"}


async def following(conn: asyncpg.Connection, world: World, kind: str, bundle: Any) -> list[str]:
    """What stands on the pages behind this one."""
    found: list[str] = []
    while (pairs := next_pairs(bundle)) is not None:
        bundle = await ask(conn, world, kind, pairs)
        found += references(bundle, "match")
    return found
