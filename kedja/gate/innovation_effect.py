"""The effect of innovations: baselines, measures, follow-ups that are asked for by themselves, signals of negative evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.innovation.case import Case
from kedja.innovation.effect import thing
from kedja.innovation.roles import Role
from kedja.outcome import refuse
from kedja.store.innovation import Event, Wait
from kedja.store.keys import new_id
from kedja.store.queries import sql

_ASKING: Final = Actor("innovation-follow-up", Kind.SYSTEM, name="Automatic follow-up of innovations")
MONTHS: Final = (6, 12, 24)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a case is measured by. `direction`: `lower` or `higher` is better; `source`: how and where it is measured."""

    name: str
    unit: str
    direction: str
    baseline: Decimal | None
    baseline_day: date | None
    source: str
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """A follow-up. `measure` is its id, `months` after the pilot began (6, 12, 24; 0 for one that nobody asked for)."""

    measure: int
    months: int
    value: Decimal
    day: date
    lessons: str
    unwanted: str


@dataclass(frozen=True, slots=True)
class Effect:
    """`measures` have `results`: each a dict with months, value, day, lessons, unwanted and name."""

    measures: Sequence[dict[str, Any]]
    things: Sequence[Record]
    signals: Sequence[Record]


async def effect(door: Door, actor: Actor, id: str, request: str) -> tuple[Case, Effect, bool]:
    """(the case, what is known of its effect, whether this actor may add to it)."""
    async with passing(door, actor, "read", request) as passage:
        case = await passage.case(id)
        rows = await passage.conn.fetch(sql("innovation_measures"), id)
        measures = [{**row, "results": exactjson.loads(row["results"].encode())} for row in rows]
        found = Effect(
            measures,
            await passage.conn.fetch(sql("innovation_things"), id),
            await passage.conn.fetch(sql("innovation_signals"), id),
        )
        return case, found, await passage.may("follow", case)


async def measure(door: Door, actor: Actor, id: str, given: Measure, request: str) -> None:
    """Name a measure, with its baseline where it is known. Raises 409 for a baseline that results stand on."""
    if given.direction not in ("lower", "higher"):
        raise refuse(422, "value", "say which way is better")
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        row = (given.name, given.unit, given.direction, given.baseline, given.baseline_day, given.source, given.target)
        if await passage.conn.fetchval(sql("innovation_measure"), id, *row, passage.now) is None:
            raise refuse(409, "conflict", "this measure has results: a baseline is not changed afterwards; name another measure")
        told = {"name": given.name, "baseline": None if given.baseline is None else str(given.baseline), "unit": given.unit}
        await passage.record(id, Event("measure", told))


async def result(door: Door, actor: Actor, id: str, given: Result, request: str) -> int:
    """A follow-up; how many other cases were told of its unwanted effects, because they use the same thing.

    What is confidential is not told by itself: `signal` does, in words for others.
    """
    if given.months not in (0, *MONTHS):
        raise refuse(422, "value", "a follow-up is of 6, 12 or 24 months, or of 0 in between")
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("follow", case)
        row = (given.months, given.value, given.day, given.lessons, given.unwanted, actor.id, actor.name, passage.now)
        if await passage.conn.fetchval(sql("innovation_result"), id, given.measure, *row) is None:
            raise refuse(404, "not-found", "this case has no such measure")
        await passage.waited(id, "follow-up", f"{given.months}:{given.measure}")
        told = {"measure": given.measure, "months": given.months, "value": str(given.value), "text": given.lessons}
        await passage.record(id, Event("result", told | {"unwanted": given.unwanted}))
        if not given.unwanted or case.confidential:
            return 0
        names = await passage.conn.fetch(sql("innovation_things"), id)
        return sum([await _reach(passage, case, row["name"], given.unwanted) for row in names])


async def uses(door: Door, actor: Actor, id: str, name: str, version: str, request: str) -> None:
    """Name a product, an app or a method that the case uses or makes."""
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        await passage.conn.execute(sql("innovation_thing"), id, thing(name), name, version)
        await passage.record(id, Event("thing", {"name": name, "version": version}))


async def signal(door: Door, actor: Actor, id: str, name: str, text: str, request: str) -> int:
    """Tell all who use the same thing that it does harm or does not work; how many cases were told."""
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        await passage.must("follow", case)
        return await _reach(passage, case, name, text)


async def answered(door: Door, actor: Actor, id: str, signal: int, text: str, request: str) -> None:
    """What was done about a signal that reached the case."""
    async with passing(door, actor, "update", request) as passage:
        await passage.must("follow", await passage.case(id, lock=True))
        await passage.waited(id, "signal", str(signal))
        await passage.record(id, Event("signal-answer", {"signal": signal, "text": text}))


async def _reach(passage: Passage, case: Case, name: str, text: str) -> int:
    who = passage.who[4] or passage.actor.name
    given = (thing(name), name, case.id, text, passage.actor.id, who, passage.now)
    number = await passage.conn.fetchval(sql("innovation_signal"), *given)
    await passage.record(case.id, Event("signal-sent", {"name": name, "text": text}))
    reached = await passage.conn.fetch(sql("innovation_users"), case.id, thing(name))
    for row in reached:
        await passage.record(row["id"], Event("signal", {"name": name, "text": text, "signal": number}, open=True))
        role = "" if row["pilot"] else Role.PILOT
        on = {"org": row["org"], "role": role, "actor": row["pilot"], "name": row["pilot_name"]}
        await passage.wait(row["id"], Wait("signal", str(number), due=passage.due("answer"), **on))
    return len(reached)


async def ask_follow_ups(door: Door) -> int:
    """Ask for every follow-up whose time has come, of the case's pilot; how many. Done again it asks nothing twice."""
    async with passing(door, _ASKING, "update", new_id()) as passage:
        due = await passage.conn.fetch(sql("innovation_follow_ups"), passage.now)
        for row in due:
            role = "" if row["pilot"] else Role.PILOT
            on = {"org": row["org"], "role": role, "actor": row["pilot"], "name": row["pilot_name"]}
            about = f"{row['months']}:{row['measure']}"
            await passage.wait(row["id"], Wait("follow-up", about, due=passage.due("follow-up"), **on))
            await passage.record(row["id"], Event("asked", {"months": row["months"], "measure": row["measure"]}))
        passage.saw(*sorted({row["id"] for row in due}))
        return len(due)
