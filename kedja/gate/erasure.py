"""What the law has taken out of the store: rows of registries that the person opposes being in (PDL 7:2).

What is due follows from facts, so it needs no list of its own: who is stopped in the middle finds the rest the next time.
The access log keeps that it was done, of what, and by which rule.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

import asyncpg
from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.custody import Custody, Regime
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.races import RACES, pause
from kedja.store import erasure as store
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.write import LogLine, Version, apply

log = logging.getLogger(__name__)

ERASER: Final = Actor("erasure", Kind.SYSTEM, name="Erasure that persons have a right to")
_EVERY: Final = 5.0  # seconds between looks for what is due
_BATCH: Final = 500  # resources in one transaction
_TRIES: Final = 12
_KEPT: Final = ("resourceType", "id", "identifier")


@asynccontextmanager
async def erasing(door: Door) -> AsyncIterator[None]:
    """While open, what is due is erased some seconds later, by one of all processes."""
    task = asyncio.create_task(_forever(door))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _forever(door: Door) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        try:
            await erase(door, wait=False)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("what is to be erased waits for the database: %s", error)


async def erase(door: Door, *, wait: bool = True) -> int:
    """Erase all that is due now; how many resources. Without `wait`, nothing while another process is at it."""
    done = tried = 0
    while True:
        try:
            count = await _some(door, wait)
        except RACES:
            if (tried := tried + 1) == _TRIES:
                raise
            await pause(tried)
            continue
        if not count:
            return done
        done, tried = done + count, 0


async def _some(door: Door, wait: bool) -> int:
    """One batch in one transaction: what was erased and that it was are kept together, or neither."""
    key = await key_of(door.store, ERASER)
    async with transaction(door.store) as conn:
        if not await store.alone(conn, wait=wait):
            return 0
        rows = await store.opposed(conn, door.clock(), _BATCH)
        if rows:
            await store.erase(conn, [row["key"] for row in rows])
            await _note(conn, door, rows, key)
        return len(rows)


async def _note(conn: Connection, door: Door, rows: Sequence[Record], key: int) -> None:
    """The log lines; and Patients that the person's own consents are about, kept beside these without what the registry said."""
    lines: dict[tuple[int, str], LogLine] = {}
    for row in rows:
        line = lines.setdefault((row["person"], row["source"]), LogLine(row["person"], "erase", ["Q-1"], detail=row["source"]))
        line.resources.append(f"{row['type']}/{row['id']}")
    patients = [_bare(row, door.clock()) for row in rows if row["meant"] and not row["deleted"]]
    remade = [LogLine(version.person, "create", ["Q-1"], [f"Patient/{version.id}/_history/1"]) for version in patients]
    await apply(conn, patients, key, new_id(), [*lines.values(), *remade])


def _bare(row: Record, now: datetime) -> Version:
    patient = exactjson.loads(row["body"].encode())
    bare = {name: value for name, value in patient.items() if name in _KEPT}
    custody = Custody(Regime.CONTROL, row["person"], source=row["source"])
    return version_of(prepare(bare, row["id"]), custody, None, now)
