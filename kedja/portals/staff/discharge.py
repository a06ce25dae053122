"""/staff/discharge: stays in inpatient care, a countdown for each party, and what the unit does about them (lag 2017:612)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from starlette.responses import Response

from kedja.discharge.case import Party
from kedja.discharge.messages import Recipient
from kedja.discharge.reading import case_of
from kedja.gate.stays import Stay
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask_control, ask_discharge, ask_plans
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import assignment_of, header, identity_of, identity_of_person
from kedja.portals.staff.discharge_acts import ACTS, RECEIVING, Asked, Wrong
from kedja.portals.staff.discharge_view import View, view
from kedja.portals.staff.discharge_words import party as party_name

_LIKELY: Final = timedelta(days=3)  # what the form for an estimate begins with


async def stays(visit: Visit) -> Response:
    """The stays of the visitor's unit, those with something late first; of people with protected identity none."""
    found = await ask_discharge.own(visit)
    shown = _views(visit, found)
    unnamed = {each.person for each in shown if not each.name}
    names = await ask_discharge.names(visit, [each for each in found if each.person in unnamed])
    rows = [(each, each.name or names.get(each.person, "")) for each in sorted(shown, key=_order)]
    return render(visit, "staff/discharges.html", dense=True, rows=rows, unit=assignment_of(visit).unit_name)


async def of_patient(visit: Visit) -> Response:
    """The stays of one person: also of who has protected identity."""
    identity = await identity_of(visit)
    shown = _views(visit, await ask_discharge.own(visit, identity.person))
    if len(shown) == 1:
        return redirect(f"/staff/discharge/{shown[0].id}")
    band = header(visit, identity)
    rows = [(each, band.name) for each in sorted(shown, key=_order)]
    return render(visit, "staff/discharges.html", dense=True, rows=rows, unit=assignment_of(visit).unit_name)


async def stay(visit: Visit) -> Response:
    return await _page(visit, await ask_discharge.one(visit, visit.request.path_params["id"]))


async def act(visit: Visit) -> Response:
    """What was chosen to do, sent once; a form that cannot be taken comes back as it was filled in."""
    found = await ask_discharge.one(visit, visit.request.path_params["id"])
    name, key = str(visit.sent.get("act", "")), str(visit.sent.get("key", ""))
    assignment, case = assignment_of(visit), case_of(found.encounter, found.messages)
    who, made_by = ACTS.get(name, (frozenset[Party](), None))
    shown = view(found, assignment.provider, assignment.unit, visit.door.clock(), visit._)
    mine = sorted(who & (shown.own if shown else frozenset()))
    if made_by is None or case is None or not mine or not (key.isalnum() and key.isascii() and len(key) == 32):
        raise refuse(422, "value", "open the page of the stay again, and choose what to do there")
    me = Recipient(mine[0], assignment.provider, assignment.unit, assignment.unit_name)
    try:
        made = await made_by(Asked(visit, found, case, me, visit.door.clock()))
        await ask_discharge.send(visit, key, made.messages, found, made.edit)
    except Wrong as wrong:
        return await _page(visit, found, wrong=str(wrong), tried=name, status=422)
    except OutcomeError as error:
        if error.status != 412:
            raise
        told = visit._("Somebody has changed the stay since you opened it. Look at it as it stands now, and send again.")
        again = await ask_discharge.one(visit, found.id)
        return await _page(visit, again, wrong=told, tried=name, status=412)
    return redirect(f"/staff/discharge/{found.id}?done={made.done}#done")


async def _page(visit: Visit, found: Stay, *, wrong: str = "", tried: str = "", status: int = 200) -> Response:
    assignment, now = assignment_of(visit), visit.door.clock()
    shown = view(found, assignment.provider, assignment.unit, now, visit._)
    if shown is None:
        raise refuse(404, "not-found", "your unit has no such stay, and has not been told of it")
    identity = await identity_of_person(visit, found.person)
    inpatient = Party.INPATIENT in shown.own
    likely = shown.case.estimated or now + _LIKELY
    return render(
        visit,
        "staff/discharge.html",
        status,
        dense=True,
        patient=header(visit, identity),
        stay=shown,
        case=shown.case,
        receiving=[(each, party_name(each, visit._)) for each in RECEIVING],
        untold=[(each, party_name(each, visit._)) for each in RECEIVING if each not in shown.case.notified],
        units=await ask_control.units(visit) if inpatient else [],
        acts={name for name, (who, _act) in ACTS.items() if who & shown.own},
        plans=await ask_plans.plans(visit, found.person),
        likely=_field(likely),
        just_now=_field(now),
        key=str(visit.sent.get("key", "")) if wrong and status == 422 else uuid4().hex,
        draft={name: str(value) for name, value in visit.sent.multi_items()} if wrong else {},
        wrong=wrong,
        tried=tried,
        done=_done(visit),
    )


def _views(visit: Visit, found: Iterable[Stay]) -> list[View]:
    assignment, now = assignment_of(visit), visit.door.clock()
    shown = (view(each, assignment.provider, assignment.unit, now, visit._) for each in found)
    return [each for each in shown if each is not None and (each.case.needs is not None or each.case.discharged is None)]


def _order(each: View) -> tuple[bool, bool, str]:
    return (each.late == 0, each.case.discharged is not None, each.id)


def _field(at: datetime) -> str:
    """As a field for a day and a time wants it."""
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def _done(visit: Visit) -> str:
    _ = visit._
    words = {
        "notice": _("The admission notice is sent."),
        "estimate": _("The new time is sent to those who had the notice."),
        "ready": _("It is told that the patient is ready to leave."),
        "unready": _("It is told that the patient is not ready to leave any more."),
        "secrecy": _("The decision on secrecy is kept. What it covers is not sent."),
        "information": _("The information is sent."),
        "left": _("The stay has ended."),
        "lacking": _("It is kept that open care is not in place on those days."),
        "contact": _("The permanent care contact is named, and told to the others."),
        "invitation": _("The invitation is sent."),
        "no-plan": _("It is told that the patient does not want a joint plan."),
        "planning": _("It is told that your planning has begun."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
