"""What the law lets nobody keep: rows of registries that the person opposes being in (PDL 7:2), samples of donors who have
withdrawn (BBL 4:13), prescriptions that were registered five years ago (NLL 3:10).

What is due follows from facts by the law's own rules on `destroy`, so it needs no list of its own: who is stopped in the
middle finds the rest the next time. The access log keeps that it was done, of what, and by which rule.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access import samples
from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.instants import months_before
from kedja.access.vocabulary.medication_list import KEPT_MONTHS
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.races import RACES, pause
from kedja.gate.repeated import repeated
from kedja.search.hashing import token_hash
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

Resource = dict[str, Any]


@asynccontextmanager
async def erasing(door: Door) -> AsyncIterator[None]:
    """While open, what is due is erased some seconds later, by one of all processes."""
    async with repeated(lambda: erase(door, wait=False), _EVERY, "what is to be erased"):
        yield


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
    key, now = await key_of(door.store, ERASER), door.clock()
    async with transaction(door.store) as conn:
        if not await store.alone(conn, wait=wait):
            return 0
        rows = await store.due(conn, permit(ERASER, "destroy", now), _BATCH, months_before(now, KEPT_MONTHS))
        if rows:
            shared = await store.shared(conn, [(token, row["person"]) for row in rows for token in _containers(row)])
            await store.erase(conn, [row["key"] for row in rows])
            remainder = _remainder(rows, shared, now)
            await apply(conn, remainder.versions, key, new_id(), remainder.erased)
            await apply(conn, remainder.anonymous, key, new_id(), remainder.made)
        return len(rows)


@dataclass(slots=True)
class _Remainder:
    """What is written for what was erased: log lines of the persons, and what stays without them."""

    erased: list[LogLine] = field(default_factory=list[LogLine])
    versions: list[Version] = field(default_factory=list[Version])
    made: list[LogLine] = field(default_factory=list[LogLine])
    anonymous: list[Version] = field(default_factory=list[Version])


def _remainder(rows: Sequence[Record], shared: frozenset[int], now: datetime) -> _Remainder:
    found = _Remainder()
    lines: dict[tuple[int, str, str], LogLine] = {}
    for row in rows:
        apart = any(token in shared for token in _containers(row))
        what = "de-identified" if apart else "destroyed" if row["type"] == "Specimen" else ""
        line = LogLine(row["person"], "erase", [row["rule"]], detail=" ".join(part for part in (row["source"], what) if part))
        line = lines.setdefault((row["person"], row["rule"], line.detail), line)
        line.resources.append(f"{row['type']}/{row['id']}")
        if row["type"] == "Specimen" and not row["deleted"]:
            _leave(found, row, apart, now)
        elif row["meant"] and not row["deleted"]:
            found.versions.append(_bare(row, now))
            found.erased.append(LogLine(row["person"], "create", [row["rule"]], [f"Patient/{row['id']}/_history/1"]))
    found.erased[:0] = lines.values()
    return found


def _leave(found: _Remainder, row: Record, apart: bool, now: datetime) -> None:
    """Of a sample: itself without its donor where others' samples would be destroyed with it, else an order to destroy it."""
    specimen = _resource(row)
    left = samples.deidentified(specimen) if apart else samples.destruction(specimen, row["provider"], row["unit"], now)
    version = version_of(prepare(left, new_id()), Custody(Regime.BIOBANK, 0, row["provider"], row["unit"]), None, now)
    found.anonymous.append(version)
    found.made.append(LogLine(0, "create", [row["rule"]], [f"{version.type}/{version.id}/_history/1"]))


def _bare(row: Record, now: datetime) -> Version:
    """A Patient that the person's own consents are about, kept beside these without what the registry said."""
    bare = {name: value for name, value in _resource(row).items() if name in _KEPT}
    return version_of(prepare(bare, row["id"]), Custody(Regime.CONTROL, row["person"], source=row["source"]), None, now)


def _containers(row: Record) -> list[int]:
    if row["type"] != "Specimen" or row["deleted"]:
        return []
    return [token_hash("Specimen", "container-id", text) for text in samples.containers(_resource(row))]


def _resource(row: Record) -> Resource:
    return exactjson.loads(row["body"].encode())
