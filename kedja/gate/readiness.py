"""What the installation still waits for. It touches nobody's data, so that no law is asked and no log is written."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from kedja import exactjson
from kedja.gate.door import Door
from kedja.store.migrate import steps
from kedja.store.prepare import DEMO_STATE
from kedja.store.queries import sql

_PATIENCE = 2.0  # seconds


async def not_ready(door: Door) -> list[str]:
    """What is not ready, a sentence each; nothing when all is."""
    try:
        async with asyncio.timeout(_PATIENCE), door.store.pool.acquire() as conn:
            applied, demo = await conn.fetchrow(sql("readiness"), DEMO_STATE) or (0, None)
    except asyncpg.UndefinedTableError:
        return ["the database has no schema yet"]
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return ["the database does not answer"]
    behind = [] if applied >= len(steps()) else ["the database's schema is older than this program"]
    return behind + _demo(exactjson.loads(demo.encode()) if demo else None)


def _demo(state: dict[str, Any] | None) -> list[str]:
    match state:
        case {"phase": "loading", "done": int(done), "total": int(total)} if total:
            return [f"the demo region is being loaded: {100 * done // total} %"]
        case {"phase": "making" | "loading"}:
            return ["the demo region is being made"]
        case {"phase": "failed"}:
            return ["the demo region could not be loaded: see what `kedja up` said"]
    return []
