"""What stands behind the deliveries of sources: their registration, one delivery at a time, and how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, cast

from asyncpg import Connection

from kedja.gate.door import Door
from kedja.outcome import refuse
from kedja.store import imports
from kedja.store.imports import Counts, Settled
from kedja.store.pool import connection, transaction
from kedja.store.queries import sql

__all__ = [
    "Counts",
    "Settled",
    "delivery",
    "finish",
    "measured",
    "progress",
    "register",
    "registered",
    "settle",
    "sources",
    "unfinished",
    "worker",
]

_STOPPED: Final = timedelta(hours=1)  # without progress: no import works so long on a batch


async def register(door: Door, name: str, definition: Mapping[str, Any]) -> str:
    """Register a source, or replace its registration: `registered`, `replaced` or `unchanged`."""
    async with transaction(door.store) as conn:
        return await imports.register(conn, name, definition)


async def registered(door: Door, name: str) -> dict[str, Any] | None:
    """The definition of a registered source."""
    async with transaction(door.store) as conn:
        return await imports.definition(conn, name)


async def sources(door: Door) -> dict[str, dict[str, Any]]:
    """The definitions of all registered sources by name."""
    async with transaction(door.store) as conn:
        return await imports.definitions(conn)


async def unfinished(door: Door) -> list[str]:
    """The titles (else names) of the sources of which a delivery has stopped before it was in as a whole."""
    rows = await door.store.pool.fetch(sql("source_unfinished"), _STOPPED)
    return [row["title"] or row["name"] for row in rows]


@asynccontextmanager
async def delivery(door: Door, source: str) -> AsyncIterator[None]:
    """Hold the source's import: raises OutcomeError 409 `conflict` while another process does."""
    async with _holding(door) as conn:
        if not await imports.try_lock(conn, source):
            raise refuse(409, "conflict", f"another import of source `{source}` is running: wait until it is done")
        yield


@asynccontextmanager
async def worker(door: Door, source: str) -> AsyncIterator[None]:
    """Say that a worker of the source's import lives, so that another import waits for it to end."""
    async with _holding(door) as conn:
        await imports.lock_worker(conn, source)
        yield


@asynccontextmanager
async def _holding(door: Door) -> AsyncIterator[Connection]:
    """A connection whose locks are released at the end."""
    async with door.store.pool.acquire() as pooled:
        conn = cast(Connection, pooled)
        try:
            yield conn
        finally:
            if not conn.is_closed():
                await imports.unlock(conn)


async def progress(door: Door, source: str) -> dict[str, Settled]:
    """How far every file and strand of this source is."""
    async with transaction(door.store) as conn:
        return await imports.progress(conn, source)


async def settle(conn: Connection, source: str, rows: Sequence[tuple[str, int, Counts]]) -> None:
    """The bookmark of a batch, inside its transaction."""
    await imports.settle(conn, source, rows)


async def finish(door: Door, source: str, strands: Sequence[str], files: Sequence[tuple[str, int, Counts]]) -> None:
    """These files are in, whole."""
    async with transaction(door.store) as conn:
        await imports.done(conn, source, strands, files)


async def measured(door: Door) -> None:
    """Take the statistics that searches are planned by, and bring the index of hashes in order, after much was stored."""
    async with connection(door.store) as conn:
        await imports.measured(conn)
