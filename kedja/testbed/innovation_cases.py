"""The demo's innovation cases: each walked through its gates, at the times when it happened, as those who did it.

`data/innovation/orgs.toml` says who takes part, `data/innovation/cases/*.toml` what each case came to. Begun again after a stop
it goes on where it was.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.gate.innovation_effect import Measure, Result, ask_follow_ups, effect, measure, result, uses
from kedja.gate.innovation_seats import Org, found
from kedja.gate.innovation_spread import Plan, pack, plan, ready, spread
from kedja.gate.innovation_work import Decision, decide, link, open_up, settle
from kedja.innovation.deciders import Holder
from kedja.innovation.effect import thing
from kedja.innovation.intake import fields
from kedja.innovation.machine import Machine, Move, Outcome, Status, machines
from kedja.innovation.readiness import items
from kedja.outcome import OutcomeError
from kedja.testbed.innovation_payment import follow, pay, payments, seed_models
from kedja.testbed.innovation_weights import weigh_once, weights
from kedja.testbed.region import load_region, load_table

Row = Mapping[str, Any]
_INSTALLER: Final = Actor("demo-region", Kind.SYSTEM, name="Demo region")
_AUTHORITY: Final = "Dnr 5.8-2026-00123 (påhittat)"


@dataclass
class _World:
    """Who there is, and when it is."""

    door: Door
    now: datetime
    orgs: Mapping[str, Row]
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def at(self, days_ago: float) -> Door:
        """The door as it was so many days ago."""
        then = self.now - timedelta(days=days_ago)
        return replace(self.door, clock=lambda: then)

    def worker(self, org: str, id: str, name: str, *rights: str, kind: Kind = Kind.PROFESSIONAL) -> Actor:
        given = tuple(f"Innovation;{right};VG" for right in rights)
        place = Assignment(
            f"{org}-{id}", Purpose.INNOVATION, org, "", given, self.orgs[org]["name"] if org in self.orgs else "", ""
        )
        return Actor(id, kind, name=name, hsa_id=f"{org}-{id}", assignment=place)

    def pilot(self, org: str) -> Actor:
        return self.worker(org, *self.orgs[org]["pilot"], "lots")

    def giver(self, row: Row) -> Actor:
        """Who gave it: a login of the demo, or somebody who is only named."""
        by = row["by"]
        if not by.startswith("demo:"):
            return self.worker(row["org"], f"demo-giver:{row['key']}", by)
        login = next(each for each in load_table("logins.toml")["staff"] if each["id"] == by.removeprefix("demo:"))
        staff = load_region().staff.get(login.get("staff", ""))
        name = staff.name if staff else login["name"]
        if "org" in login:
            right = login["rights"][0].split(";")[1]
            return self.worker(login["org"], by, name, right, kind=Kind.PARTNER)
        return self.worker(row["org"], by, name)


async def fill(door: Door) -> int:
    """Load organisations, seats and cases; how many cases there are."""
    orgs = {row["org"]: row for row in _table("orgs.toml")["orgs"]}
    await found(door, _INSTALLER, [_org(row) for row in orgs.values()], {org: _seats(row) for org, row in orgs.items()})
    await seed_models(door)
    world = _World(door, door.clock(), orgs)
    rows = sorted(_cases(), key=lambda row: -row["age"])
    for row in rows:
        await _begin(world, row)
    for row in rows:
        await _link(world, row)
    for row in rows:
        await _walk(world, row)
    known = {row["key"]: row for row in rows}
    for key in payments():
        await _pay(world, known[key], 8)
        await follow(world.at(2), world.pilot(known[key]["org"]), key, _id(known[key]))
    for key, given in weights():
        row = known[key]
        await weigh_once(world.at(min(12, row["age"] / 4)), world.pilot(row["org"]), _id(row), given)
    await ask_follow_ups(door)
    return len(rows)


def _table(name: str) -> Row:
    return tomllib.loads(files("kedja.testbed").joinpath("data", "innovation", name).read_text(encoding="utf-8"))


def _cases() -> Iterator[Row]:
    folder = files("kedja.testbed").joinpath("data", "innovation", "cases")
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml")):
        yield from _table(f"cases/{name}")["cases"]


def _org(row: Row) -> Org:
    tile = (row["x"], row["y"]) if "x" in row else None
    return Org(row["org"], row["name"], row["kind"], row.get("part_of", ""), tile, row.get("model", ""))


def _seats(row: Row) -> list[Holder]:
    return [Holder(seat, *who) for seat, who in row.get("seats", {}).items()]


def _id(row: Row) -> str:
    return f"demo-{row['key']}"


async def _begin(world: _World, row: Row) -> None:
    """Filed, and, unless it is still in the queue, settled."""
    org = world.orgs[row["org"]]
    secret = "secret" if row.get("open") == "secret" else ""
    answers = {each.id: row[each.id] for each in fields() if each.id in row}
    given = {"org": row["org"], "org_name": org["name"], "unit": "", "unit_name": "", "machine": "", "confidential": secret}
    pilot = world.pilot(row["org"])
    try:
        sheet = await cases.case(world.door, pilot, _id(row), new_id())
    except OutcomeError:
        filed = world.at(row["age"])
        await cases.file(filed, world.giver(row), {**given, "title": row["title"], "problem": answers}, new_id(), _id(row))
        sheet = await cases.case(world.door, pilot, _id(row), new_id())
    world.numbers[row["key"]] = sheet.case.number
    if row["at"] != "filed" and sheet.case.state.status is Status.FILED:
        await settle(
            world.at(row["age"] - min(5, row["age"] / 3)), pilot, _id(row), row["machine"], row.get("zone", ""), "", new_id()
        )


async def _link(world: _World, row: Row) -> None:
    for kind, name in (("part-of", "part_of"), ("copy-of", "copy_of")):
        if name in row:
            other = next(each for each in _cases() if each["key"] == row[name])
            sheet = await cases.case(world.door, world.pilot(row["org"]), _id(row), new_id())
            if not sheet.links:
                await _open(world, other, row["age"])
                when = world.at(row["age"] - 5)
                await link(when, world.pilot(row["org"]), _id(row), kind, world.numbers[row[name]], "", new_id())


async def _walk(world: _World, row: Row) -> None:
    """Through the gates to where it is, the last step some while ago."""
    if row["at"] == "filed":
        return
    machine, end = machines()[row["machine"]], row["at"]
    targets = end if isinstance(end, list) else row["walk"]
    await _things(world, row)
    way = _way(machine, targets[0])
    left = row["age"] - 6
    for place, (phase, to) in enumerate(way):
        days_ago = left - left * 0.85 * (place + 1) / len(way)
        await _prepare(world, row, machine, to, days_ago + 1)
        await _step(world, row, Move(Outcome.GO, phase, to), days_ago)
    for to in targets[1:]:
        await _prepare(world, row, machine, to, left * 0.1)
        await _step(world, row, Move(Outcome.ALONGSIDE, targets[0], to), left * 0.1)
    await _after(world, row)
    outcome = {"stopped": Outcome.STOP, "paused": Outcome.PAUSE, "finished": Outcome.FINISH}.get(str(end))
    if outcome:
        await _step(world, row, Move(outcome, targets[0] if outcome is Outcome.FINISH else ""), min(20, left * 0.05))
    await _open(world, row, 1)


def _way(machine: Machine, to: str) -> list[tuple[str, str]]:
    """The steps from the first phase to this one, by the fewest."""
    ways: dict[str, list[tuple[str, str]]] = {machine.phases[0].id: []}
    for phase in machine.phases:
        for id in phase.next if phase.id in ways else ():
            ways.setdefault(id, [*ways[phase.id], (phase.id, id)])
    return ways[to]


async def _step(world: _World, row: Row, move: Move, days_ago: float) -> None:
    sheet = await cases.case(world.door, world.pilot(row["org"]), _id(row), new_id())
    state = sheet.case.state
    done = state.status is not Status.OPEN or (move.phase and move.phase not in state.phases) or move.to in state.phases
    if done:
        return  # an earlier start came further
    holder = next(each for one in sheet.deciders if move.phase in ("", one.phase) for each in one.holders)
    who = world.worker(row["org"], holder.actor, holder.name, "beslut")
    checks = [check.id for check in sheet.case.runs.phase(move.phase).checklist] if move.phase else []
    reason = row.get("reason", "") if move.outcome not in (Outcome.GO, Outcome.ALONGSIDE) else ""
    decision = Decision(move, reason or "Underlaget är komplett.", sheet.case.version, checks, _AUTHORITY)
    await decide(world.at(days_ago), who, _id(row), decision, new_id())


async def _things(world: _World, row: Row) -> None:
    pilot = world.pilot(row["org"])
    _, known, _ = await effect(world.door, pilot, _id(row), new_id())
    for name in row.get("things", ()):
        if thing(name) not in {each["thing"] for each in known.things}:
            await uses(world.at(row["age"] - 5), pilot, _id(row), name, "", new_id())
    given = row.get("measure")
    if given and not known.measures:
        then = world.at(row["age"] - 5)
        amounts = (Decimal(given["baseline"]), then.clock().date(), "egen mätning", Decimal(given["target"]))
        await measure(then, pilot, _id(row), Measure(given["name"], given["unit"], given["direction"], *amounts), new_id())


async def _prepare(world: _World, row: Row, machine: Machine, to: str, days_ago: float) -> None:
    """What the next phase asks for: readiness, before broad introduction."""
    if machine.phase(to).introduction:
        pilot = world.pilot(row["org"])
        await _pay(world, row, days_ago)
        _, known = await spread(world.door, pilot, _id(row), new_id())
        for gate in items("gates"):
            if gate.id not in known.ready:
                await ready(world.at(days_ago), pilot, _id(row), gate.id, True, "Beslutat och dokumenterat.", new_id())


async def _pay(world: _World, row: Row, days_ago: float) -> None:
    """Who pays, decided by the highest seat that anybody holds."""
    *_, (actor, name, _) = world.orgs[row["org"]]["seats"].values()
    decider = world.worker(row["org"], actor, name, "beslut")
    await pay(world.at(days_ago), world.pilot(row["org"]), decider, row["key"], _id(row))


async def _after(world: _World, row: Row) -> None:
    """Results, plans and the package."""
    pilot = world.pilot(row["org"])
    case, known, _ = await effect(world.door, pilot, _id(row), new_id())
    began = case.row["trial_began"]
    for months, value, lessons, unwanted in row.get("measure", {}).get("results", ()) if began else ():
        done = {each["months"] for each in known.measures[0]["results"]}
        when = min(began + timedelta(days=months * 30.5), world.now - timedelta(days=2))
        if months not in done:
            given = Result(known.measures[0]["id"], months, Decimal(value), when.date(), lessons, unwanted)
            await result(world.at((world.now - when).days), pilot, _id(row), given, new_id())
    _, there = await spread(world.door, pilot, _id(row), new_id())
    for org, name, step, owner in _unplanned(row.get("plans", ()), {each["org"] for each in there.plans}):
        await plan(world.at(10), pilot, _id(row), Plan(org, name, owner, None, None, step, ""), new_id())
    if row.get("package") and not there.version:
        await pack(world.at(10), pilot, _id(row), {"routine": row["package"]}, new_id())


def _unplanned(plans: Sequence[Sequence[str]], known: set[str]) -> Iterator[tuple[str, str, str, str]]:
    for org, name, step, owner in plans:
        if org not in known:
            yield org, name, step, owner


async def _open(world: _World, row: Row, days_ago: float) -> None:
    """As open as it is meant to be."""
    wanted = {"published": ("published", ""), "procurement": ("closed", "procurement"), "closed": ("closed", "")}.get(
        row.get("open", "")
    )
    pilot = world.pilot(row["org"])
    case = (await cases.case(world.door, pilot, _id(row), new_id())).case
    if wanted and (case.openness, case.confidential) != wanted:
        await open_up(world.at(days_ago), pilot, _id(row), *wanted, "", new_id())
