"""A block is lifted by the provider that has set it: asking for it (SVOD 3:5), and answering with yes for a time, or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.asker import Context
from kedja.access.duties import given, lift_request, owner_of
from kedja.access.openings import Reader
from kedja.access.openings import lift as lift_of
from kedja.access.rules import limit
from kedja.outcome import refuse
from kedja.portals.shared import ask, ask_lift
from kedja.portals.shared.ask_lift import Asked
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text, when
from kedja.portals.staff.band import assignment_of, header, href, identity_of, identity_of_person, reason_of
from kedja.portals.staff.handle import person_of

DECLARED: Final = Context(danger=True, consent_unobtainable=True)
BLOCKERS: Final = "blockers"
_HOURS: Final = (1, 4, 12, 24)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that the own unit has sent: to whom, when, and what was answered ('' while nothing was)."""

    provider: str
    at: datetime | None
    answer: str
    lifted: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the own provider: who asks, from where, when and why; how it was decided, or ''."""

    id: str
    who: str
    where: str
    at: datetime | None
    reason: str
    decided: str
    note: str


async def ask_for_lift(visit: Visit) -> Response:
    """Ask a provider that has blocked to lift the block, for care that the patient cannot do without."""
    form, person = await visit.form(), person_of(visit)
    identity = await identity_of(visit)
    reason, provider = reason_of(form.get("reason")), str(form.get("provider", ""))
    if not reason or form.get("declared") != "yes":
        raise refuse(422, "required", "say that there is danger and the patient cannot ask, and why the information is needed")
    told = await ask.steps(visit, person, DECLARED)
    if provider not in {each for step in told if step.key == BLOCKERS for each in step.providers}:
        raise refuse(422, "value", "choose one of the providers that have blocked information about the patient")
    named = (await ask.directory(visit)).get(provider, provider)
    request = lift_request(
        f"Patient/{identity.patient}", provider, actor=visit.actor, reason=reason, dated=visit.door.clock(), name=named
    )
    await ask.put(visit, request)
    return redirect(f"{href(visit, person)}/critical?done=asked#done")


async def requests(visit: Visit) -> Response:
    """What the own provider has to decide on. Whom it is about is told on the request's own page."""
    asked = await ask_lift.open_requests(visit)
    done = {"yes": visit._("The block is lifted for the time that you said."), "no": visit._("Your answer is sent.")}
    said = done.get(visit.request.query_params.get("done", ""), "")
    return render(visit, "staff/requests.html", dense=True, requests=[_request(each, visit) for each in asked], done=said)


async def request(visit: Visit) -> Response:
    return await _page(visit, await _asked(visit), "", 200)


async def answer(visit: Visit) -> Response:
    """Yes, for so many hours, to what the own unit or the whole provider holds; or no, with a reason."""
    form, asked = await visit.form(), await _asked(visit)
    decision, note = str(form.get("decision", "")), reason_of(form.get("note"))
    if decision not in ("yes", "no") or (decision == "no" and not note):
        return await _page(visit, asked, visit._("Choose an answer, and say why if it is no."), 422)
    lifts = [_lift(visit, asked.task, str(form.get("hours", "")), str(form.get("scope", "")))] if decision == "yes" else []
    status = "completed" if decision == "yes" else "rejected"

    def decide(task: Resource) -> Resource:
        notes = [*task.get("note", ()), {"text": note}] if note else task.get("note", [])
        return {**task, "status": status} | ({"note": notes} if notes else {})

    await ask_lift.decide_request(visit, text(asked.task, "id"), decide, lifts)
    return redirect(f"/staff/requests?done={decision}")


def sent(held: Iterable[Held], directory: Mapping[str, str]) -> Sequence[Sent]:
    """Requests that the own unit has sent about a person, with their answers."""
    found: list[Sent] = []
    for asked, answered in ask_lift.sent(held):
        at, provider = when(text(asked, "authoredOn")), owner_of(asked)
        lifted = text(answered, "statusReason", "coding", "code") == "lifted"
        words = text(answered, "payload", "contentString")
        found.append(Sent(directory.get(provider, provider), at.at if at else None, words, lifted))
    return found


async def _page(visit: Visit, asked: Asked, wrong: str, status: int) -> Response:
    return render(
        visit,
        "staff/request.html",
        status,
        dense=True,
        patient=header(visit, await identity_of_person(visit, asked.person)),
        request=_request(asked, visit),
        hours=[hours for hours in _HOURS if hours <= limit("emergency-hours")],
        unit=assignment_of(visit).unit_name,
        provider=assignment_of(visit).provider_name,
        wrong=wrong,
    )


async def _asked(visit: Visit) -> Asked:
    return await ask_lift.request_to_decide(visit, visit.request.path_params["id"])


def _lift(visit: Visit, task: Resource, hours: str, scope: str) -> Resource:
    """For who asked, of what the answering unit (or its provider) holds."""
    if hours not in {str(each) for each in _HOURS} or scope not in ("unit", "provider"):
        raise refuse(422, "value", "say for how long, and which information")
    assignment, now = assignment_of(visit), visit.door.clock()
    return lift_of(
        text(task, "for", "reference"),
        assignment.provider,
        assignment.unit if scope == "unit" else None,
        Reader(given(task, "provider"), given(task, "unit") or None, given(task, "employee") or None),
        inner=False,
        emergency=True,
        reason=text(task, "reasonCode", "text"),
        starts=now,
        ends=now + timedelta(hours=int(hours)),
    )


def _request(asked: Asked, visit: Visit) -> Request:
    task, at = asked.task, when(text(asked.task, "authoredOn"))
    decided = {"completed": visit._("Lifted"), "rejected": visit._("Not lifted")}
    where = (given(task, "unit-name"), given(task, "provider-name"))
    return Request(
        id=text(task, "id"),
        who=text(task, "requester", "display"),
        where=", ".join(dict.fromkeys(each for each in where if each)),
        at=at.at if at else None,
        reason=text(task, "reasonCode", "text"),
        decided=decided.get(text(task, "status"), ""),
        note=text(task, "note", "text"),
    )
