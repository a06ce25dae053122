"""Which night's work was done, and that one process does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Final

from kedja.store.pool import Store, connection
from kedja.store.queries import sql

_LOCK: Final = 0x6B65646A6E


@asynccontextmanager
async def alone(store: Store) -> AsyncIterator[bool]:
    """Whether no other process has the work; while open none gets it."""
    async with connection(store) as conn:
        got = await conn.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK)
        try:
            yield bool(got)
        finally:
            if got:
                await conn.execute("SELECT pg_advisory_unlock($1)", _LOCK)


async def last_night(store: Store) -> date | None:
    """The last night whose work was done or begun."""
    value = await store.pool.fetchval(sql("state"), "night")
    return None if value is None else date.fromisoformat(value.strip('"'))


async def set_night(store: Store, night: date) -> None:
    await store.pool.execute(sql("night"), night.isoformat())
