"""All that is held about one person, as far as the law permits, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.search.condition import Condition
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

Place = tuple[bool, int]  # whether the Patients have been given, and the key of the last entry


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the record: `types` None for every type; stored again since; care documented within [start, end)."""

    types: tuple[str, ...] | None = None
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    type: str
    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Page:
    """`entries` in order; `last` is where the next page goes on, None where there is no more."""

    entries: Sequence[Kept]
    last: Place | None


async def person_of_patient(door: Door, actor: Actor, patient: str, request: str) -> int:
    """Whose Patient this is. The look is a read of the Patient. Raises 404 where it is not there or may not be seen."""
    row = await door.read(actor, "Patient", patient, request)
    if not row.person:
        raise refuse(409, "business-rule", f"Patient/{patient} is of no person: give it an identifier of its person first")
    return row.person


async def everything(
    door: Door, actor: Actor, person: int, wanted: Wanted, count: int, after: Place | None, request: str, detail: str
) -> Page:
    """The person's resources, Patients first, then those stored last; each page a statement with its log row inside."""
    args: list[object] = [person, await key_of(door.store, actor), request, count, wanted.types, wanted.since]
    args += [wanted.start, wanted.end, *(after or (None, None)), detail]
    now = door.clock()
    rows = await door.store.pool.fetch(_lawful("everything", shield.named(actor, now), args), *args)
    page = shield.rows_shown(actor, rows[:count], request, now)
    last = (page[-1]["rest"], page[-1]["key"]) if len(rows) > count and page else None
    return Page([Kept(row["type"], row["id"], row["body"]) for row in page], last)


async def directory(door: Door, actor: Actor, places: Sequence[tuple[str, str]], request: str, detail: str) -> list[Kept]:
    """These entries of the directory, (type, id) each, that are there and may be seen."""
    if not places:
        return []
    types, ids = zip(*places)
    args: list[object] = [list(types), list(ids), await key_of(door.store, actor), request, detail]
    rows = await door.store.pool.fetch(_lawful("directory", permit(actor, "read", door.clock()), args), *args)
    return [Kept(*row) for row in rows]


def _lawful(name: str, condition: Condition, args: list[object]) -> str:
    return sql(name).replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
