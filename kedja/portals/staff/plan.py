"""/staff/plans/{id}: the joint plan, made with the patient's consent, changed by all who take part (lag 2017:612 4 kap.)."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from kedja.discharge import plan as plans
from kedja.discharge.case import Party
from kedja.discharge.messages import Recipient
from kedja.discharge.reading import recipients_of
from kedja.discharge.sending import circle
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask_discharge, ask_plans, plan_show
from kedja.portals.shared.ask_plans import Kept
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.plan_show import Draft
from kedja.portals.staff.band import assignment_of, header, identity_of_person
from kedja.portals.staff.discharge_view import view


async def begin(visit: Visit) -> Response:
    """The region's open care begins the plan of a stay, with all who were told of it, once the patient has consented."""
    found = await ask_discharge.one(visit, visit.request.path_params["id"])
    assignment, key = assignment_of(visit), str(visit.sent.get("key", ""))
    shown = view(found, assignment.provider, assignment.unit, visit.door.clock(), visit._)
    if shown is None or Party.OPEN_CARE not in shown.own or not (key.isalnum() and key.isascii() and len(key) == 32):
        raise refuse(422, "value", "open the page of the stay again, and begin the plan there")
    if visit.sent.get("consents") != "yes":
        raise refuse(422, "required", "the plan is made with the patient's consent alone: record it first (2017:612 4 kap. 2 §)")
    me = Recipient(Party.OPEN_CARE, assignment.provider, assignment.unit, assignment.unit_name)
    others = [each for party, each in circle(found.messages).items() if party not in (Party.OPEN_CARE, *shown.case.withheld)]
    patient, now = found.subject["reference"], visit.door.clock()
    title = visit._("Joint plan")
    made = plans.begun(key, patient, me, others, title, "Consent/0", now)
    id = await ask_plans.begin(visit, key, made, plans.consent(patient, now, "said"))
    return redirect(f"/staff/plans/{id}?done=begun#done")


async def plan(visit: Visit) -> Response:
    version = visit.request.query_params.get("version", "")
    earlier = int(version) if version.isdecimal() and len(version) < 9 else 0
    return await _page(visit, await ask_plans.plan(visit, visit.request.path_params["id"], earlier), earlier=bool(earlier))


async def act(visit: Visit) -> Response:
    """Tick, say, change or close; where somebody has changed the plan since, both stand on the page and nothing is lost."""
    id, form, now = visit.request.path_params["id"], visit.sent, visit.door.clock()
    kept = await ask_plans.plan(visit, id)
    seen, what = str(form.get("version", "")), str(form.get("act", ""))
    given = plan_show.sent({name: str(value) for name, value in form.multi_items()})
    who, own = f"{visit.actor.name}, {assignment_of(visit).unit_name}", _own(visit, kept)
    words = str(form.get("words", "")).strip()[:2000]
    if not seen.isdecimal() or len(seen) > 8 or what not in ("tick", "say", "change", "close") or not own:
        raise refuse(422, "value", "open the plan again, and make your change there")
    wanted = plan_show.wanted(given, visit._) if what == "change" else ((), ())
    if isinstance(wanted, str) or (what == "say" and not words):
        return await _page(
            visit, kept, draft=given, wrong=wanted if isinstance(wanted, str) else visit._("Write something."), status=422
        )
    goals, tasks = wanted
    task, done = str(form.get("task", "")), form.get("done") == "yes"
    edits = {
        "tick": lambda body: plans.ticked(body, task, done=done, by=own, who=who, at=now),
        "say": lambda body: plans.remarked(body, words, who, now),
        "change": lambda body: plans.edited(body, given.title, given.about, goals, tasks),
        "close": lambda body: plans.closed(body, "completed", now),
    }
    try:
        if not plans.read(kept.resource).active:
            raise refuse(409, "conflict", "the plan is closed: what stands in it stays")
        await ask_plans.change(visit, id, int(seen), edits[what])
    except OutcomeError as error:
        if error.status != 412:
            raise
        told = visit._("Somebody changed the plan while you did. What you wrote is kept in the form: compare, and save again.")
        return await _page(visit, await ask_plans.plan(visit, id), draft=given, typed=words, wrong=told, status=412)
    return redirect(f"/staff/plans/{id}?done={what}#done")


async def _page(
    visit: Visit,
    kept: Kept,
    *,
    draft: Draft | None = None,
    typed: str = "",
    wrong: str = "",
    earlier: bool = False,
    status: int = 200,
) -> Response:
    own = frozenset[str]() if earlier else _own(visit, kept)
    shown = plan_show.shown(kept, own, visit._)
    if earlier:
        shown = replace(shown, plan=replace(shown.plan, status="earlier"))
    form = draft if draft is not None and draft.title else plan_show.draft(shown.plan)
    identity = await identity_of_person(visit, kept.person)
    return render(
        visit,
        "staff/plan.html",
        status,
        dense=True,
        patient=header(visit, identity),
        shown=shown,
        own=own,
        draft=form,
        doers=plan_show.doers(visit._),
        typed=typed,
        wrong=wrong,
        earlier=earlier,
        done=_done(visit),
    )


def _own(visit: Visit, kept: Kept) -> frozenset[str]:
    """The doers that the visitor's unit is in this plan."""
    assignment = assignment_of(visit)
    parties = recipients_of({"recipient": kept.resource.get("contributor", [])})
    return frozenset(each.party.value for each in parties if (each.provider, each.unit) == (assignment.provider, assignment.unit))


def _done(visit: Visit) -> str:
    _ = visit._
    words = {
        "begun": _("The consent is recorded and the plan has begun. All who take part have it."),
        "tick": _("It is ticked."),
        "say": _("It stands in the plan."),
        "change": _("The plan is changed for all who take part."),
        "close": _("The plan is closed."),
    }
    return words.get(visit.request.query_params.get("done", ""), "")
