"""From an address to a database that this program can work with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from kedja import exactjson
from kedja.config import CannotRun
from kedja.store import reindex
from kedja.store.migrate import migrate
from kedja.store.snapshots import settle

DEMO_STATE = "demo"  # the row of `system_state` that says how far the demo region is loaded
_PATIENCE = 10  # seconds


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to this address. Raises CannotRun, without the address's password, when there is none to be had."""
    try:
        conn = await asyncpg.connect(url, timeout=_PATIENCE)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        raise CannotRun(f"The database server at {_place(url)} cannot be used: {str(error) or 'it does not answer'}.") from None
    try:
        yield conn
    finally:
        await conn.close()


def _place(url: str) -> str:
    parts = urlsplit(url)
    return (parts.netloc.rpartition("@")[2] or "its socket") + parts.path


async def create_database(url: str, name: str) -> None:
    """Make the database `name` on the server of `url` unless it is there."""
    async with connection(url) as conn:
        if not await conn.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await conn.execute(f'CREATE DATABASE "{name}"')


async def prepare(url: str) -> list[str]:
    """Bring the database to this program's schema; the names of the steps that were missing. Raises CannotRun."""
    async with connection(url) as conn:
        try:
            applied = await migrate(conn)
            await settle(conn)
            await reindex.settle(conn)
            return applied
        except asyncpg.InsufficientPrivilegeError as error:
            raise CannotRun(f"The database at {_place(url)} does not let this user make the schema: {error}.") from None
        except asyncpg.DiskFullError:
            raise CannotRun("The schema cannot be made: the disk of the database is full.") from None


async def read_state(conn: asyncpg.Connection, name: str) -> Any:
    """A row of `system_state`, or None."""
    value = await conn.fetchval("SELECT value::text FROM system_state WHERE name = $1", name)
    return None if value is None else exactjson.loads(value.encode())


async def write_state(conn: asyncpg.Connection, name: str, value: Any) -> None:
    """Set a row of `system_state`."""
    await conn.execute(
        "INSERT INTO system_state (name, value) VALUES ($1, $2::text::jsonb)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()",
        name,
        exactjson.dumps(value).decode(),
    )


async def plan_demo(url: str) -> bool:
    """Whether the demo region is to be loaded: the store is empty, or the region in it is not whole. Notes that it is begun."""
    async with connection(url) as conn:
        state = await read_state(conn, DEMO_STATE)
        empty = not await conn.fetchval("SELECT EXISTS (SELECT FROM resource)")
        wanted = empty if state is None else state["phase"] != "done"
        if wanted:
            await write_state(conn, DEMO_STATE, {"phase": "making"})
        return wanted
