"""Connections to the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import asyncpg

from kedja.store.queries import sql


@dataclass(slots=True)
class Store:
    """A pool and what a process may remember of the store: the keys of those who act.

    `planning`: a pool on whose connections every statement is planned for its own values; it opens none before it is used.
    `beside`: what else lives as long as the pool does, by its class.
    """

    pool: asyncpg.Pool
    planning: asyncpg.Pool
    actor_keys: dict[int, int] = field(default_factory=dict[int, int])
    beside: dict[type, object] = field(default_factory=dict[type, object])

    async def close(self) -> None:
        await self.pool.close()
        await self.planning.close()


async def connect(database_url: str, *, size: int = 8) -> Store:
    """A store with at most `size` connections, and as many that plan. Raises OSError or asyncpg.PostgresError when there is
    no server.
    """
    return Store(await _pool(database_url, size, 1), await _pool(database_url, size, 0, plan_cache_mode="force_custom_plan"))


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
