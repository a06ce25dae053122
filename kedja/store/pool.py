"""Connections to the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from kedja.store.queries import sql

SETTLED: Final = 4
"""Connections of a process for statements that requests share: while one waits for the disk, another works."""


class Settled:
    """Connections that plan a statement once, whatever its values. What has one way to its rows, by a unique key, needs no
    more, and the law's subqueries take longer to plan than to run.

    A connection is kept from one statement to the next: to take it from a pool and give it back costs as much as a small
    statement.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._free: list[PoolConnectionProxy] = []
        self._turns = asyncio.Semaphore(pool.get_max_size())

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection on which each statement is a transaction by itself."""
        async with self._turns:
            conn = await self._taken()
            try:
                yield cast(asyncpg.Connection, conn)
            except BaseException as error:
                if not _answered(error) and _is_open(conn):
                    conn.terminate()
                raise
            finally:
                self._free.append(conn)

    async def fetch(self, text: str, args: Sequence[object]) -> list[asyncpg.Record]:
        """The rows of one statement."""
        async with self._turns:
            conn = await self._taken()
            try:
                return await conn.fetch(text, *args)
            finally:
                self._free.append(conn)

    async def close(self) -> None:
        while self._free:
            await self._pool.release(self._free.pop())
        await self._pool.close()

    async def _taken(self) -> PoolConnectionProxy:
        """One that is open: those that broke go back to the pool, which opens others."""
        while self._free:
            conn = self._free.pop()
            if _is_open(conn):
                return conn
            await self._pool.release(conn)
        return await self._pool.acquire()


def _is_open(conn: PoolConnectionProxy) -> bool:
    """One that broke was taken back by its pool, and answers nothing more."""
    try:
        return not conn.is_closed()
    except asyncpg.InterfaceError:
        return False


def _answered(error: BaseException) -> bool:
    """Whether the server itself said what is wrong: of a connection that broke off otherwise nobody knows what it is in."""
    return isinstance(error, asyncpg.PostgresError) and not isinstance(error, asyncpg.PostgresConnectionError)


@dataclass(slots=True)
class Store:
    """A pool and what a process may remember of the store: the keys of those who act.

    `planning`: a pool on whose connections every statement is planned for its own values; it opens none before it is used.
    `settled`: connections on which no statement is planned for its values. `beside`: what else lives as long as the pool does,
    by its class.
    """

    pool: asyncpg.Pool
    planning: asyncpg.Pool
    settled: Settled
    actor_keys: dict[int, int] = field(default_factory=dict[int, int])
    beside: dict[type, object] = field(default_factory=dict[type, object])

    async def close(self) -> None:
        await self.settled.close()
        await self.pool.close()
        await self.planning.close()


async def connect(database_url: str, *, size: int = 8) -> Store:
    """A store with at most `size` connections, as many that plan, and at most `SETTLED` that do not. Raises OSError or
    asyncpg.PostgresError when there is no server.
    """
    return Store(
        await _pool(database_url, size, 1),
        await _pool(database_url, size, 0, plan_cache_mode="force_custom_plan"),
        Settled(await _pool(database_url, min(size, SETTLED), 0, plan_cache_mode="force_generic_plan")),
    )


async def _pool(database_url: str, size: int, least: int, **settings: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        database_url,
        min_size=least,
        max_size=size,
        statement_cache_size=512,
        max_cacheable_statement_size=0,
        reset=_leave,
        server_settings={"application_name": "kedja", "jit": "off", "timezone": "UTC", **settings},
    )


async def _leave(_conn: object) -> None:
    """Nothing that outlives a transaction is set on a connection, so that giving it back needs no round trip."""


@asynccontextmanager
async def connection(store: Store) -> AsyncIterator[asyncpg.Connection]:
    """A connection on which each statement is a transaction by itself."""
    async with store.pool.acquire() as conn:
        yield cast(asyncpg.Connection, conn)


@asynccontextmanager
async def planning(store: Store) -> AsyncIterator[asyncpg.Connection]:
    """As `connection`, where every statement is planned for its own values."""
    async with store.planning.acquire() as conn:
        yield cast(asyncpg.Connection, conn)


@asynccontextmanager
async def transaction(store: Store) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction: committed at the end, rolled back when something is raised."""
    async with connection(store) as conn, conn.transaction():
        yield conn


async def actor_key(store: Store, digest: int, columns: tuple[str, ...]) -> int:
    """The key of this actor with this assignment in `log_actor`; made at first sight.

    `columns`: actor, kind, name, title, purpose, provider, provider_name, unit, unit_name.
    """
    known = store.actor_keys.get(digest)
    if known is None:
        known = await store.pool.fetchval(sql("log_actor"), digest, *columns)
        store.actor_keys[digest] = known
    return known
