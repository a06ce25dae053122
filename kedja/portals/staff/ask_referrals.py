"""What the pages of referrals ask of the gate: the units that there are, the own unit's inbox, one referral, its next state."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kedja import exactjson
from kedja.access.consents import HSA_SYSTEM
from kedja.documentation import referral
from kedja.documentation.referral import CLOSED, REFERRAL_SYSTEM, State, Unit
from kedja.gate import Change
from kedja.gate.record import record
from kedja.gate.writes import write
from kedja.identity.systems import HSA_ID
from kedja.outcome import refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, person_name, text
from kedja.portals.staff.band import assignment_of
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_LASTS: Final = 60.0  # seconds that the list of units is used
_MOST: Final = "200"
_MODES: Final = ("match", "include")


@dataclass(frozen=True, slots=True)
class Received:
    """A referral to the own unit, about whom, and the version that was read. `patient` is a name, '' where it is not told."""

    person: int
    task: Resource
    version: int
    patient: str = ""


async def units(visit: Visit) -> Sequence[Unit]:
    """The units that can be referred to, by name; at most a minute old."""
    app = visit.request.app.state
    known: tuple[float, Sequence[Unit]] | None = getattr(app, "units", None)
    if known is None or known[0] + _LASTS < time.monotonic():
        kept = await record(visit.door, visit.actor, 0, ["Organization"], visit.id)
        known = (time.monotonic(), _units([exactjson.loads(each.body.encode()) for each in kept]))
        app.units = known
    return known[1]


def _units(organisations: Sequence[Resource]) -> Sequence[Unit]:
    by_id = {f"Organization/{text(each, 'id')}": each for each in organisations}
    found: list[Unit] = []
    for each in organisations:
        above = by_id.get(text(each, "partOf", "reference"))
        if above is not None and _hsa(each) and _hsa(above):
            found.append(Unit(_hsa(each), text(each, "name"), _hsa(above), text(above, "name")))
    return sorted(found, key=lambda unit: (unit.name.casefold(), unit.hsa_id))


def _hsa(organisation: Resource) -> str:
    return next((text(each, "value") for each in items(organisation, "identifier") if text(each, "system") == HSA_ID), "")


async def inbox(visit: Visit, *, closed: bool) -> Sequence[Received]:
    """The own unit's referrals, open ones the oldest first, closed ones the newest first."""
    statuses = [state.value for state in State if (state in CLOSED) == closed]
    sort = "-authored-on" if closed else "authored-on"
    wanted = [("code", f"{REFERRAL_SYSTEM}|{referral.RECEIVED}"), ("status", ",".join(statuses)), ("_sort", sort)]
    owner = ("owner:identifier", f"{HSA_SYSTEM}|{assignment_of(visit).unit}")
    found = await _found(visit, "Task", [*wanted, owner, ("_include", "Task:patient")])
    names = {person: person_name(each) for mode, person, each in found if mode == "include"}
    return [Received(person, each, _version(each), names.get(person, "")) for mode, person, each in found if mode == "match"]


async def answers(visit: Visit) -> Sequence[tuple[int, Resource]]:
    """What has come back to the own unit of what it has sent, the newest first: (person, Communication)."""
    wanted = [("category", f"{REFERRAL_SYSTEM}|{referral.ANSWER}"), ("_sort", "-sent")]
    return [(person, each) for mode, person, each in await _found(visit, "Communication", wanted) if mode == "match"]


async def received(visit: Visit, id: str) -> Received:
    """One referral to the own unit. Raises 404."""
    row = await visit.door.read(visit.actor, "Task", id, visit.id)
    task = exactjson.loads(row.body.encode())
    to = referral.to_of(referral.request_of(task))
    if not referral.is_received(task) or to is None or to.hsa_id != assignment_of(visit).unit:
        raise refuse(404, "not-found", f"Task/{id} is no referral to your unit")
    return Received(row.person, task, _version(task))


async def move(visit: Visit, was: Received, task: Resource) -> None:
    """Store the next state; a referral that is closed ends the waiting, too. Raises 412 where another was first."""
    changes = [Change("Task", task["id"], task, if_match=was.version)]
    if task["status"] in CLOSED:
        held = await record(visit.door, visit.actor, was.person, ["EpisodeOfCare"], visit.id)
        episodes = [exactjson.loads(each.body.encode()) for each in held]
        mine = [
            each for each in episodes if referral.number_of(each) == referral.number_of(task) and each["status"] == "waitlist"
        ]
        now = visit.door.clock()
        changes += [Change("EpisodeOfCare", each["id"], referral.ended(each, now), if_match=_version(each)) for each in mine]
    await write(visit.door, visit.actor, changes, visit.id)


async def _found(visit: Visit, type: str, wanted: list[tuple[str, str]]) -> list[tuple[str, int, Resource]]:
    rows = await visit.door.search(visit.actor, resolve(parse(type, [*wanted, ("_count", _MOST)])), visit.id)
    return [(row["mode"], row["person"], exactjson.loads(row["body"].encode())) for row in rows if row["mode"] in _MODES]


def _version(resource: dict[str, Any]) -> int:
    return int(resource["meta"]["versionId"])
