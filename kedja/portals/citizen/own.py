"""/me/own: the person's own account: what they measured, write or send in, share for a time, take with them and delete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kedja import exactjson
from kedja.access.consents import Kind, wellness_share
from kedja.access.custody import Regime
from kedja.outcome import OutcomeError, refuse
from kedja.portals.citizen import own_values
from kedja.portals.citizen.control import given
from kedja.portals.shared import ask, ask_control, ask_own, consents
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text
from kedja.portals.shared.security import HEADERS, PRIVATE
from kedja.portals.shared.series import collect
from kedja.portals.shared.tell import entries

_DAYS: Final = {"1": 30, "3": 91, "6": 182, "12": 365}
_LATEST: Final = 20


async def own(visit: Visit) -> Response:
    return await _page(visit)


async def add(visit: Visit) -> Response:
    """Keep a value that the person wrote; what is wrong with it is told at the form, with what was written."""
    form = await visit.form()
    kind, at = str(form.get("kind", "")), _moment(str(form.get("day", "")), str(form.get("clock", "")))
    number, second = (own_values.number_of(str(form.get(name, ""))) for name in ("value", "second"))
    wrong = ""
    if kind not in own_values.KINDS or number is None or (kind == "blood-pressure") != (second is not None):
        wrong = visit._("Choose what you measured and write the value as a number; a blood pressure has two.")
    elif at is None or at > visit.door.clock() + timedelta(minutes=5):
        wrong = visit._("Write the day and the time when you measured. They cannot be yet to come.")
    if wrong or number is None or at is None:
        return await _page(visit, wrong=wrong, status=422)
    made = own_values.written(kind, number, second, at, visit.id, await ask_own.number(visit))
    await ask_own.keep(visit, [made])
    return redirect("/me/own?done=added#done")


async def upload(visit: Visit) -> Response:
    """Take in a file of an app. Values that cannot be read are told of; the others are kept once, however often they are sent."""
    sent = (await visit.form()).get("file")
    if not isinstance(sent, UploadFile) or not sent.size:
        return await _page(visit, wrong=visit._("Choose a file first."), status=422)
    owner = await ask_own.number(visit)
    try:
        found = await run_in_threadpool(own_values.read, await sent.read(), owner)
    except OutcomeError as error:
        return await _page(visit, wrong=error.issues[0].diagnostics, status=422)
    kept = await ask_own.keep(visit, found.made)
    if found.refused:
        return await _page(visit, found=found, kept=kept)
    return redirect(f"/me/own?done=sent&n={kept}#done")


async def share(visit: Visit) -> Response:
    """Let a unit read the account for a time (GDPR 9.2 a); it is taken back on /me/control."""
    form = await visit.form()
    unit = next((unit for unit in await ask_control.units(visit) if unit.id == form.get("unit")), None)
    days = _DAYS.get(str(form.get("months")))
    if unit is None or days is None:
        return await _page(visit, wrong=visit._("Choose a unit, and for how long."), status=422)
    now, patient = visit.door.clock(), await ask.own_patient(visit)
    ends = now + timedelta(days=days)
    await ask.put(visit, wellness_share(patient, unit.provider, dated=now, unit=unit.id, starts=now, ends=ends))
    return redirect("/me/own?done=shared#done")


async def export(visit: Visit) -> Response:
    """All of the account as one FHIR Bundle, to keep or take elsewhere (GDPR art. 20)."""
    held = await ask_own.account(visit)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each.resource} for each in held]}
    headers = {**HEADERS, **PRIVATE, "Content-Disposition": 'attachment; filename="eget-konto.json"'}
    return Response(exactjson.dumps(bundle), 200, headers, "application/fhir+json")


async def delete(visit: Visit) -> Response:
    """Delete one entry of the account, or all of them, which is said twice."""
    form = await visit.form()
    held = {f"{each.resource['resourceType']}/{text(each.resource, 'id')}" for each in await ask_own.account(visit)}
    wanted = held if form.get("all") == "yes" and form.get("sure") == "yes" else held & {str(form.get("entry", ""))}
    if not wanted:
        if form.get("all") == "yes":
            return await _page(visit, wrong=visit._("Say that you are sure: what is deleted cannot be brought back."), status=422)
        raise refuse(404, "not-found", "this is not in your account: it may have been deleted already")
    await ask_own.delete(visit, sorted(wanted))
    return redirect("/me/own?done=deleted#done")


async def _page(
    visit: Visit, *, wrong: str = "", found: own_values.Read | None = None, kept: int = 0, status: int = 200
) -> Response:
    newest, directory = await ask_own.newest(visit), await ask.directory(visit)
    told = entries(newest.page, directory, visit._)
    form = visit.sent or {}
    standing = consents.in_force([each.resource for each in await ask.own_record(visit, ["Consent"])], visit.door.clock())
    return render(
        visit,
        "citizen/own.html",
        status,
        series=sorted(collect(told).values(), key=lambda each: each.latest.told.title.casefold()),
        latest=told[:_LATEST],
        number=sum(facet.number for facet in newest.facets if facet.regime == Regime.WELLNESS),
        kinds=own_values.kind_names(visit._),
        units=await ask_control.units(visit),
        months=[(code, visit._.count("%(n)s month", "%(n)s months", int(code))) for code in _DAYS],
        shares=given([each for each in standing if consents.kind_of(each) == Kind.WELLNESS_SHARE], directory, visit._),
        draft={name: str(form.get(name, "")) for name in ("kind", "value", "second", "day", "clock")},
        now=visit.door.clock().astimezone(ZONE),
        wrong=wrong,
        found=found,
        kept=kept,
        done=_done(visit),
    )


def _moment(day: str, clock: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{clock or '12:00'}").replace(tzinfo=ZONE)
    except ValueError:
        return None


def _done(visit: Visit) -> str:
    query = visit.request.query_params
    number = query.get("n", "")
    words = {
        "added": visit._("The value is in your account."),
        "sent": visit._.count("%(n)s value is in your account now.", "%(n)s values are in your account now.", int(number))
        if number.isdecimal() and len(number) < 6
        else "",
        "shared": visit._("The unit can read your account, from now on. You see in your log each time that it does."),
        "deleted": visit._("It is deleted."),
    }
    return words.get(query.get("done", ""), "")
