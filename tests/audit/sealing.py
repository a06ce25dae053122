"""Sealing that is done when it returns."""

from __future__ import annotations

import asyncio
import time

from kedja.audit.checkpoint import Checkpoint
from kedja.gate.audit import Notary, latest, seal
from kedja.gate.door import Door

_UNSEALED = "SELECT count(*) FROM access_log l WHERE l.seq <= $1 AND NOT EXISTS (SELECT FROM audit_leaf f WHERE f.seq = l.seq)"
_PATIENCE = 60.0  # seconds


async def seal_all(door: Door, notary: Notary) -> Checkpoint:
    """Seal every row that is there now, and give the checkpoint that has them.

    Once is not enough: the service's own sealing may be at it just then, and what is still open elsewhere in the server (an
    ANALYZE of its own accord) holds sealing up.
    """
    pool = door.store.pool
    newest = await pool.fetchval("SELECT coalesce(max(seq), 0) FROM access_log")
    deadline = time.monotonic() + _PATIENCE
    while True:
        await seal(door, notary)
        if not await pool.fetchval(_UNSEALED, newest):
            break
        assert time.monotonic() < deadline, "rows of the log stay unsealed"
        await asyncio.sleep(0.05)
    wanted = await pool.fetchval("SELECT size FROM audit_sealed")
    while (checkpoint := await latest(door, notary)).size < wanted:  # the other sealing has yet to sign
        assert time.monotonic() < deadline, "what is sealed stays unsigned"
        await asyncio.sleep(0.05)
    return checkpoint
