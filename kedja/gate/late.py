"""The clock of lag 2017:612: a unit whose duty about a stay is late has a Task about it in its own record, until it is done."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from typing import Any, Final

import asyncpg

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.custody import Custody, Regime
from kedja.access.instants import text_of
from kedja.discharge.deadlines import Deadline, State, deadlines
from kedja.discharge.messages import MESSAGE_SYSTEM
from kedja.discharge.reading import case_of
from kedja.discharge.sending import own_party
from kedja.gate.deciding import custody_of_row
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.repeated import repeated
from kedja.gate.stays import CODES, MESSAGES, STANDING, Stay, gathered
from kedja.search.hashing import token_hash
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, Version, apply, lock

log = logging.getLogger(__name__)
CLOCK: Final = Actor("discharge-clock", Kind.SYSTEM, name="The clock of discharge from inpatient care")
LATE: Final = "late"
"""The code in `MESSAGE_SYSTEM` of a Task about a duty that is late."""
_EVERY: Final = 300.0  # seconds between looks

Row = asyncpg.Record
Resource = dict[str, Any]
Duty = tuple[str, Stay, Deadline]  # the id of its Task


@dataclass(frozen=True, slots=True)
class Told:
    """How many units' duties were told to be late, and how many of those that were told are done now."""

    late: int
    done: int


@asynccontextmanager
async def watching(door: Door) -> AsyncIterator[None]:
    """While open, what is late is told within minutes, by whichever process is first."""
    async with repeated(lambda: tell(door), _EVERY, "the clock of discharge"):
        yield


async def tell(door: Door) -> Told:
    """Tell each unit what it is late with, and close what is done since. Done again it tells nothing twice."""
    now = door.clock()
    waiting = [token_hash("Task", "code", f"{MESSAGE_SYSTEM}|{LATE}"), token_hash("Task", "status", "requested")]
    rows = await door.store.pool.fetch(sql("stays_due"), list(STANDING), list(CODES), waiting, now - MESSAGES)
    told = Told(0, 0)
    for (provider, unit), group in groupby(rows, key=lambda row: (row["provider"], row["unit"])):
        here = list(group)
        tasks = {row["id"]: row for row in here if row["type"] == "Task"}
        duties = list(_duties(here, provider, unit))
        late = [each for each in duties if each[2].state(now) is State.LATE and each[0] not in tasks]
        done = [tasks[id] for id, _, duty in duties if id in tasks and duty.done is not None]
        if late or done:
            made = await _store(door, (provider, unit), late, done, now)
            told = Told(told.late + made.late, told.done + made.done)
    return told


def _duties(rows: Sequence[Row], provider: str, unit: str) -> Iterator[Duty]:
    for stay in gathered([row for row in rows if row["type"] != "Task"]):
        case = case_of(stay.encounter, stay.messages)
        own = own_party(stay.messages, provider, unit, keeps=stay.encounter is not None)
        for duty in deadlines(case) if case is not None else ():
            if duty.by in own:
                yield _id_of(unit, stay, duty), stay, duty


def _id_of(unit: str, stay: Stay, duty: Deadline) -> str:
    """One Task for each duty, also of a later notice: its beginning is a part of the id."""
    told = f"{stay.id} {duty.step} {duty.by} {duty.to} {duty.since.isoformat()}"
    return f"{unit}.{blake2b(told.encode(), digest_size=12).hexdigest()}"


async def _store(door: Door, where: tuple[str, str], late: Sequence[Duty], done: Sequence[Row], now: datetime) -> Told:
    provider, unit = where
    async with transaction(door.store) as conn:
        standing = await lock(conn, [("Task", id) for id, _, _ in late] + [("Task", row["id"]) for row in done])
        versions: list[Version] = []
        for id, stay, duty in late:
            if ("Task", id) not in standing:
                regime = Regime.SOCIAL if duty.by == "social" else Regime.HEALTH
                custody = Custody(regime, stay.person, provider, unit, start=now, end=now)
                versions.append(version_of(prepare(_task(stay, duty, now), id), custody, None, now))
        told = len(versions)
        for row in done:
            before = standing.get(("Task", row["id"]))
            if before is not None and before["version"] == row["version"]:
                task = exactjson.loads(row["body"].encode()) | {"status": "completed", "lastModified": text_of(now)}
                versions.append(version_of(prepare(task, row["id"]), custody_of_row(row), before, now))
        lines = [LogLine(one.person, "create", [], [f"Task/{one.id}/_history/{one.version}"], "follows") for one in versions]
        if versions:
            await apply(conn, versions, await key_of(door.store, CLOCK), new_id(), lines)
    return Told(told, len(versions) - told)


def _task(stay: Stay, duty: Deadline, now: datetime) -> Resource:
    coding = [{"system": MESSAGE_SYSTEM, "code": LATE}, {"system": MESSAGE_SYSTEM, "code": duty.step.value}]
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {"coding": coding, "text": f"Försenat: {duty.step.value} ({duty.cite})"},
        "for": {"reference": stay.subject["reference"]},
        "encounter": {"reference": f"Encounter/{stay.id}"},
        "authoredOn": text_of(now),
        "restriction": {"period": {"end": text_of(duty.due or now)}},
    }
