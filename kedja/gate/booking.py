"""Times that units publish: a person books one, moves and cancels it; the unit calls it off. A slot is one person's.

Each is one transaction that locks the slots and the appointment, so that of two who want the same time one gets it and the other
is told. The law says who may ask a unit for a time (`request`), and the appointment is the unit's own record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.evaluate import permitting_rule
from kedja.care import times
from kedja.gate.deciding import custody_of_row, in_order
from kedja.gate.door import Door
from kedja.gate.facts import facts_within
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.races import RACES, pause
from kedja.identity.custody import documented_period
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import standing_bodies
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.version import Version
from kedja.store.write import LogLine, apply, lock

Resource = dict[str, Any]
MOST: Final = 3  # coming times of one person at one unit
_TRIES: Final = 8


class Taken(OutcomeError):
    """Somebody else has the time, or it is closed or past. `slot` is its text, so that others near it can be offered."""

    def __init__(self, slot: Resource) -> None:
        super().__init__(409, *refuse(409, "conflict", "this time is no longer free: choose another").issues)
        self.slot = slot


class TooLate(OutcomeError):
    """The unit's latest time for cancelling is past, or what was booked is no longer so."""

    def __init__(self) -> None:
        told = "it is too late to change or cancel this time here: call the unit"
        super().__init__(409, *refuse(409, "business-rule", told).issues)


class TooMany(OutcomeError):
    """The person has as many coming times at the unit as one may book by oneself."""

    def __init__(self) -> None:
        super().__init__(409, *refuse(409, "business-rule", f"{MOST} coming times are already booked at this unit").issues)


@dataclass(frozen=True, slots=True)
class _Desk:
    """A transaction in which somebody's time is settled. `rows` are locked, `bodies` are theirs."""

    door: Door
    actor: Actor
    conn: Connection
    now: datetime
    rows: Mapping[tuple[str, str], Record]
    bodies: Mapping[tuple[str, str], Resource]

    def standing(self, type_name: str, id: str) -> tuple[Custody, Resource]:
        """Raises 404 for what is not there."""
        if (type_name, id) not in self.bodies:
            raise refuse(404, "not-found", f"{type_name}/{id} is not here, or you may not see it")
        return custody_of_row(self.rows[type_name, id]), self.bodies[type_name, id]

    def next(self, resource: Resource, custody: Custody) -> Version:
        row = self.rows.get((resource["resourceType"], resource["id"]))
        return version_of(prepare(resource, resource["id"]), custody, row, self.now)


async def book(door: Door, actor: Actor, slot: str, words: str, request: str) -> str:
    """Book a free time for whom the actor is or acts for; the appointment's id. Raises Taken, TooMany, 403, 404."""

    async def work(desk: _Desk) -> tuple[str, list[Version]]:
        place, free = _free(desk, slot)
        of = await _schedule(desk, free)
        custody = Custody(Regime.HEALTH, actor.subject, place.provider, place.unit, *documented_period(free))
        rule = await _rule(desk, custody)
        booked: int = await desk.conn.fetchval(sql("booked_by"), actor.subject, place.provider, place.unit, desk.now) or 0
        if booked >= MOST:
            raise TooMany
        patient, name = await patient_of(desk.conn, actor.subject, place.provider)
        made = times.appointment(patient, name, free, of, words, desk.now) | {"id": new_id()}
        return rule, [desk.next(made, custody), desk.next(times.marked(free, "busy"), place)]

    done = await _settled(door, actor, [("Slot", slot)], work, request)
    return next(version.id for version in done if version.type == "Appointment")


async def move(door: Door, actor: Actor, appointment: str, slot: str, request: str) -> None:
    """Another time at the same unit in place of one that is booked: both or neither. Raises Taken, TooLate, 403, 404."""
    before = await _slot_of(door, actor, appointment, request)

    async def work(desk: _Desk) -> tuple[str, list[Version]]:
        custody, booked, rule = await _own(desk, appointment, before)
        place, free = _free(desk, slot)
        if (place.provider, place.unit) != (custody.provider, custody.unit):
            raise refuse(422, "business-rule", "a time is moved within its unit: cancel it, and book a new one at another unit")
        now = times.moved(booked, free)
        again = Custody(custody.regime, custody.person, custody.provider, custody.unit, *documented_period(now), custody.labels)
        return rule, [desk.next(now, again), desk.next(times.marked(free, "busy"), place), *_freed(desk, before)]

    await _settled(door, actor, [("Appointment", appointment), ("Slot", before), ("Slot", slot)], work, request)


async def cancel(door: Door, actor: Actor, appointment: str, request: str) -> None:
    """The person cancels; the time is free for others. Raises TooLate, 403, 404."""
    before = await _slot_of(door, actor, appointment, request)

    async def work(desk: _Desk) -> tuple[str, list[Version]]:
        custody, booked, rule = await _own(desk, appointment, before)
        return rule, [desk.next(times.cancelled(booked, "pat"), custody), *_freed(desk, before)]

    await _settled(door, actor, [("Appointment", appointment), ("Slot", before)], work, request)


async def call_off(door: Door, actor: Actor, appointment: str, why: str, words: str, request: str) -> None:
    """The unit calls a visit off and closes its time; the person is told at once (`words`, in Swedish). Raises 403, 404, 409."""
    before = await _slot_of(door, actor, appointment, request)

    async def work(desk: _Desk) -> tuple[str, list[Version]]:
        custody, booked = desk.standing("Appointment", appointment)
        rule = permitting_rule(permit(actor, "write", desk.now), custody, (), "Appointment", appointment)
        if rule is None:
            raise refuse(403, "forbidden", "a visit is called off by the unit that it is at")
        if booked.get("status") != "booked":
            raise TooLate
        told = times.notice(booked, f"Appointment/{appointment}", custody.provider, "Inställt besök", words, desk.now)
        notice = _notice(told | {"id": new_id()}, custody, desk.now)
        off = times.cancelled(booked, "prov", why)
        return rule, [desk.next(off, custody), notice, *_freed(desk, before, "busy-unavailable")]

    await _settled(door, actor, [("Appointment", appointment), ("Slot", before)], work, request)


async def _settled(
    door: Door,
    actor: Actor,
    places: list[tuple[str, str]],
    work: Callable[[_Desk], Awaitable[tuple[str, list[Version]]]],
    request: str,
) -> list[Version]:
    """What `work` makes of what it finds locked, stored and logged. Who loses a race looks again."""
    key, wanted = await key_of(door.store, actor), [place for place in places if place[1]]
    for tried in range(_TRIES):
        if tried:
            await pause(tried)
        try:
            async with transaction(door.store) as conn:
                if actor.subject:
                    await conn.fetch(sql("person_lock"), [actor.subject])
                rows = await lock(conn, wanted)
                bodies = {place: exactjson.loads(body.encode()) for place, body in (await standing_bodies(conn, wanted)).items()}
                rule, versions = await work(_Desk(door, actor, conn, door.clock(), rows, bodies))
                await apply(conn, in_order(versions), key, request, _lines(versions, rule))
                return versions
        except RACES:
            continue
        except OutcomeError as error:
            if error.status == 403:
                await door.denied(actor, actor.subject, "request", [], ["/".join(place) for place in wanted], request, "")
            raise
    raise refuse(409, "conflict", "others keep booking the same times: try again")


def _lines(versions: list[Version], rule: str) -> list[LogLine]:
    return [
        LogLine(one.person, "create" if one.fresh else "update", [rule], [f"{one.type}/{one.id}/_history/{one.version}"])
        for one in versions
    ]


def _free(desk: _Desk, slot: str) -> tuple[Custody, Resource]:
    place, found = desk.standing("Slot", slot)
    at = times.begins(found)
    if found.get("status") != "free" or at is None or at <= desk.now:
        raise Taken(found)
    return place, found


def _freed(desk: _Desk, slot: str, status: str = "free") -> list[Version]:
    """The slot of an appointment that is no more: free again, unless it is past or has been taken away."""
    if ("Slot", slot) not in desk.bodies:
        return []
    place, found = desk.standing("Slot", slot)
    return [desk.next(times.marked(found, status), place)] if found.get("status") == "busy" else []


async def _own(desk: _Desk, appointment: str, slot: str) -> tuple[Custody, Resource, str]:
    """The booked appointment of whom the actor is or acts for, while it may still be changed, and the rule. Raises TooLate."""
    custody, booked = desk.standing("Appointment", appointment)
    rule = await _rule(desk, custody, appointment)
    until = times.cancel_until(booked)
    if booked.get("status") != "booked" or times.slot_of(booked) != slot or until is None or desk.now > until:
        raise TooLate
    return custody, booked, rule


async def _rule(desk: _Desk, custody: Custody, id: str = "") -> str:
    """The rule by which the actor asks the unit. Raises 403."""
    facts = await facts_within(desk.conn, [custody.person])
    rule = permitting_rule(permit(desk.actor, "request", desk.now), custody, facts, "Appointment", id)
    if rule is None:
        raise refuse(403, "forbidden", "a time is booked by whom it is for, or by who has their mandate for it")
    return rule


async def _schedule(desk: _Desk, slot: Resource) -> Resource:
    place = ("Schedule", str(slot["schedule"]["reference"]).removeprefix("Schedule/"))
    found = (await standing_bodies(desk.conn, [place])).get(place)
    of: Resource = exactjson.loads(found.encode()) if found else {}
    if not of.get("active", False):
        raise Taken(slot)
    return of


async def _slot_of(door: Door, actor: Actor, appointment: str, request: str) -> str:
    """The slot of an appointment that the actor may see. Raises 404."""
    await door.read(actor, "Appointment", appointment, request)
    async with transaction(door.store) as conn:  # as it is stored: to some, the place of who has protected identity is not told
        bodies = await standing_bodies(conn, [("Appointment", appointment)])
    return next((times.slot_of(exactjson.loads(body.encode())) for body in bodies.values()), "")


async def patient_of(conn: Connection, person: int, provider: str) -> tuple[str, str]:
    """`Patient/id` of the person, at the provider if they have one there, and their name. Raises 404 where nobody has one."""
    row = await conn.fetchrow(sql("patient_at"), person, provider)
    if row is None:
        raise refuse(404, "not-found", "no care provider has you as a patient here yet: call the unit to book the first time")
    names = exactjson.loads(row["body"].encode()).get("name", [])
    name = " ".join((*names[0].get("given", ()), names[0].get("family", ""))).strip() if names else ""
    return f"Patient/{row['id']}", name


def _notice(told: Resource, custody: Custody, now: datetime) -> Version:
    kept = Custody(Regime.CONTROL, custody.person, custody.provider, labels=Label.NOTICE)
    return version_of(prepare(told, told["id"]), kept, None, now)
