"""What the demo's units offer and persons ask for: times, bookings, a medicine again; through the gate, as they would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.care import times
from kedja.care.monitoring import Terms
from kedja.discharge.case import ZONE
from kedja.gate import Change, Door, booking, monitoring, new_id, people, renewals
from kedja.gate.writes import write
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.signin import demo

# Login of who publishes: what, minutes, latest hours before, first hour and hour after the last.
_OFFERED: Final = (
    ("anna", "Besök hos distriktsläkare", 30, 24, 9, 12),
    ("maria", "Besök hos diabetessjuksköterska", 45, 24, 13, 16),
    ("omar", "Besök hos distriktsläkare", 30, 48, 9, 11),
)
_WEEKDAYS: Final = 20
_BOOKED: Final = (("astrid", 1, 2, "Årskontroll av min diabetes."), ("gosta", 0, 5, "Jag blir andfådd i trappor."))
"""Login of a person; the place of what they have booked among `_OFFERED`; which of its times; their words."""
_RENEWED: Final = (("gosta", "Jag har tabletter för två veckor kvar."),)


async def fill(door: Door, found: Sequence[demo.Login]) -> None:
    """Publish times and book some of them; nothing where some are published already."""
    logins = {each.id: each for each in found}
    if not {login for login, *_ in _OFFERED} <= logins.keys() or await _published(door, demo.actor_of(logins["anna"], 0)):
        return
    published = [await _publish(door, demo.actor_of(logins[login], 0), row) for login, *row in _OFFERED]
    for login, offered, place, words in _BOOKED:
        person = logins[login]
        key = await people.person_of(door, person.identifier_system, person.identifier)
        await booking.book(door, demo.actor_of(person, key), published[offered][place], words, new_id())
    await _watch(door, demo.actor_of(logins["kalle"], 0))
    for login, words in _RENEWED:
        person = logins[login]
        await _renew(
            door, demo.actor_of(person, await people.person_of(door, person.identifier_system, person.identifier)), words
        )


async def _watch(door: Door, actor: Actor) -> None:
    """Home help asks a couple for a sensor in the bed; neither has answered."""
    terms = Terms("bed", "Se att Gösta är uppe på morgonen innan vi kommer", ("in-bed",), "", "", 7, "Gösta Nyman")
    couple = ("Patient/gosta-region-sorvik", "Patient/birgit-region-sorvik")
    await monitoring.propose(door, actor, couple[0], couple[1:], terms, door.clock() + timedelta(days=90), new_id())


async def _renew(door: Door, actor: Actor, words: str) -> None:
    """Ask for the first of their medicines that can be asked for."""
    query = resolve(parse("MedicationRequest", [("status", "active"), ("_sort", "authoredon")]))
    for row in await door.search(actor, query, new_id()):
        if row["mode"] != "match":
            continue
        try:
            await renewals.ask(door, actor, row["id"], words, new_id())
        except renewals.NotRenewed:
            continue
        return


async def _published(door: Door, actor: Actor) -> bool:
    rows = await door.search(actor, resolve(parse("Schedule", [("_count", "1")])), new_id())
    return any(row["mode"] == "match" for row in rows)


async def _publish(door: Door, actor: Actor, row: list[Any]) -> list[str]:
    """The ids of the times, the first ones first."""
    what, minutes, hours, first, last = row
    assert actor.assignment is not None
    id, ids = new_id(), list[str]()
    schedule = times.schedule(actor.assignment.unit, actor.assignment.unit_name, what, hours)
    changes = [Change("Schedule", id, schedule, fresh=True)]
    for day in _weekdays(door.clock().astimezone(ZONE)):
        start, end = (datetime.combine(day, time(hour), ZONE) for hour in (first, last))
        for slot in times.slots(id, what, start, end, minutes):
            ids.append(new_id())
            changes.append(Change("Slot", ids[-1], exactjson.loads(exactjson.dumps(slot)), fresh=True))
    await write(door, actor, changes, new_id())
    return ids


def _weekdays(today: datetime) -> list[datetime]:
    """The coming weekdays, from the one after tomorrow."""
    days = (today + timedelta(days=n) for n in range(2, 2 + 2 * _WEEKDAYS))
    return [day for day in days if day.weekday() < 5][:_WEEKDAYS]
