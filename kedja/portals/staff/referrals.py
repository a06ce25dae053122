"""/staff/patient/{handle}/referral: a referral is sent. /staff/referrals: what has come to the own unit, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from kedja.documentation import referral
from kedja.documentation.referral import NEXT, State
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask
from kedja.portals.shared.entry import When
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text, when
from kedja.portals.staff import ask_notes, ask_referrals
from kedja.portals.staff.ask_referrals import Received
from kedja.portals.staff.band import assignment_of, header, href, identity_of, identity_of_person
from kedja.portals.staff.handle import handle, person_of

_FIELDS: Final = ("to", "what", "reason", "question", "urgent")
_LONGEST: Final = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """A referral in words. `answer` is '' until there is one."""

    id: str
    patient: str
    href: str
    what: str
    reason: str
    question: str
    urgent: bool
    sender: str
    requester: str
    at: When | None
    state: str
    status: str
    assigned: str
    answer: str
    answered_by: str


async def new(visit: Visit) -> Response:
    return await _form(visit, {}, {})


async def send(visit: Visit) -> Response:
    form, person, _ = await visit.form(), person_of(visit), visit._
    typed = {name: str(form.get(name, "")).strip()[:_LONGEST] for name in _FIELDS}
    units = {unit.hsa_id: unit for unit in await ask_referrals.units(visit)}
    to = units.get(typed["to"])
    wrong = {} if to else {"to": _("Choose the unit that the referral is to.")}
    wrong |= {name: _("This must be filled in.") for name in ("what", "reason", "question") if not typed[name]}
    if to is None or wrong:
        return await _form(visit, typed, wrong)
    identity, assignment = await identity_of(visit), assignment_of(visit)
    request = referral.referral(
        f"Patient/{identity.patient}",
        ask_notes.author(visit),
        assignment.unit,
        to,
        what=typed["what"],
        reason=typed["reason"],
        question=typed["question"],
        urgent=typed["urgent"] == "yes",
        at=visit.door.clock(),
    )
    await ask.put(visit, request)
    return redirect(f"{href(visit, person)}?done=referred#done")


async def inbox(visit: Visit) -> Response:
    closed = visit.request.query_params.get("closed") == "1"
    found = await ask_referrals.inbox(visit, closed=closed)
    back = await ask_referrals.answers(visit) if not closed else []
    return render(
        visit,
        "staff/referrals.html",
        dense=True,
        found=[told(each, visit) for each in found],
        closed=closed,
        unit=assignment_of(visit).unit_name or assignment_of(visit).unit,
        back=[
            (f"/staff/patient/{handle(visit, person)}", text(each, "payload", "contentString"), when(text(each, "sent")))
            for person, each in back
        ],
    )


async def one(visit: Visit) -> Response:
    return await _one(visit)


async def move(visit: Visit) -> Response:
    """`to`: the next state; an answer or a refusal says something, and what was typed is kept where it is refused."""
    form, _ = await visit.form(), visit._
    found = await ask_referrals.received(visit, visit.request.path_params["id"])
    state, words = str(form.get("to", "")), str(form.get("words", "")).strip()[:_LONGEST]
    assigned = " ".join(str(form.get("assigned", "")).split())[:120]
    if state not in [each.value for each in NEXT[State(found.task["status"])]]:
        return await _one(visit, _("Somebody moved the referral meanwhile. See what it has come to."), words, 409)
    if State(state) in referral.CLOSED and not words:
        return await _one(visit, _("Write the answer, or why the referral is refused."), words, 422)
    said = words if State(state) in referral.CLOSED else ""
    task = referral.moved(found.task, State(state), said, ask_notes.author(visit), visit.door.clock(), assigned)
    try:
        await ask_referrals.move(visit, found, task)
    except OutcomeError as error:
        if error.status not in (409, 412):
            raise
        return await _one(visit, _("Somebody moved the referral meanwhile. See what it has come to."), words, 409)
    return redirect(f"/staff/referrals/{found.task['id']}?done=1#done")


async def _form(visit: Visit, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Response:
    own = assignment_of(visit).unit
    return render(
        visit,
        "staff/referral_form.html",
        422 if wrong else 200,
        dense=True,
        patient=header(visit, await identity_of(visit)),
        units=[unit for unit in await ask_referrals.units(visit) if unit.hsa_id != own],
        typed={name: typed.get(name, "") for name in _FIELDS},
        wrong=wrong,
    )


async def _one(visit: Visit, wrong: str = "", words: str = "", status: int = 200) -> Response:
    found = await ask_referrals.received(visit, visit.request.path_params["id"])
    if not found.person:
        raise refuse(404, "not-found", "the referral is about nobody who is a patient here")
    identity = await identity_of_person(visit, found.person)
    names = state_names(visit._)
    return render(
        visit,
        "staff/referral.html",
        status,
        dense=True,
        patient=header(visit, identity),
        referral=told(found, visit),
        steps=[(each.value, names[each]) for each in State if each in NEXT[State(found.task["status"])]],
        me=visit.actor.name,
        wrong=wrong,
        words=words,
        done=visit.request.query_params.get("done") == "1",
    )


def told(found: Received, visit: Visit) -> Told:
    """A received referral in words."""
    task, request = found.task, referral.request_of(found.task)
    sender, (answer, who) = referral.from_of(request), referral.said_of(task)
    return Told(
        id=task["id"],
        patient=found.patient,
        href=f"/staff/patient/{handle(visit, found.person)}",
        what=text(request, "code", "text"),
        reason=text(request, "reasonCode", "text"),
        question=text(request, "note", "text"),
        urgent=text(task, "priority") == "urgent",
        sender=", ".join(dict.fromkeys((sender.name, sender.provider_name))) if sender else "",
        requester=text(request, "requester", "display"),
        at=when(text(task, "authoredOn")),
        state=state_names(visit._)[State(task["status"])],
        status=task["status"],
        assigned=referral.assigned_of(task),
        answer=answer,
        answered_by=who,
    )


def state_names(_: Language) -> Mapping[State, str]:
    return {
        State.NEW: _("New"),
        State.ACCEPTED: _("Accepted"),
        State.IN_PROGRESS: _("In progress"),
        State.ANSWERED: _("Answered"),
        State.REFUSED: _("Refused"),
    }
