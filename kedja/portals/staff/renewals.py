"""/staff/renewals: medicines that persons ask to have prescribed again; who prescribes approves, or refuses with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from kedja.access.consents import HSA_SYSTEM
from kedja.outcome import refuse
from kedja.portals.shared import ask_renewals
from kedja.portals.shared.entry import Resource, When
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import concept, items, text, when
from kedja.portals.staff.handle import handle

_LONGEST: Final = 300  # characters of a reason


@dataclass(frozen=True, slots=True)
class Asked:
    """One that waits. `href` leads to the patient's record."""

    id: str
    medicine: str
    dosage: tuple[str, ...]
    who: str
    href: str
    at: When | None
    words: str


async def waiting(visit: Visit) -> Response:
    return await _page(visit)


async def answer(visit: Visit) -> Response:
    """Yes: the order is written, in place of the one before it. No: with a reason that the person reads."""
    form = await visit.form()
    if not visit.actor.prescriber:
        raise refuse(403, "forbidden", visit._("Only who prescribes answers this."))
    decision, why = str(form.get("decision", "")), " ".join(str(form.get("why", "")).split())[:_LONGEST]
    if decision not in ("yes", "no") or (decision == "no" and not why):
        return await _page(visit, visit._("Write why you refuse: the person reads it."), 422)
    _person, asked = await ask_renewals.one(visit, visit.request.path_params["id"])
    if decision == "yes":
        await ask_renewals.approve(visit, asked, _requester(visit))
    else:
        await ask_renewals.refuse_with(visit, asked, why)
    return redirect(f"/staff/renewals?done={decision}#done")


async def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    words = {"yes": visit._("It is prescribed. The person sees that."), "no": visit._("It is refused. The person sees why.")}
    return render(
        visit,
        "staff/renewals.html",
        status,
        dense=True,
        found=[_asked(visit, person, each) for person, each in await ask_renewals.waiting(visit)],
        wrong=wrong,
        wrong_id=visit.request.path_params.get("id", ""),
        draft=str((visit.sent or {}).get("why", "")),
        prescribes=visit.actor.prescriber,
        done=words.get(visit.request.query_params.get("done", ""), ""),
    )


def _asked(visit: Visit, person: int, proposal: Resource) -> Asked:
    return Asked(
        id=text(proposal, "id"),
        medicine=concept(proposal.get("medicationCodeableConcept")) or text(proposal, "medicationReference", "display"),
        dosage=tuple(each for each in items(proposal, "dosageInstruction", "text") if isinstance(each, str)),
        who=text(proposal, "subject", "display"),
        href=f"/staff/patient/{handle(visit, person)}",
        at=when(text(proposal, "authoredOn")),
        words=text(proposal, "note", "text"),
    )


def _requester(visit: Visit) -> Resource:
    actor = visit.actor
    who = {"type": "Practitioner", "identifier": {"system": HSA_SYSTEM, "value": actor.hsa_id or actor.id}}
    return who | {"display": ", ".join(part for part in (actor.name, actor.title) if part)}
