"""Innovation cases in the store: fixed statements. The gate says who may do what; who sees what stands in them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.innovation.roles import Viewer
from kedja.store.queries import sql

Row = Record


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases are asked for; what is '' or empty is not asked. `words` is what somebody types into a search."""

    words: str = ""
    machines: Sequence[str] = ()
    statuses: Sequence[str] = ()
    phase: str = ""
    org: str = ""
    giver: str = ""
    count: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `body` is JSON; `open`: all who see the case see it."""

    kind: str
    body: Mapping[str, Any]
    phase: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """What a case waits for: on one person (`actor`), on who holds `seat` at `org`, or on who has `role` there."""

    what: str
    about: str = ""
    org: str = ""
    role: str = ""
    seat: str = ""
    actor: str = ""
    name: str = ""
    due: datetime | None = None


def who(viewer: Viewer) -> tuple[str, str, list[str]]:
    """The three arguments of `innovation_level` beside the case."""
    return viewer.actor, viewer.org, sorted(viewer.roles)


async def find(conn: Connection, id: str, viewer: Viewer, *, lock: bool = False) -> Record | None:
    """The case with `level`, or None where this viewer sees nothing of it."""
    return await conn.fetchrow(sql("innovation_case_locked" if lock else "innovation_case"), id, *who(viewer))


async def search(conn: Connection, viewer: Viewer, asked: Asked) -> list[Record]:
    """Cases with `level` and `total`, the best first."""
    given = (list(asked.machines) or None, list(asked.statuses) or None, asked.phase, asked.org, asked.giver)
    return await conn.fetch(sql("innovation_cases"), *who(viewer), asked.words, *given, asked.count, asked.skip)


async def file(conn: Connection, case: Mapping[str, Any], at: datetime) -> None:
    """A new case. `case` has every column that innovation_file.sql names."""
    names = ("id", "machine", "openness", "confidential", "giver", "giver_name", "giver_org", "org", "org_name")
    names += ("unit", "unit_name", "title")
    await conn.execute(sql("innovation_file"), *(case[name] for name in names), json(case["problem"]), at)


async def change(conn: Connection, case: Mapping[str, Any], at: datetime) -> None:
    """What may be changed of a case that is locked. `problem` is JSON text or what becomes it."""
    names = ("id", "machine", "status", "phases", "zone", "openness", "confidential", "pilot", "pilot_name", "title")
    problem = case["problem"]
    text = problem if isinstance(problem, str) else json(problem)
    await conn.execute(sql("innovation_change"), *(case[name] for name in names), text, at)


async def record(conn: Connection, case: str, who: Sequence[str], event: Event, at: datetime) -> None:
    """`who`: actor, name, title, org, org_name."""
    await conn.execute(sql("innovation_event"), case, *who, event.kind, event.phase, json(event.body), event.open, at)


async def wait(conn: Connection, case: str, wait: Wait, at: datetime) -> None:
    given = (wait.what, wait.about, wait.org, wait.role, wait.seat, wait.actor, wait.name)
    await conn.execute(sql("innovation_wait"), case, *given, at, wait.due)


async def waited(conn: Connection, case: str, at: datetime, what: str = "", about: str = "") -> None:
    await conn.execute(sql("innovation_waited"), case, what, about, at)


async def log(
    conn: Connection, actor: int, action: str, rules: Sequence[str], resources: Sequence[str], request: str, detail: str
) -> None:
    """The row of the access log, in the transaction of what it tells of."""
    await conn.execute(sql("innovation_logged"), actor, action, list(rules), list(resources), request, detail)


def json(value: Any) -> str:
    return exactjson.dumps(value).decode()


async def join(conn: Connection, case: str, org: str, actor: Actor, role: str, at: datetime) -> None:
    """Somebody takes part by themselves: their organisation with them, where they have one."""
    await conn.execute(sql("innovation_join"), case, "" if org else actor.id, org, actor.name, role, at)
