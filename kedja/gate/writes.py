"""Writes through the gate: lock, decide by the law, store and log, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Connection, DeadlockDetectedError, Record, SerializationError, UniqueViolationError

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import establish
from kedja.access.evaluate import evaluate, permitting_rule
from kedja.access.facts import facts_of
from kedja.definitions import TYPES as DEFINING
from kedja.gate.changes import Change, Written
from kedja.gate.custodian import custody_for
from kedja.gate.definitions import refresh
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import Prepared, body_of, deletion, prepare, version_of
from kedja.gate.subjects import persons_of
from kedja.identity import normalised
from kedja.outcome import OutcomeError, refuse
from kedja.search.condition import Condition
from kedja.store.pool import connection, transaction
from kedja.store.write import LogLine, Version, apply, lock

_TRIES = 6


class Denied(OutcomeError):
    """A write that the law does not permit; `person` is whose log it belongs to."""

    def __init__(self, person: int, reference: str) -> None:
        super().__init__(403, *refuse(403, "forbidden", _FORBIDDEN.format(reference)).issues)
        self.person = person
        self.reference = reference


_FORBIDDEN = (
    "you may not write {}: staff write in their own unit's record, a person in their own account and control (PDL 3 kap. 1-3 §§)"
)


async def write(door: Door, actor: Actor, changes: Sequence[Change], request: str, base: str = "") -> list[Written]:
    """All of these or none; `base` is our own address, so that references written with it are ours.

    Raises OutcomeError: 403 by law, 404/410/412 by state, 409 when it lost too many races."""
    prepared = [_prepare(change, base) for change in changes]
    key = await key_of(door.store, actor)
    for _ in range(_TRIES):
        try:
            async with (connection if _one_statement(changes) else transaction)(door.store) as conn:
                written = await _attempt(conn, door, actor, changes, prepared, key, request, base)
            if any(change.type in DEFINING for change in changes):
                await refresh(door)
            return written
        except (UniqueViolationError, DeadlockDetectedError, SerializationError):
            continue
        except Denied as refusal:
            await door.denied(actor, refusal.person, "write", [], [refusal.reference], request, "")
            raise
    raise refuse(409, "conflict", "others keep writing the same resources: read them again and repeat your request")


def _one_statement(changes: Sequence[Change]) -> bool:
    """Whether all is stored by a single statement, which is a transaction by itself: nothing is locked, no person is
    made, and nobody need be told of a definition."""
    return all(change.fresh and change.type != "Patient" and change.type not in DEFINING for change in changes)


def _prepare(change: Change, base: str) -> Prepared:
    if change.resource is None:
        return deletion(change.type, change.id)
    return prepare(normalised(change.resource) if change.type == "Patient" else change.resource, change.id, base)


async def _attempt(
    conn: Connection,
    door: Door,
    actor: Actor,
    changes: Sequence[Change],
    prepared: Sequence[Prepared],
    key: int,
    request: str,
    base: str,
) -> list[Written]:
    existing = await lock(conn, [(change.type, change.id) for change in changes if not change.fresh])
    people = [_told(person) for person in await persons_of(conn, changes, existing, "", base)]
    now = door.clock()
    may = permit(actor, "write", now)
    versions: list[Version] = []
    written: list[Written] = []
    lines: dict[tuple[int, str], LogLine] = {}
    for change, ready, person in zip(changes, prepared, people):
        row = existing.get((change.type, change.id))
        _check_version(change, row)
        custody, rule = _decide(change, row, person, actor, may, now)
        result = _next(ready, custody, row, now, versions)
        written.append(result)
        _note(lines, custody.person, result, rule)
    await apply(conn, versions, key, request, list(lines.values()))
    return written


def _told(person: int | OutcomeError) -> int:
    if isinstance(person, OutcomeError):
        raise person
    return person


def _check_version(change: Change, row: Record | None) -> None:
    reference = f"{change.type}/{change.id}"
    if change.if_match is not None and (row is None or row["version"] != change.if_match):
        have = f"version {row['version']}" if row else "nothing"
        raise refuse(
            412, "conflict", f"{reference} has {have}, not version {change.if_match}: read it again and repeat your change"
        )
    if change.resource is None and row is None:
        raise refuse(404, "not-found", f"{reference} is not here, or you may not see it")


def _decide(change: Change, row: Record | None, person: int, actor: Actor, may: Condition, now: datetime) -> tuple[Custody, str]:
    reference = f"{change.type}/{change.id}"
    standing = custody_of_row(row) if row is not None else None
    if standing is not None:
        if not evaluate(may, standing, (), change.type, change.id):
            raise Denied(standing.person, reference)
        if change.resource is None:
            return standing, permitting_rule(may, standing, (), change.type, change.id) or ""
        if standing.person and person != standing.person:
            raise refuse(
                422, "business-rule", f"{reference} is about another person: delete it there and create it here", change.type
            )
    custody = custody_for(actor, change.resource or {"resourceType": change.type}, person)
    rule = permitting_rule(may, custody, (), change.type, change.id)
    if rule is None or not _may_establish(change, custody, actor, now):
        raise Denied(person, reference)
    return custody, rule


def _may_establish(change: Change, custody: Custody, actor: Actor, now: datetime) -> bool:
    """Whether the actor may bring about what this Consent states."""
    facts = facts_of(change.resource or {}, custody)
    return all(establish(actor, fact, now).permitted for fact in facts)


def custody_of_row(row: Record) -> Custody:
    return Custody(
        Regime(row["regime"]),
        row["person"],
        row["provider"],
        row["unit"],
        row["doc_start"],
        row["doc_end"],
        Label(row["labels"]),
        row["source"],
    )


def _next(ready: Prepared, custody: Custody, row: Record | None, now: datetime, versions: list[Version]) -> Written:
    if row is not None and row["deleted"] == (ready.resource is None) and row["content_hash"] == ready.content_hash:
        body = body_of(ready.resource, row["version"], row["updated"]) if ready.resource is not None else ""
        return Written(ready.type, ready.id, row["version"], row["updated"], "unchanged", body)
    version = version_of(ready, custody, row, now)
    versions.append(version)
    outcome = "deleted" if version.deleted else "created" if row is None or row["deleted"] else "updated"
    return Written(ready.type, ready.id, version.version, now, outcome, version.body)


def _note(lines: dict[tuple[int, str], LogLine], person: int, written: Written, rule: str) -> None:
    action = {"created": "create", "updated": "update", "unchanged": "update", "deleted": "delete"}[written.outcome]
    line = lines.setdefault((person, action), LogLine(person, action))
    if rule and rule not in line.rules:
        line.rules.append(rule)
    line.resources.append(f"{written.type}/{written.id}/_history/{written.version}")
