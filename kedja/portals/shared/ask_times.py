"""What the pages about booked times ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kedja import exactjson
from kedja.access.instants import text_of
from kedja.care import times
from kedja.gate import Change, booked, booking, new_id
from kedja.gate.booked import Booked
from kedja.gate.timeline import Wanted
from kedja.gate.writes import write
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_OFFERS, _NEAR = 200, timedelta(days=7)


async def offers(visit: Visit) -> list[Resource]:
    """Every kind of visit that some unit offers times for."""
    return await _found(visit, "Schedule", [("active", "true"), ("_count", str(_OFFERS))])


async def slots(
    visit: Visit, schedules: Sequence[str], since: datetime, *more: tuple[str, str], most: int = 60
) -> list[Resource]:
    """Times of kinds of visit that begin from `since` on, the first ones first; `more` are further parameters of the search."""
    if not schedules:
        return []
    wanted = [("schedule", ",".join(f"Schedule/{id}" for id in schedules)), ("start", f"ge{text_of(since)}"), *more]
    return await _found(visit, "Slot", [*wanted, ("_sort", "start"), ("_count", str(most))])


async def free(visit: Visit, schedule: str, since: datetime, most: int = 60) -> list[Resource]:
    return await slots(visit, [schedule], max(since, visit.door.clock()), ("status", "free"), most=most)


async def nearest(visit: Visit, slot: Resource, most: int = 5) -> list[Resource]:
    """Free times of the same kind of visit, nearest to one that is not to be had, in their order."""
    wanted = times.begins(slot) or visit.door.clock()
    found = await free(visit, str(slot["schedule"]["reference"]).removeprefix("Schedule/"), wanted - _NEAR)
    near = sorted(found, key=lambda each: abs((times.begins(each) or wanted) - wanted))[:most]
    return sorted(near, key=lambda each: str(each["start"]))


async def appointments(visit: Visit) -> list[Held]:
    """All that is booked for the person, or for whom they act, and what was."""
    return await ask.own_record(visit, ["Appointment"])


async def contacts(visit: Visit, before: datetime) -> ask.Timeline:
    """The newest contacts that began before this."""
    return await ask.own_timeline(visit, ["Encounter"], Wanted(before=before))


async def book(visit: Visit, slot: str, words: str) -> str:
    return await booking.book(visit.door, visit.actor, slot, words, visit.id)


async def move(visit: Visit, appointment: str, slot: str) -> None:
    await booking.move(visit.door, visit.actor, appointment, slot, visit.id)


async def cancel(visit: Visit, appointment: str) -> None:
    await booking.cancel(visit.door, visit.actor, appointment, visit.id)


async def call_off(visit: Visit, appointment: str, why: str, words: str) -> None:
    await booking.call_off(visit.door, visit.actor, appointment, why, words, visit.id)


async def booked_here(visit: Visit, since: datetime, until: datetime) -> list[Booked]:
    return await booked.booked_at(visit.door, visit.actor, since, until, visit.id)


async def publish(visit: Visit, schedule: Resource, slots_of: Sequence[Resource]) -> None:
    """Keep these times of a kind of visit, which is new where it has no id yet. All or none."""
    fresh = "id" not in schedule
    made = schedule | {"id": schedule.get("id") or new_id()}
    reference = {"reference": f"Schedule/{made['id']}"}
    changes = [Change("Slot", new_id(), each | {"schedule": reference}, fresh=True) for each in slots_of]
    first = [Change("Schedule", made["id"], made, fresh=True)] if fresh else []
    await write(visit.door, visit.actor, [*first, *changes], visit.id)


async def close(visit: Visit, ids: Sequence[str]) -> int:
    """Close free times of the own unit; how many. What was booked meanwhile stays so."""

    def edit(slot: Resource) -> Resource:
        return times.marked(slot, "busy-unavailable") if slot.get("status") == "free" else slot

    done = await write(visit.door, visit.actor, [Change("Slot", id, None, edit=edit) for id in sorted(set(ids))], visit.id)
    return sum(each.outcome == "updated" for each in done)


async def _found(visit: Visit, type_name: str, wanted: Sequence[tuple[str, str]]) -> list[Resource]:
    rows: Any = await visit.door.search(visit.actor, resolve(parse(type_name, list(wanted))), visit.id)
    return [exactjson.loads(row["body"].encode()) for row in rows if row["mode"] == "match"]
