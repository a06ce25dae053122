"""Indexing resources anew, batch by batch, while everything else goes on; how far it is stands in `system_state`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.search.indexed import VERSION, Indexed, Run, State
from kedja.store.columns import index_columns
from kedja.store.queries import sql
from kedja.store.version import IndexValues

_STATE = "index"  # the row of `system_state` for all types; `index:Patient` for one
_LOCK = 0x6B65646A62  # one process at a time


async def settle(conn: Connection) -> None:
    """Note by which version the index of a store is made that says nothing of it: by the first, unless it is empty."""
    empty = not await conn.fetchval("SELECT EXISTS (SELECT FROM resource)")
    await conn.execute(
        "INSERT INTO system_state (name, value) VALUES ($1, jsonb_build_object('version', $2::integer)) ON CONFLICT DO NOTHING",
        _STATE,
        VERSION if empty else 1,
    )


async def state(conn: Connection) -> State:
    """What the store says of its index."""
    rows = await conn.fetch(sql("index_state"))
    values = {row["name"]: exactjson.loads(row["value"].encode()) for row in rows}
    version = values.pop(_STATE, {"version": VERSION})["version"]
    return State(version, {name.partition(":")[2]: _indexed(value) for name, value in values.items()})


def _indexed(value: dict[str, Any]) -> Indexed:
    run = value.get("run")
    return Indexed(value["version"], value["parameters"], Run(**run) if run else None)


async def keep(conn: Connection, types: Mapping[str, Indexed]) -> None:
    """Note how these types are indexed."""
    names = [f"{_STATE}:{name}" for name in types]
    values = [exactjson.dumps(_plain(indexed)).decode() for indexed in types.values()]
    await conn.execute(sql("index_keep"), names, values)


def _plain(indexed: Indexed) -> dict[str, Any]:
    run = indexed.run
    told = {**asdict(run), "parameters": dict(run.parameters)} if run else None
    return {"version": indexed.version, "parameters": dict(indexed.parameters), "run": told}


@asynccontextmanager
async def alone(conn: Connection, *, wait: bool) -> AsyncIterator[bool]:
    """Whether this is the one process that indexes; it is until the end of the block. `wait` for another to end."""
    got = True
    if wait:
        await conn.execute("SELECT pg_advisory_lock($1)", _LOCK)
    else:
        got = bool(await conn.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK))
    try:
        yield got
    finally:
        if got:
            await conn.execute("SELECT pg_advisory_unlock($1)", _LOCK)


async def held_types(conn: Connection) -> frozenset[str]:
    """The types that there are resources of."""
    return frozenset(row["type"] for row in await conn.fetch(sql("index_types")))


async def count(conn: Connection, resource_type: str) -> int:
    return int(await conn.fetchval("SELECT count(*) FROM resource WHERE type = $1 AND NOT deleted", resource_type) or 0)


async def batch(conn: Connection, resource_type: str, after: int, size: int) -> Sequence[Record]:
    """key, version, body of the next resources of this type; none when all are done."""
    return await conn.fetch(sql("index_batch"), resource_type, after, size)


async def store(
    conn: Connection,
    rows: Sequence[Record],
    index_of: Callable[[dict[str, Any]], IndexValues],
    resource_type: str,
    indexed: Indexed,
) -> None:
    """Index these rows anew and note how far it is, in one transaction. What was written meanwhile is left as it is."""
    made = {(row["key"], row["version"]): index_of(exactjson.loads(row["body"].encode())) for row in rows}
    async with conn.transaction():
        keys, versions = [key for key, _ in made], [version for _, version in made]
        held = await conn.fetch(sql("index_lock"), keys, versions)
        same = [(row["key"], made[row["key"], row["version"]]) for row in held]
        await conn.execute(sql("index_clear"), [key for key, _ in same])
        await conn.execute(sql("index_store"), *index_columns(same))
        await keep(conn, {resource_type: indexed})
