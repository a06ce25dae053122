"""Deliveries of registered sources: many records a transaction, with the bookmark that makes them resumable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Connection, Record

from kedja.access.actor import Actor
from kedja.access.custody import Custody
from kedja.gate.changes import Change
from kedja.gate.deciding import custody_of_row, in_order
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import Prepared, version_of
from kedja.gate.races import RACES, pause
from kedja.gate.registries import admitted
from kedja.gate.representatives import representatives
from kedja.gate.subjects import persons_of
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.store.pool import transaction
from kedja.store.write import LogLine, Version, apply, lock

CustodyOf = Callable[[dict[str, Any], int], Custody]
Bookmark = Callable[[Connection, "list[Taken]"], Awaitable[None]]
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record of a delivery. `once`: it is only created, never overwrites what the same source stored (a POST entry)."""

    prepared: Prepared
    once: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one record: `stored`, `unchanged`, or `refused` with its issues."""

    outcome: str
    issues: tuple[Issue, ...] = ()


async def take(
    door: Door,
    actor: Actor,
    source: str,
    records: Sequence[Delivered],
    custody_of: CustodyOf,
    request: str,
    bookmark: Bookmark | None = None,
    lenders: Sequence[str] = (),
    declared: frozenset[str] = frozenset(),
) -> list[Taken]:
    """Store what is new or changed, in content or custody, in one transaction with `bookmark(conn, taken)`.

    One bad record refuses only itself.
    `custody_of(resource, person)` gives the custody that the source's registration says. A record that another source
    holds is refused: sources never overwrite each other. Subjects are Patients of this source or of its `lenders`. `declared`:
    what the source's registration says of how it delivers, for the rules on what a registry may take in.
    """
    key = await key_of(door.store, actor)
    for tried in range(1, _TRIES + 1):
        try:
            async with transaction(door.store) as conn:
                taken = await _attempt(conn, actor, source, lenders, records, custody_of, declared, key, request, door.clock())
                if bookmark is not None:
                    await bookmark(conn, taken)
                return taken
        except RACES:
            if tried == _TRIES:
                raise
            await pause(tried)
    raise AssertionError("the last try returns or raises")


async def _attempt(
    conn: Connection,
    actor: Actor,
    source: str,
    lenders: Sequence[str],
    records: Sequence[Delivered],
    custody_of: CustodyOf,
    declared: frozenset[str],
    key: int,
    request: str,
    now: datetime,
) -> list[Taken]:
    existing = await lock(conn, [(record.prepared.type, record.prepared.id) for record in records])
    held = [_held(existing.get((record.prepared.type, record.prepared.id)), source) for record in records]
    changes = [Change(one.prepared.type, one.prepared.id, one.prepared.resource) for one, no in zip(records, held) if no is None]
    found = iter(await persons_of(conn, changes, existing, source, lenders=[source, *lenders]))
    people = [next(found) if refusal is None else refusal for refusal in held]
    current = {place: (row["content_hash"], custody_of_row(row)) for place, row in existing.items()}
    named = await representatives(conn, [record.prepared.resource for record in records], source)
    custodies = [
        person if isinstance(person, OutcomeError) else custody_of(record.prepared.resource or {}, person)
        for record, person in zip(records, people)
    ]
    custodies = await admitted(conn, actor, custodies, declared, now)
    versions: dict[tuple[str, str], Version] = {}
    lines: dict[int, LogLine] = {}
    taken: list[Taken] = []
    for record, custody in zip(records, custodies):
        ready = record.prepared
        place = (ready.type, ready.id)
        if isinstance(custody, OutcomeError):
            taken.append(Taken("refused", custody.issues))
        elif (refusal := _moved(existing.get(place), custody.person)) is not None:
            taken.append(Taken("refused", refusal.issues))
        else:
            fresh = (ready.content_hash, custody)
            if place in current and (record.once or current[place] == fresh):
                taken.append(Taken("unchanged"))
                continue
            try:
                versions[place] = version_of(ready, custody, existing.get(place), now, named)
            except OutcomeError as refused:  # a consent that does not say whom it concerns
                taken.append(Taken("refused", refused.issues))
                continue
            current[place] = fresh
            line = lines.setdefault(custody.person, LogLine(custody.person, "import", detail=source))
            line.resources.append(f"{ready.type}/{ready.id}/_history/{versions[place].version}")
            taken.append(Taken("stored"))
    if versions:
        await apply(conn, in_order(versions.values()), key, request, list(lines.values()))
    return taken


def _held(row: Record | None, source: str) -> OutcomeError | None:
    if row is None or row["source"] == source:
        return None
    reference = f"{row['type']}/{row['id']}"
    told = f"{reference} came from `{row['source'] or 'the API'}`: give it an id of its own here"
    return refuse(409, "conflict", told, row["type"])


def _moved(row: Record | None, person: int) -> OutcomeError | None:
    if row is None or not row["person"] or row["person"] == person:
        return None
    told = f"{row['type']}/{row['id']} was about another person before: send it under a new id"
    return refuse(422, "business-rule", told, row["type"])
