"""Broad introduction: readiness gates, the plan of each unit, region and municipality, and packages that the next can copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.gate.innovation_cases import file
from kedja.gate.innovation_payment import may_pass
from kedja.innovation.case import Case
from kedja.innovation.readiness import items
from kedja.outcome import refuse
from kedja.store.innovation import Event, json, who
from kedja.store.keys import new_id
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Plan:
    """Who introduces it (`org`, or a unit by a name of its own), who answers for it there, when, and how far it is."""

    org: str
    name: str
    owner: str
    starts: date | None
    done_by: date | None
    step: str
    adapted: str


@dataclass(frozen=True, slots=True)
class Spread:
    """`ready` is by gate; `package` is the newest, {} where there is none, and `version` its number."""

    ready: Mapping[str, Record]
    plans: Sequence[Record]
    package: Mapping[str, str]
    version: int
    orgs: Sequence[Record]
    paid: bool  # it is decided who pays: the gate of payment may be passed
    may_lead: bool
    may_plan: bool


async def spread(door: Door, actor: Actor, id: str, request: str) -> tuple[Case, Spread]:
    """A case and how it is introduced."""
    async with passing(door, actor, "read", request) as passage:
        case = await passage.case(id)
        ready = await passage.conn.fetch(sql("innovation_readiness"), id)
        package = await passage.conn.fetchrow(sql("innovation_package"), id)
        return case, Spread(
            {row["gate"]: row for row in ready},
            await passage.conn.fetch(sql("innovation_plans"), id),
            exactjson.loads(package["body"].encode()) if package else {},
            package["version"] if package else 0,
            await passage.conn.fetch(sql("innovation_orgs")),
            await may_pass(passage, id),
            await passage.may("settle", case),
            await passage.may("follow", case),
        )


async def ready(door: Door, actor: Actor, id: str, gate: str, passed: bool, note: str, request: str) -> None:
    """Pass a readiness gate, with a line that says how; or take that back."""
    item = next((item for item in items("gates") if item.id == gate), None)
    if item is None:
        raise refuse(422, "value", "there is no such readiness gate")
    if passed and not note:
        raise refuse(422, "required", "write in a line how it is met")
    async with passing(door, actor, "update", request) as passage:
        await passage.must("settle", await passage.case(id, lock=True))
        if passed and item.decided and not await may_pass(passage, id):
            raise refuse(409, "conflict", "it is to be decided first who pays: describe it at Payment, and whoever decides does")
        await passage.conn.execute(sql("innovation_readied"), id, gate, passed, note, actor.name, passage.now)
        await passage.record(id, Event("readiness", {"gate": gate, "passed": passed, "text": note}))


async def plan(door: Door, actor: Actor, id: str, given: Plan, request: str) -> None:
    """The plan of one unit, municipality or region, or how far it has come."""
    if given.step not in {item.id for item in items("steps")}:
        raise refuse(422, "value", "choose how far it is")
    if given.starts and given.done_by and given.done_by < given.starts:
        raise refuse(422, "value", "it cannot be done before it begins")
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        row = (given.org, given.name, given.owner, given.starts, given.done_by, given.step, given.adapted)
        await passage.conn.execute(sql("innovation_plan"), id, *row, passage.now)
        await passage.record(id, Event("plan", {"name": given.name, "step": given.step, "text": given.adapted}))


async def pack(door: Door, actor: Actor, id: str, body: Mapping[str, str], request: str) -> int:
    """Write the package that the next unit can copy; its version."""
    known = {item.id for item in items("package")}
    if not body or not known.issuperset(body):
        raise refuse(422, "value", "write at least one part of the package")
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        row = (json(dict(body)), actor.id, actor.name, passage.now)
        version = int(await passage.conn.fetchval(sql("innovation_packed"), id, *row) or 0)
        await passage.record(id, Event("package", {"version": version}))
        return version


async def copy(door: Door, actor: Actor, id: str, title: str, request: str) -> str:
    """Begin an introduction of one's own from another's package: a new case of the same kind, linked; its id. Raises 409 where
    there is no package.
    """
    case, found = await spread(door, actor, id, request)
    at = actor.assignment
    if not found.version:
        raise refuse(409, "conflict", "this case has no package to copy yet")
    if at is None:
        raise refuse(403, "forbidden", "a package is copied for an organisation: sign in with an assignment there")
    given = {
        "org": at.provider,
        "org_name": at.provider_name,
        "unit": at.unit,
        "unit_name": at.unit_name,
        "machine": case.machine.id if case.machine else "",
        "title": title,
        "problem": {**case.problem, "title": title},
        "confidential": "",
    }
    new = await file(door, actor, given, new_id())
    async with passing(door, actor, "update", request) as passage:
        passage.by("file")
        passage.saw(new)
        await passage.conn.execute(sql("innovation_link"), new, "copy-of", id, "", passage.now)
        await passage.conn.fetchval(sql("innovation_packed"), new, json(found.package), actor.id, actor.name, passage.now)
        await passage.record(new, Event("linked", {"kind": "copy-of", "number": case.number, "text": ""}))
    return new


async def everywhere(door: Door, actor: Actor, request: str) -> tuple[Sequence[Record], Sequence[Record]]:
    """(every plan of the cases that this actor sees, every organisation): what is introduced where."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        plans = await passage.conn.fetch(sql("innovation_spread"), *who(passage.viewer))
        passage.saw(*sorted({row["case_id"] for row in plans}))
        return plans, await passage.conn.fetch(sql("innovation_orgs"))
