"""Writes through the gate: lock, decide by the law, store and log, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from asyncpg import Connection, Record

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.definitions import TYPES as DEFINING
from kedja.gate.changes import Change, Written
from kedja.gate.conditional import Looked, Lookups, Settled, look, looked_up, places, settle
from kedja.gate.deciding import Existing, custody_of_row, decide, in_order
from kedja.gate.definitions import refresh
from kedja.gate.door import Door
from kedja.gate.edits import edited, needs_standing
from kedja.gate.ids import may_choose
from kedja.gate.links import conditional_references, relink
from kedja.gate.logging import key_of
from kedja.gate.obligations import following
from kedja.gate.prepare import Prepared, deletion, prepare
from kedja.gate.races import RACES, pause
from kedja.gate.refusals import Missing, Refusals, told
from kedja.gate.representatives import representatives
from kedja.gate.subjects import persons_of
from kedja.gate.together import Create, creates_of, may_go_together
from kedja.identity import normalised
from kedja.outcome import OutcomeError, refuse
from kedja.store.pool import connection, transaction
from kedja.store.write import apply, lock, standing

__all__ = ["custody_of_row", "write"]

Taken = Mapping[tuple[str, str], int]  # (type, id) -> version
_TRIES: Final = 12
_NO_LOOKUPS: Final[Lookups] = MappingProxyType({})


class _Moved(Exception):
    """What a search found was changed before it could be locked."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What one call of `write` is to do. `ready` where nothing that stands in the store is needed to prepare it."""

    door: Door
    actor: Actor
    changes: Sequence[Change]
    lookups: Lookups
    request: str
    base: str
    key: int
    ready: Sequence[Prepared] | None
    looked: Looked = field(default_factory=Looked)


async def write(
    door: Door, actor: Actor, changes: Sequence[Change], request: str, base: str = "", lookups: Lookups = _NO_LOOKUPS
) -> list[Written]:
    """All of these or none; `base` is our own address, so that references written with it are ours.

    `lookups` are the searches that stand as references in the resources. Raises OutcomeError: 403 by law, 404/410/412 by
    state, 409 when it lost too many races; of several changes `Refusals`, with what is wrong with each.
    """
    for query in (*(change.where for change in changes if change.where), *lookups.values()):
        await door.check(actor, query, request)
    key = await key_of(door.store, actor)
    certain = not lookups and all(change.where is None and change.edit is None for change in changes)
    linked = _linked([Settled(change, n) for n, change in enumerate(changes)], {}, changes, {}) if certain else []
    ready = [_prepared(one.change, base) for one in linked] if certain else None
    asked = [one.change for one in linked] if certain else changes
    task = _Task(door, actor, asked, lookups, request, base, key, ready)
    try:
        return await _together(task) or await _tried(task)
    except Refusals as refusals:
        await _log_looks(task)
        raise await told(door, actor, refusals, request) from None


async def _together(task: _Task) -> list[Written]:
    """A single create goes with the others that are in flight; nothing where it lost a race and is tried by itself."""
    if task.ready is None or len(task.changes) != 1 or not may_go_together(task.changes[0]):
        return []
    together = creates_of(task.door.store)
    create = Create(task.actor, task.changes[0], task.ready[0], task.key, task.request, task.door.clock())
    try:
        return [await together.create(create, task.base)]
    except RACES:
        return await together.stored(create)


async def _tried(task: _Task) -> list[Written]:
    for tried in range(_TRIES):
        if tried:
            await pause(tried)
        task.looked.rows.clear()
        task.looked.lines.clear()
        try:
            async with (connection if _one_statement(task) else transaction)(task.door.store) as conn:
                written = await _attempt(conn, task)
        except (*RACES, _Moved):
            continue
        if any(change.type in DEFINING for change in task.changes):
            await refresh(task.door)
        return written
    raise refuse(409, "conflict", "others keep writing the same resources: read them again and repeat your request")


def _one_statement(task: _Task) -> bool:
    """Whether all is stored by a single statement, which is a transaction by itself: nothing is locked, no person is
    made, and nobody need be told of a definition."""
    special = ("Patient", *DEFINING)
    return task.ready is not None and all(change.fresh and change.type not in special for change in task.changes)


async def _log_looks(task: _Task) -> None:
    """What was found before the refusal was seen, so it is logged, although the transaction was rolled back."""
    if task.looked.lines:
        async with connection(task.door.store) as conn:
            await apply(conn, [], task.key, task.request, task.looked.lines)


async def _attempt(conn: Connection, task: _Task) -> list[Written]:
    answered: dict[int, Written] = {}
    settled = [Settled(change, place) for place, change in enumerate(task.changes)]
    if task.ready is None:
        await look(conn, task.door, task.actor, task.changes, task.lookups, task.key, task.request, task.looked)
        settled, answered = settle(task.changes, task.looked)
        settled = _linked(settled, answered, task.changes, _resolved(task, settled, answered))
    _refuse_twice(settled)
    existing, taken = await _locked(conn, [(one.change.type, one.change.id) for one in settled if not one.change.fresh], task)
    _check_state(settled, existing, taken, task)
    before = settled
    if any(needs_standing(one.change, existing) for one in settled):
        settled = await edited(conn, task.door, task.actor, settled, existing)
    ready = _ready(task, before, settled)
    changes = [one.change for one in settled]
    people = await persons_of(conn, changes, existing, "", task.base)
    named = await representatives(conn, [one.resource for one in ready])
    decided = decide(settled, ready, people, existing, task.actor, task.door.clock(), named)
    if decided.refusals:
        raise Refusals(decided.refusals)
    followed, more = await following(conn, settled, decided.versions, existing, task.actor, task.door.clock(), named)
    await apply(conn, in_order([*decided.versions, *followed]), task.key, task.request, [*decided.lines, *more])
    return _answers(len(task.changes), settled, decided.shown(task.actor, task.door.clock()), answered)


async def _locked(conn: Connection, wanted: Sequence[tuple[str, str]], task: _Task) -> tuple[Existing, Taken]:
    """What stands there and the actor may write, locked; the versions of what else stands there.

    The statements decide, and ask the same of what is hidden as of what is not there: no lock is taken of it, which is written
    down, and no law is looked at here, so that the time of a refusal does not tell.
    """
    may = permit(task.actor, "write", task.door.clock())
    existing = await lock(conn, wanted, may)
    others = await standing(conn, unlocked, may) if (unlocked := [place for place in wanted if place not in existing]) else []
    if any(row["met"] for row in others):
        raise _Moved  # it has come to be theirs since
    return existing, {(row["type"], row["id"]): row["version"] for row in others if row["version"] is not None}


def _ready(task: _Task, before: Sequence[Settled], settled: Sequence[Settled]) -> list[Prepared]:
    """What was prepared before anything was locked, but for what has become another since."""
    if task.ready is None:
        return [_prepared(one.change, task.base) for one in settled]
    return [
        ready if now.change is then.change else _prepared(now.change, task.base)
        for ready, then, now in zip(task.ready, before, settled)
    ]


def _prepared(change: Change, base: str) -> Prepared:
    if change.resource is None:
        return deletion(change.type, change.id)
    return prepare(normalised(change.resource) if change.type == "Patient" else change.resource, change.id, base)


def _linked(
    settled: Sequence[Settled], answered: Mapping[int, Written], asked: Sequence[Change], resolved: Mapping[str, str]
) -> list[Settled]:
    """The changes with references to each other, and those that are searches, in place of what stood for them."""
    found = {**places(settled, answered, asked), **resolved}
    if not found:
        return list(settled)
    return [replace(one, change=_relinked(one.change, found)) for one in settled]


def _relinked(change: Change, found: Mapping[str, str]) -> Change:
    if (edit := change.edit) is not None:
        return replace(change, edit=lambda resource: relink(edit(resource), found))
    return replace(change, resource=relink(change.resource, found, change.full_url)) if change.resource else change


def _resolved(task: _Task, settled: Sequence[Settled], answered: Mapping[int, Written]) -> dict[str, str]:
    """Where the references that are searches lead. Raises Refusals, placed at each reference that leads nowhere."""
    where = {one.place: f"{one.change.type}/{one.change.id}" for one in settled if one.change.resource is not None}
    where |= {place: f"{one.type}/{one.id}" for place, one in answered.items() if one.outcome == "found"}
    found, wrong = looked_up(task.lookups, task.looked, task.changes, where)
    if not wrong:
        return found
    refusals = [
        (one.place, refuse(error.status, error.issues[0].code, error.issues[0].diagnostics, at))
        for one in settled
        if one.change.resource is not None
        for reference, at in conditional_references(one.change.resource, one.change.type)
        if (error := wrong.get(reference)) is not None
    ]
    raise Refusals(refusals or [(one.place, error) for one in settled if one.change.edit for error in wrong.values()])


def _refuse_twice(settled: Sequence[Settled]) -> None:
    if len(settled) < 2:
        return
    seen: set[tuple[str, str]] = set()
    twice: list[tuple[int, OutcomeError]] = []
    for one in settled:
        if (place := (one.change.type, one.change.id)) in seen:
            told = f"{one.change.type}/{one.change.id} stands twice: a transaction changes a resource once"
            twice.append((one.place, refuse(400, "invariant", told)))
        seen.add(place)
    if twice:
        raise Refusals(twice)


def _check_state(settled: Sequence[Settled], existing: Existing, taken: Taken, task: _Task) -> None:
    """Whether what stands there is what the client expects; what the actor may not write is not there."""
    refusals: list[tuple[int, OutcomeError]] = []
    for one in settled:
        place = one.change.type, one.change.id
        row = existing.get(place)
        version = row["version"] if row is not None else taken.get(place)
        if one.seen is not None and version != one.seen:
            raise _Moved
        try:
            if row is not None:
                _expect(one.change, row)
            elif place in taken or not _may_be_new(one.change, task):
                raise Missing(one.change, taken=place in taken)
        except OutcomeError as error:
            refusals.append((one.place, error))
    if refusals:
        raise Refusals(refusals)


def _may_be_new(change: Change, task: _Task) -> bool:
    if change.action == "update":
        return change.if_match is None and may_choose(task.door.client_ids, task.actor, change.type, change.id)
    return change.action == "create"


def _expect(change: Change, row: Record) -> None:
    reference = f"{change.type}/{change.id}"
    if change.if_none and not row["deleted"]:
        raise refuse(412, "conflict", f"{reference} is here already: If-None-Match says that it must not be")
    if change.if_match and row["version"] != change.if_match:
        told = f"{reference} has version {row['version']}, not version {change.if_match}: read it again and repeat your change"
        raise refuse(412, "conflict", told)
    if change.action == "patch" and row["deleted"]:
        raise refuse(410, "deleted", f"{reference} was deleted on {row['updated']:%Y-%m-%d}: there is nothing to patch")


def _answers(
    number: int, settled: Sequence[Settled], written: Sequence[Written], answered: Mapping[int, Written]
) -> list[Written]:
    """What became of each asked change; of a delete that found several, the first with their number."""
    found: dict[int, Written] = dict(answered)
    for one, result in zip(settled, written):
        standing = found.get(one.place)
        found[one.place] = replace(standing, number=standing.number + 1) if standing else result
    return [found[place] for place in range(number)]
