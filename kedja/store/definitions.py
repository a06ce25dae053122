"""The definitions that a store holds: of packages, and of conformance resources stored through the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
from asyncpg import Connection

from kedja import exactjson
from kedja.definitions import EMPTY, TYPES, Definitions, of
from kedja.store.pool import Store, connection
from kedja.store.queries import sql

CHANNEL = "definitions"
_AGAIN = 5.0  # seconds between looks where nothing was told, and between tries of a lost connection

Resource = dict[str, Any]
_Place = tuple[str, str, int]


@dataclass(slots=True)
class Reader:
    """Reads the definitions of a store; what it has read and has not changed it does not read again."""

    last: Definitions = EMPTY
    _read: dict[_Place, tuple[str, Resource]] = field(default_factory=dict[_Place, tuple[str, Resource]])
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, store: Store) -> Definitions:
        """The definitions as they are now; the same object as before where nothing changed."""
        async with self._lock, connection(store) as conn:
            listed = await conn.fetch(sql("definitions_listed"), list(TYPES))
            wanted = {(row["origin"], row["holder"], row["key"]): row["mark"] for row in listed}
            missing = [place for place, mark in wanted.items() if self._read.get(place, ("",))[0] != mark]
            bodies = await _bodies(conn, missing)
            self._read = {
                place: (mark, bodies[place]) if place in bodies else self._read[place]
                for place, mark in wanted.items()
                if place in bodies or place in self._read
            }
            self.last = of((resource for _, resource in self._read.values()), self.last)
            return self.last


async def _bodies(conn: Connection, places: Sequence[_Place]) -> dict[_Place, Resource]:
    found: dict[_Place, Resource] = {}
    holders = sorted({holder for origin, holder, _ in places if origin == "package"})
    keys = [key for origin, _, key in places if origin == "resource"]
    for row in await conn.fetch(sql("definitions_packaged"), holders) if holders else ():
        found["package", row["holder"], row["key"]] = exactjson.loads(row["body"].encode())
    for row in await conn.fetch(sql("definitions_stored"), keys) if keys else ():
        found["resource", "", row["key"]] = exactjson.loads(row["body"].encode())
    return found


async def told(conn: Connection) -> None:
    """Tell every process of this store, when the transaction is committed, that its definitions are others."""
    await conn.execute(f"NOTIFY {CHANNEL}")


@asynccontextmanager
async def watching(database_url: str, changed: Callable[[], Awaitable[object]]):
    """While open, `changed` runs whenever the definitions may be others; a lost connection is made anew."""
    task = asyncio.create_task(_watch(database_url, changed))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(database_url: str, changed: Callable[[], Awaitable[object]]) -> None:
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            await _listen(database_url, changed)
        await asyncio.sleep(_AGAIN)


async def _listen(database_url: str, changed: Callable[[], Awaitable[object]]) -> None:
    event = asyncio.Event()
    conn = cast(Connection, await asyncpg.connect(database_url, server_settings={"application_name": "kedja definitions"}))
    try:
        conn.add_termination_listener(lambda *_: event.set())
        await conn.add_listener(CHANNEL, lambda *_: event.set())
        while not conn.is_closed():
            event.clear()
            await changed()
            await event.wait()
    finally:
        conn.terminate()


async def put_package(conn: Connection, name: str, version: str, checksum: str, resources: Sequence[Resource]) -> bool:
    """Add a package, or replace the one of this name and version. False where it stands already with this checksum."""
    if await conn.fetchval(sql("package_known"), name, version) == checksum:
        return False
    await conn.fetch(sql("package_remove"), name, version)
    types = [resource["resourceType"] for resource in resources]
    bodies = [exactjson.dumps(resource).decode() for resource in resources]
    await conn.execute(sql("package_add"), name, version, checksum, types, bodies)
    await told(conn)
    return True


async def list_packages(conn: Connection) -> list[asyncpg.Record]:
    """name, version, checksum, added, definitions (how many), by name and version."""
    return await conn.fetch(sql("package_list"))


async def remove_package(conn: Connection, name: str, version: str | None = None) -> int:
    """Remove a package, or one version of it. How many went."""
    removed = await conn.fetch(sql("package_remove"), name, version)
    if removed:
        await told(conn)
    return len(removed)
