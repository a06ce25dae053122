"""What is done with a case: settled, decided, changed, opened, linked, and others invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from kedja.gate import innovation_cases as cases
from kedja.gate import innovation_work as gate
from kedja.gate.innovation_work import Decision, Lacking
from kedja.innovation.case import Case
from kedja.innovation.intake import fields, read
from kedja.innovation.machine import Move, Outcome
from kedja.innovation.words import Words
from kedja.outcome import refuse
from kedja.portals.innovation.cases import case_page
from kedja.portals.innovation.forms import clean, text, whole
from kedja.portals.shared.page import Visit, redirect, render

_LINE: Final = 200


async def decide(visit: Visit) -> Response:
    """The decision at a gate. What must be done first is told on the case's own page, with nothing lost of what was written."""
    form, id = await visit.form(), visit.request.path_params["id"]
    outcome, _, rest = text(form, "move", _LINE).partition(":")
    if outcome not in list(Outcome):
        raise refuse(422, "value", visit._("Choose what you decide."))
    move = Move(Outcome(outcome), text(form, "phase", _LINE), rest)
    checks = [str(each)[:_LINE] for each in form.getlist("check")]
    decision = Decision(move, text(form, "reason"), whole(form, "version"), checks, text(form, "authority", _LINE))
    try:
        await gate.decide(visit.door, visit.actor, id, decision, visit.id)
    except Lacking as lacking:
        return await case_page(visit, id, lacking=lacking.words, drafted=decision, status=422)
    return redirect(f"/innovation/cases/{id}?done=decided")


async def settle(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    given = (text(form, "machine", _LINE), text(form, "zone", _LINE), text(form, "note"))
    await gate.settle(visit.door, visit.actor, id, *given, visit.id)
    return redirect(f"/innovation/cases/{id}?done=settled")


async def again(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    await gate.again(visit.door, visit.actor, id, text(form, "phase", _LINE), text(form, "note"), visit.id)
    return redirect(f"/innovation/cases/{id}?done=ready")


async def invite(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    org = text(form, "org", _LINE)
    rows = await cases.orgs(visit.door, visit.actor, visit.id)
    name = next((row["name"] for row in rows if row["org"] == org), "")
    if not name:
        raise refuse(422, "value", visit._("Choose whom to invite."))
    role = {"company": "company", "patients": "patients"}.get(next(row["kind"] for row in rows if row["org"] == org), "unit")
    await gate.invite(visit.door, visit.actor, id, org, name, role, text(form, "text"), visit.id)
    return redirect(f"/innovation/cases/{id}?done=invited")


async def open_up(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    openness, _, confidential = text(form, "openness", _LINE).partition(":")
    await gate.open_up(visit.door, visit.actor, id, openness, confidential, text(form, "note"), visit.id)
    return redirect(f"/innovation/cases/{id}?done=opened")


async def link(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    await gate.link(visit.door, visit.actor, id, text(form, "kind", _LINE), whole(form, "number"), text(form, "note"), visit.id)
    return redirect(f"/innovation/cases/{id}?done=linked")


async def edit(visit: Visit) -> Response:
    """The problem description, for those who take part."""
    sheet = await cases.case(visit.door, visit.actor, visit.request.path_params["id"], visit.id)
    if "change" not in sheet.may:
        raise refuse(403, "forbidden", visit._("Those who take part in the case change it."))
    return _edit(visit, sheet.case, sheet.case.problem, {}, "")


async def change(visit: Visit) -> Response:
    form, id = await visit.form(), visit.request.path_params["id"]
    given = {field.id: [clean(str(value)) for value in form.getlist(field.id)] for field in fields()}
    answers, wrong = read(given)
    reason = text(form, "reason")
    if not reason:
        wrong["reason"] = Words("Skriv varför du ändrar.", "Write why you change it.")
    if wrong:
        sheet = await cases.case(visit.door, visit.actor, id, visit.id)
        return _edit(visit, sheet.case, answers, wrong, reason)
    await gate.change(visit.door, visit.actor, id, answers, reason, whole(form, "version"), visit.id)
    return redirect(f"/innovation/cases/{id}?done=changed")


def _edit(visit: Visit, case: Case, answers: Mapping[str, Any], wrong: Mapping[str, Words], reason: str) -> Response:
    context = {"fields": fields(), "answers": answers, "wrong": wrong, "reason": reason}
    return render(visit, "innovation/edit.html", 422 if wrong else 200, case=case, **context)
