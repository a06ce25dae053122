"""The numbers of transactions that versions are kept with mean something only in the database cluster that gave them."""

from __future__ import annotations

import asyncpg

from kedja.store.queries import sql

_STATE = "cluster"


async def settle(conn: asyncpg.Connection) -> bool:
    """Whether the store was brought here from another cluster (a dump was restored): its versions then count as older than
    every snapshot, and what was superseded is no longer kept for the pages of searches there."""
    try:
        here = str(await conn.fetchval("SELECT system_identifier FROM pg_control_system()"))
    except asyncpg.InsufficientPrivilegeError:  # a server that others run, who do not let it be told from another
        return False
    async with conn.transaction():
        known = await conn.fetchval("SELECT value #>> '{}' FROM system_state WHERE name = $1 FOR UPDATE", _STATE)
        if known == here:
            return False
        if known is not None:
            await conn.execute(sql("resettle"))
        await conn.execute(
            "INSERT INTO system_state (name, value) VALUES ($1, to_jsonb($2::text))"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()",
            _STATE,
            here,
        )
        return known is not None
