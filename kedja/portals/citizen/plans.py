"""/me/plans: the joint plans of the person, or of whom they act for: goals, who does what, and what they tick themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from kedja.access.actor import Kind
from kedja.discharge import plan as plan_of
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask_plans, plan_show
from kedja.portals.shared.ask_plans import Kept
from kedja.portals.shared.page import Visit, redirect, render

_OWN: Final = {Kind.CITIZEN: frozenset({plan_of.PERSON}), Kind.PROXY: frozenset({plan_of.RELATIVE})}
"""A guardian sees a child's plan and ticks nothing: who takes part for a child is not settled by a rule here."""


async def plans(visit: Visit) -> Response:
    found = await ask_plans.plans(visit, visit.actor.subject)
    return render(visit, "citizen/plans.html", found=[plan_show.shown(each, _own(visit), visit._) for each in found])


async def plan(visit: Visit) -> Response:
    version = visit.request.query_params.get("version", "")
    earlier = int(version) if version.isdecimal() and len(version) < 9 else 0
    return _page(visit, await ask_plans.plan(visit, visit.request.path_params["id"], earlier), earlier=bool(earlier))


async def act(visit: Visit) -> Response:
    """Tick one's own task, say something, or take back the consent, which closes the plan (4:2)."""
    id, form, now = visit.request.path_params["id"], visit.sent, visit.door.clock()
    kept = await ask_plans.plan(visit, id)
    seen, what, own = str(form.get("version", "")), str(form.get("act", "")), _own(visit)
    words, task, done = str(form.get("words", "")).strip()[:2000], str(form.get("task", "")), form.get("done") == "yes"
    allowed = ("tick", "say", "withdraw") if visit.actor.kind is Kind.CITIZEN else ("tick", "say")
    if not seen.isdecimal() or len(seen) > 8 or what not in allowed or not own:
        raise refuse(422, "value", "open the plan again, and make your change there")
    if what == "say" and not words:
        return _page(visit, kept, wrong=visit._("Write something."), status=422)
    edits = {
        "tick": lambda body: plan_of.ticked(body, task, done=done, by=own, who=visit.actor.name, at=now),
        "say": lambda body: plan_of.remarked(body, words, visit.actor.name, now),
        "withdraw": lambda body: plan_of.closed(body, "revoked", now),
    }
    try:
        if not plan_of.read(kept.resource).active:
            raise refuse(409, "conflict", "the plan is closed: what stands in it stays")
        await ask_plans.change(visit, id, int(seen), edits[what])
    except OutcomeError as error:
        if error.status != 412:
            raise
        told = visit._("Somebody changed the plan while you did. Look at it as it stands now, and try again.")
        return _page(visit, await ask_plans.plan(visit, id), typed=words, wrong=told, status=412)
    return redirect(f"/me/plans/{id}?done={what}#done")


def _page(visit: Visit, kept: Kept, *, typed: str = "", wrong: str = "", earlier: bool = False, status: int = 200) -> Response:
    shown = plan_show.shown(kept, frozenset() if earlier else _own(visit), visit._)
    if earlier:
        shown = replace(shown, plan=replace(shown.plan, status="earlier"))
    done = {
        "tick": visit._("It is ticked."),
        "say": visit._("It stands in the plan."),
        "withdraw": visit._("The plan is closed."),
    }
    said = done.get(visit.request.query_params.get("done", ""), "")
    return render(
        visit, "citizen/plan.html", status, shown=shown, typed=typed, wrong=wrong, earlier=earlier, done="" if wrong else said
    )


def _own(visit: Visit) -> frozenset[str]:
    return _OWN.get(visit.actor.kind, frozenset())
