"""/staff/times: the unit's own times: publish, close, see who is booked, call a visit off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.access.instants import text_of
from kedja.care import times
from kedja.gate.booked import Booked
from kedja.gate.booking import TooLate
from kedja.portals.shared import ask_times
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import concept, text, when
from kedja.portals.staff.handle import handle

_DAYS: Final = 7  # that are shown at once
_MOST: Final = 60  # times that are published at once
_SHOWN: Final = 500  # times of a week, at most
_LONGEST: Final = 100  # characters of the name of a visit
MINUTES: Final = (10, 15, 20, 30, 45, 60, 90)
HOURS: Final = (0, 2, 24, 48)


@dataclass(frozen=True, slots=True)
class Row:
    """A time of the unit. `booking` is the Appointment's id where the reader may see it, with who it is."""

    slot: str
    at: datetime
    ends: datetime | None
    what: str
    status: str  # of the Slot
    booking: str = ""
    who: str = ""
    href: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is published: a kind of visit on a day."""

    what: str
    start: datetime
    end: datetime
    minutes: int
    hours: int


async def overview(visit: Visit) -> Response:
    return await _page(visit)


async def publish(visit: Visit) -> Response:
    """New times of one day; none that overlaps a time that is there."""
    form = await visit.form()
    draft = _draft(form)
    if draft is None or draft.start < visit.door.clock():
        return await _page(visit, visit._("Write what the visit is, a coming day, and from when until when."), 422)
    here = visit.actor.assignment
    assert here is not None
    of = next((each for each in await _own(visit) if concept(each.get("serviceType")) == draft.what), None)
    if of is not None and times.cancel_hours(of) != draft.hours:
        hours = times.cancel_hours(of)
        return await _page(visit, visit._("This visit is cancelled at the latest %(n)s hours before: keep that.", n=hours), 422)
    made = list(times.slots("", draft.what, draft.start, draft.end, draft.minutes))[: _MOST + 1]
    if not made or len(made) > _MOST:
        return await _page(visit, visit._("Publish between 1 and %(n)s times at once.", n=_MOST), 422)
    if of is not None and await _overlaps(visit, of, draft):
        return await _page(visit, visit._("Some of these times are there already."), 422)
    schedule = of or times.schedule(here.unit, here.unit_name, draft.what, draft.hours)
    await ask_times.publish(visit, schedule, made)
    return redirect(f"/staff/times?from={draft.start.astimezone(ZONE):%Y-%m-%d}&done=published&n={len(made)}#done")


async def close(visit: Visit) -> Response:
    """Close free times, so that nobody books them."""
    form = await visit.form()
    chosen = [id for id in form.getlist("slot") if isinstance(id, str) and id.isprintable() and id][:_MOST]
    if not chosen:
        return await _page(visit, visit._("Choose the times first."), 422)
    number = await ask_times.close(visit, chosen)
    return redirect(f"/staff/times?from={_since(visit, form):%Y-%m-%d}&done=closed&n={number}#done")


async def call_off(visit: Visit) -> Response:
    """Call a booked visit off; the person is told at once, with the reason."""
    form = await visit.form()
    why = " ".join(str(form.get("why", "")).split())[:_LONGEST]
    if not why:
        return await _page(visit, visit._("Write why: the person reads it."), 422)
    here = visit.actor.assignment
    words = f"Din bokade tid är inställd: {why}. {here.unit_name if here else ''}".strip()
    try:
        await ask_times.call_off(visit, str(form.get("booking", "")), why, words)
    except TooLate:
        return await _page(visit, visit._("It is not booked any more."), 409)
    return redirect(f"/staff/times?from={_since(visit, form):%Y-%m-%d}&done=off#done")


async def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    day = _since(visit, visit.sent or visit.request.query_params)
    since = datetime.combine(day, time(), ZONE)
    until = datetime.combine(day + timedelta(days=_DAYS), time(), ZONE)
    form = visit.sent or {}
    return render(
        visit,
        "staff/times.html",
        status,
        dense=True,
        days=await _rows(visit, since, until),
        day=day,
        before=day - timedelta(days=_DAYS),
        after=day + timedelta(days=_DAYS),
        minutes=MINUTES,
        hours=HOURS,
        draft={name: str(form.get(name, "")) for name in ("what", "day", "start", "end", "minutes", "hours")},
        wrong=wrong,
        done=_done(visit),
    )


async def _rows(visit: Visit, since: datetime, until: datetime) -> list[tuple[date, list[Row]]]:
    """The unit's times by the day, each with who is booked."""
    booked = {times.slot_of(each.resource): each for each in await ask_times.booked_here(visit, since, until)}
    own = [text(each, "id") for each in await _own(visit)]
    found = await ask_times.slots(visit, own, since, ("start", f"lt{text_of(until)}"), most=_SHOWN)
    days: dict[date, list[Row]] = {}
    for row in filter(None, (_row(visit, slot, booked.get(text(slot, "id"))) for slot in found)):
        days.setdefault(row.at.astimezone(ZONE).date(), []).append(row)
    return list(days.items())


def _row(visit: Visit, slot: Resource, one: Booked | None) -> Row | None:
    at, end = times.begins(slot), when(text(slot, "end"))
    if at is None:
        return None
    row = Row(text(slot, "id"), at, end.at if end else None, concept(slot.get("serviceType")), text(slot, "status"))
    if one is None or text(one.resource, "status") not in times.BOOKED:
        return row
    return replace(
        row,
        booking=text(one.resource, "id"),
        who=text(one.resource, "participant", "actor", "display"),
        href=f"/staff/patient/{handle(visit, one.person)}",
        words=text(one.resource, "comment"),
    )


async def _own(visit: Visit) -> list[Resource]:
    """The kinds of visit of the visitor's own unit."""
    here = visit.actor.assignment
    unit = here.unit if here else ""
    return [each for each in await ask_times.offers(visit) if unit and text(each, "actor", "identifier", "value") == unit]


async def _overlaps(visit: Visit, of: Resource, draft: Draft) -> bool:
    """Whether a time of the same visit that is not closed lies within."""
    day = draft.start - timedelta(days=1)
    there = await ask_times.slots(visit, [text(of, "id")], day, ("start", f"lt{text_of(draft.end)}"), most=_SHOWN)
    open_ = (each for each in there if text(each, "status") != "busy-unavailable")
    spans = ((times.begins(each), when(text(each, "end"))) for each in open_)
    return any(start is not None and end is not None and start < draft.end and end.at > draft.start for start, end in spans)


def _draft(form: FormData) -> Draft | None:
    what = " ".join(str(form.get("what", "")).split())[:_LONGEST]
    try:
        day = date.fromisoformat(str(form.get("day", "")))
        start, end = (datetime.combine(day, time.fromisoformat(str(form.get(name, ""))), ZONE) for name in ("start", "end"))
        minutes, hours = int(str(form.get("minutes", ""))), int(str(form.get("hours", "")))
    except ValueError:
        return None
    if not what or end <= start or minutes not in MINUTES or hours not in HOURS:
        return None
    return Draft(what, start, end, minutes, hours)


def _since(visit: Visit, given: object) -> date:
    get = getattr(given, "get", {}.get)
    try:
        return date.fromisoformat(str(get("from", "")))
    except ValueError:
        return visit.door.clock().astimezone(ZONE).date()


def _done(visit: Visit) -> str:
    query = visit.request.query_params
    number = int(query["n"]) if query.get("n", "").isdecimal() and len(query["n"]) < 4 else 0
    words = {
        "published": visit._.count("%(n)s time is published.", "%(n)s times are published.", number),
        "closed": visit._.count("%(n)s time is closed.", "%(n)s times are closed.", number),
        "off": visit._("The visit is called off, and the person is told."),
    }
    return words.get(query.get("done", ""), "")
