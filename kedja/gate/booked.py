"""What is booked: a unit's own list, and reminders of what is soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.care import times
from kedja.discharge.case import ZONE
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.prepare import prepare, version_of
from kedja.gate.races import RACES
from kedja.search.sql.condition import render, render_rule
from kedja.store.keys import new_id
from kedja.store.pool import transaction
from kedja.store.queries import sql
from kedja.store.write import LogLine, apply

AHEAD: Final = timedelta(hours=48)
"""How long before it begins an appointment is reminded of, at the latest look before that."""
_REMINDER: Final = Actor("reminding", Kind.SYSTEM, name="Påminnelser")


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment of a unit, and whose it is."""

    person: int
    resource: dict[str, Any]


async def booked_at(door: Door, actor: Actor, since: datetime, until: datetime, request: str) -> list[Booked]:
    """The appointments of the actor's own unit that begin in [since, until), as far as the law lets them be read by place.

    Whose identity is protected is not found by a place (SP-1).
    """
    if actor.assignment is None:
        return []
    now = door.clock()
    condition = permit(actor, "read", now)
    args: list[object] = [
        since,
        until,
        actor.assignment.provider,
        actor.assignment.unit,
        await key_of(door.store, actor),
        request,
    ]
    text = sql("booked").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    rows = shield.rows_shown(actor, await door.store.pool.fetch(text, *args), request, now)
    return [Booked(row["person"], exactjson.loads(row["body"].encode())) for row in rows]


async def remind(door: Door) -> int:
    """Tell each person of what is booked for the coming two days; how many were told. Done again it tells nobody twice."""
    now, done = door.clock(), 0
    key = await key_of(door.store, _REMINDER)
    while rows := await door.store.pool.fetch(sql("remind_due"), now, now + AHEAD):
        for row in rows:
            booked = exactjson.loads(row["body"].encode())
            words, kept = _words(booked), Custody(Regime.CONTROL, row["person"], row["provider"], labels=Label.NOTICE)
            told = times.notice(booked, f"Appointment/{row['id']}", row["provider"], "Påminnelse om bokad tid", words, now)
            version = version_of(prepare(told, row["reminder"]), kept, None, now)
            line = LogLine(row["person"], "create", [], [f"Communication/{version.id}/_history/1"], "reminder")
            try:
                async with transaction(door.store) as conn:
                    await apply(conn, [version], key, new_id(), [line])
                done += 1
            except RACES:
                continue  # another has just told
    return done


def _words(booked: dict[str, Any]) -> str:
    at = times.begins(booked)
    what = booked.get("serviceType", [{}])[0].get("text", "")
    when = f"{at.astimezone(ZONE):%Y-%m-%d kl. %H:%M}" if at else ""
    return f"Du har en bokad tid {when}: {', '.join(filter(None, (what, times.unit_name(booked))))}."
