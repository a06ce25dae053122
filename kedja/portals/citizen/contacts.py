"""/me/contacts: what is booked and what has been; booking a free time, moving and cancelling it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.care import times
from kedja.gate.booking import Taken, TooLate, TooMany
from kedja.portals.citizen.booked import Booking, as_times, booking, bookings, by_day, is_off, offers
from kedja.portals.shared import ask, ask_times
from kedja.portals.shared.calendar import event
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render, told
from kedja.portals.shared.read import concept, text, when
from kedja.portals.shared.security import HEADERS, PRIVATE
from kedja.portals.shared.tell import entries

_PAST: Final = 30  # contacts that are listed; the timeline has all
_LONGEST: Final = 500  # characters of what is written to the unit


async def contacts(visit: Visit) -> Response:
    now = visit.door.clock()
    found = bookings(await ask_times.appointments(visit), await ask.directory(visit), now, visit._)
    seen = await ask_times.contacts(visit, now)
    past = entries(seen.page, await ask.directory(visit), visit._)[:_PAST]
    return render(
        visit,
        "citizen/contacts.html",
        coming=[each for each in found if each.at > now and not each.cancelled],
        off=[each for each in found if each.at > now and each.cancelled],
        past=past,
        been=[each for each in reversed(found) if each.at <= now and not each.cancelled][:_PAST],
        done=_done(visit),
    )


async def find(visit: Visit) -> Response:
    """Choose a kind of visit, then a free time of it."""
    return await _times(visit, visit.request.query_params.get("kind", ""))


async def book(visit: Visit) -> Response:
    form = await visit.form()
    slot, words = _slot(form), " ".join(str(form.get("words", "")).split())[:_LONGEST]
    if not slot:
        return await _times(visit, str(form.get("kind", "")), wrong=visit._("Choose a time first."), status=422)
    try:
        await ask_times.book(visit, slot, words)
    except Taken as error:
        return await _others(visit, error.slot)
    except TooMany:
        wrong = visit._("You have as many coming times at this unit as you can book yourself. Call the unit if you need more.")
        return await _times(visit, str(form.get("kind", "")), wrong=wrong, status=409)
    return redirect("/me/contacts?done=booked#done")


async def change(visit: Visit) -> Response:
    """Free times of the same unit, for something that is booked."""
    one = await _one(visit)
    return await _times(visit, visit.request.query_params.get("kind", ""), of=one) if one else told(visit, 404)


async def move(visit: Visit) -> Response:
    form, one = await visit.form(), await _one(visit)
    if one is None:
        return told(visit, 404)
    if not (slot := _slot(form)):
        return await _times(visit, str(form.get("kind", "")), of=one, wrong=visit._("Choose a time first."), status=422)
    try:
        await ask_times.move(visit, text(one.resource, "id"), slot)
    except Taken as error:
        return await _others(visit, error.slot, one)
    except TooLate:
        return _too_late(visit, one)
    return redirect("/me/contacts?done=moved#done")


async def sure(visit: Visit) -> Response:
    one = await _one(visit)
    return _confirm(visit, one) if one else told(visit, 404)


async def cancel(visit: Visit) -> Response:
    await visit.form()
    one = await _one(visit)
    if one is None:
        return told(visit, 404)
    try:
        await ask_times.cancel(visit, text(one.resource, "id"))
    except TooLate:
        return _too_late(visit, one)
    return redirect("/me/contacts?done=cancelled#done")


async def calendar(visit: Visit) -> Response:
    """The booking as a file for a calendar (RFC 5545); a place that is not to be told does not stand in it."""
    one = await _one(visit)
    start = times.begins(one.resource) if one else None
    if one is None or start is None:
        return told(visit, 404)
    where = (await ask.directory(visit)).get(one.unit, times.unit_name(one.resource) if one.unit else "")
    end, id = when(text(one.resource, "end")), text(one.resource, "id")
    title = concept(one.resource.get("serviceType")) or visit._("Booked time")
    body = event(
        id, start, end.at if end else start + timedelta(minutes=30), title, where, visit.door.clock(), is_off(one.resource)
    )
    headers = {
        **HEADERS,
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="bokning-{start.astimezone(ZONE):%Y-%m-%d}.ics"',
    }
    return Response(body, 200, headers, "text/calendar; charset=utf-8")


async def _one(visit: Visit) -> Held | None:
    """The appointment of the address, as far as the visitor may see it."""
    id = visit.request.path_params["id"]
    return next((each for each in await ask_times.appointments(visit) if text(each.resource, "id") == id), None)


async def _times(visit: Visit, kind: str, *, of: Held | None = None, wrong: str = "", status: int = 200) -> Response:
    offered = offers(await ask_times.offers(visit), of)
    chosen = next((each for each in offered if each.id == kind), offered[0] if len(offered) == 1 and of else None)
    since = _day(visit.request.query_params.get("from", ""), visit.door.clock())
    found = as_times(await ask_times.free(visit, chosen.id, since)) if chosen else []
    form = visit.sent or {}
    return render(
        visit,
        "citizen/book.html",
        status,
        of=_shown(visit, of),
        offered=offered,
        chosen=chosen,
        days=by_day(found),
        since=since.astimezone(ZONE).date(),
        later=found[-1].at.astimezone(ZONE).date().isoformat() if len(found) >= 60 else "",
        words=str(form.get("words", "")),
        wrong=wrong,
        taken=None,
    )


async def _others(visit: Visit, slot: Resource, of: Held | None = None) -> Response:
    """Somebody else was first: what is near, with what was written."""
    near = as_times(await ask_times.nearest(visit, slot))
    kind = str(slot["schedule"]["reference"]).removeprefix("Schedule/")
    offered = offers(await ask_times.offers(visit), of)
    return render(
        visit,
        "citizen/book.html",
        409,
        of=_shown(visit, of),
        offered=offered,
        chosen=next((each for each in offered if each.id == kind), None),
        days=by_day(near),
        since=visit.door.clock().astimezone(ZONE).date(),
        later="",
        words=str((visit.sent or {}).get("words", "")),
        wrong="",
        taken=times.begins(slot),
    )


def _confirm(visit: Visit, one: Held, status: int = 200) -> Response:
    return render(visit, "citizen/cancel.html", status, of=_shown(visit, one))


def _too_late(visit: Visit, one: Held) -> Response:
    return _confirm(visit, one, 409)


def _shown(visit: Visit, one: Held | None) -> Booking | None:
    return booking(one, {}, visit.door.clock(), visit._) if one else None


def _slot(form: FormData) -> str:
    slot = str(form.get("slot", ""))
    return slot if 0 < len(slot) <= 64 and slot.isprintable() else ""


def _day(words: str, now: datetime) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(words), datetime.min.time(), ZONE)
    except ValueError:
        return now


def _done(visit: Visit) -> str:
    words = {
        "booked": visit._("The time is booked. You are reminded here two days before."),
        "moved": visit._("The time is moved."),
        "cancelled": visit._("The time is cancelled, and free for somebody else."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
