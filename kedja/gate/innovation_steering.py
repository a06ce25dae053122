"""Steering behind the door: the portfolio and how its cases are weighed, the action plan, measures of units and regions.

All of it counts only what the one who asks may see: a number tells of no case that is not for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.discharge.case import ZONE
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.gate.innovation_catalogue import SEE, Entry, entry_of, who
from kedja.innovation.attainment import Activity, Goal, activity, goal
from kedja.innovation.case import Case
from kedja.innovation.payment import flows, place
from kedja.innovation.priority import Item
from kedja.innovation.roles import Role
from kedja.innovation.words import table
from kedja.outcome import refuse
from kedja.store import innovation as cases
from kedja.store import innovation_entries as store
from kedja.store.innovation_entries import Asked
from kedja.store.queries import sql

WEIGH: Final = "IC-5"
WEIGHERS: Final = (Role.PILOT, Role.DECIDER, Role.ANALYST)
_MOST: Final = 1000  # goals and activities


@dataclass(frozen=True, slots=True)
class Weighed:
    """A case with its weighings, the newest first, and whether this actor weighs it."""

    case: Case
    weights: Sequence[Record]
    may: bool


@dataclass(frozen=True, slots=True)
class Year:
    """Measures of one year by organisation: of cases and of entries."""

    year: int
    cases: Mapping[str, Mapping[str, Any]]
    entries: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]


async def portfolio(door: Door, actor: Actor, *, closed: bool, request: str) -> list[Item]:
    """The cases that this actor sees, as they are weighed; `closed`: those too."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        rows = await passage.conn.fetch(sql("innovation_portfolio"), *cases.who(passage.viewer), closed)
        passage.saw(*(row["id"] for row in rows))
        return [_item(row, passage.now) for row in rows]


async def weighed(door: Door, actor: Actor, id: str, request: str) -> Weighed:
    """How a case is weighed. Raises 404."""
    async with passing(door, actor, "read", request) as passage:
        case = await passage.case(id)
        return Weighed(case, await passage.conn.fetch(sql("innovation_weights"), id), _weighs(passage, case))


async def weigh(door: Door, actor: Actor, id: str, given: Mapping[str, Any], request: str) -> None:
    """Weigh a case anew: its organisation's pilots, deciders and analysts. Raises 403 and 404."""
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id, lock=True)
        passage.rules.append(WEIGH)
        if not _weighs(passage, case):
            raise refuse(403, "forbidden", f"a case is weighed by who leads the portfolio where it belongs ({WEIGH})")
        sums = (given[name] for name in ("cost", "yearly", "saves", "reach", "place", "reason"))
        scores = exactjson.dumps(given["scores"]).decode()
        whose = (actor.id, actor.name, passage.now)
        await passage.conn.execute(sql("innovation_weigh"), id, given["areas"], given["segments"], scores, *sums, *whose)


async def plan(door: Door, actor: Actor, request: str) -> tuple[list[Goal], list[Activity]]:
    """(every goal with its attainment and activities, the activities that contribute to no goal here)."""
    async with passing(door, actor, "search", request) as passage:
        passage.rules.append(SEE)
        return await goals_of(passage)


async def goals_of(passage: Passage) -> tuple[list[Goal], list[Activity]]:
    today = passage.now.astimezone(ZONE).date()
    found = [entry_of(row) for row in await store.search(passage.conn, who(passage), _all("goal", "activity"), today)]
    own = [activity(one.called, one.row["state"], one.values, today) for one in found if one.kind.id == "activity"]
    goals = [goal(one.called, one.row["state"], one.values, own) for one in _of("goal", found)]
    known = {one.called for one in goals}
    return goals, [one for one in own if not known & set(one.goals)]


async def measures(door: Door, actor: Actor, years: Sequence[int], request: str) -> list[Year]:
    """What happened in each of these years, by organisation."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        return [await _year(passage, year) for year in years]


async def published_in(door: Door, actor: Actor, year: int, kinds: Sequence[str], request: str) -> list[Entry]:
    """The entries of these kinds whose newest version is of this year, for the yearly report."""
    start, end = bounds(year)
    async with passing(door, actor, "search", request) as passage:
        passage.rules.append(SEE)
        rows = await store.search(passage.conn, who(passage), _all(*kinds), passage.now.date())
        return [entry_of(row) for row in rows if start <= row["at"] < end and row["open"]]


def bounds(year: int) -> tuple[datetime, datetime]:
    """[from, until) of a year in Sweden."""
    return datetime(year, 1, 1, tzinfo=ZONE), datetime(year + 1, 1, 1, tzinfo=ZONE)


async def _year(passage: Passage, year: int) -> Year:
    start, end = bounds(year)
    soon: int = table("times.toml")["gate"]
    given = await passage.conn.fetch(sql("innovation_case_measures"), *cases.who(passage.viewer), start, end, soon)
    found = await passage.conn.fetch(sql("innovation_entry_measures"), *who(passage), start, end)
    names = {row["org"]: row["org_name"] for row in (*found, *given)}
    return Year(year, {row["org"]: dict(row) for row in given}, {row["org"]: dict(row) for row in found}, names)


def _weighs(passage: Passage, case: Case) -> bool:
    return case.whole and bool(passage.viewer.org) and passage.viewer.org == case.org and passage.viewer.has(*WEIGHERS)


def _all(*kinds: str) -> Asked:
    return Asked(list(kinds), order="number", count=_MOST)


def _of(kind: str, found: Sequence[Entry]) -> list[Entry]:
    return [one for one in found if one.kind.id == kind]


def _item(row: Record, now: datetime) -> Item:
    """What only who sees the whole case may know, its weighing and on what it waits, is left out for others."""
    whole = row["level"] == 2
    known: dict[str, Any] = {name: row[name] for name in ("id", "number", "title", "org_name", "machine", "status", "zone")}
    known |= {"phases": tuple(row["phases"]), "whole": whole}
    if not whole:
        return Item(**known)
    told = None if row["flows"] is None else flows(exactjson.loads(row["flows"].encode()))
    known["payment"] = place(told, row["decided"] or "")
    known["waits"] = (now - row["since"]) // timedelta(days=1) if row["since"] else 0
    if row["place"] is None:
        return Item(**known)
    known |= {name: row[name] for name in ("cost", "yearly", "saves", "reach", "place")}
    known |= {name: tuple(row[name]) for name in ("areas", "segments")}
    return Item(**known, scores=exactjson.loads(row["scores"].encode()))
