"""/innovation/cases: searching among cases, and one case with its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_alike
from kedja.gate import innovation_cases as gate
from kedja.gate.innovation_work import Decision
from kedja.innovation.intake import fields
from kedja.innovation.machine import Status, machines, moves
from kedja.innovation.payment import options
from kedja.innovation.words import Words
from kedja.portals.innovation.alike import like_kinds
from kedja.portals.innovation.forms import clean, needed
from kedja.portals.innovation.history import outcomes, told
from kedja.portals.innovation.navigator import address
from kedja.portals.shared.page import Visit, redirect, render

_PAGE: Final = 25


async def listing(visit: Visit) -> Response:
    """The cases that the visitor sees, searched by words, kind, status and organisation."""
    query = visit.request.query_params
    words, kind, status = query.get("words", "")[:200], query.get("kind", ""), query.get("status", "")
    page = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 5 else 1
    asked = gate.Asked(
        words=clean(words),
        machines=[kind] if kind in machines() else (),
        statuses=[status] if status in list(Status) else (),
        org=clean(query.get("org", ""))[:60],
        count=_PAGE,
        skip=_PAGE * (max(page, 1) - 1),
    )
    found, total = await gate.cases(visit.door, visit.actor, asked, visit.id)
    more = page + 1 if total > page * _PAGE else 0
    context = {"words": words, "kind": kind, "status": status, "page": page, "more": more, "kinds": machines().values()}
    return render(visit, "innovation/cases.html", found=found, total=total, **context)


async def case(visit: Visit) -> Response:
    return await case_page(visit, visit.request.path_params["id"])


async def case_page(
    visit: Visit, id: str, *, lacking: Sequence[Words] = (), drafted: Decision | None = None, status: int = 200
) -> Response:
    """A case's page. `lacking` is what a decision that was `drafted` cannot be taken without."""
    sheet = await gate.case(visit.door, visit.actor, id, visit.id)
    rows = await gate.orgs(visit.door, visit.actor, visit.id) if "invite" in sheet.may else ()
    code = visit._.code
    return render(
        visit,
        "innovation/case.html",
        status,
        sheet=sheet,
        case=sheet.case,
        answers=[(field, answer(field, sheet.case.problem, code)) for field in fields() if field.id in sheet.case.problem],
        events=[told(dict(event), sheet.case, visit._) for event in reversed(sheet.events)],
        done=visit.request.query_params.get("done", ""),
        now=visit.door.clock(),
        moves=moves(sheet.case.runs, sheet.case.state),
        lacking=lacking,
        drafted=drafted,
        outcomes=outcomes(visit._),
        machines=machines().values(),
        orgs=[row for row in rows if row["org"] != sheet.case.org],
        found=await _likes(visit, sheet),
        like_kinds=like_kinds(visit),
        **_paid(sheet, code),
        navigation=address(sheet.navigation.kept.answers if sheet.navigation else {}, sheet.case.id),
    )


def _paid(sheet: gate.Sheet, code: str) -> dict[str, str]:
    """What was last decided about who pays, in words."""
    if sheet.paid is None:
        return {}
    names = {each.id: each.words.of(code) for each in options("outcomes")}
    chosen = exactjson.loads(sheet.paid["models"].encode()).get("chosen", {})
    return {"paid_name": names[sheet.paid["outcome"]], "paid_model": chosen.get("title", "")}


async def _likes(visit: Visit, sheet: gate.Sheet) -> list[innovation_alike.Found]:
    """At triage, what the case is like: for whom takes it in."""
    case = sheet.case
    if "settle" not in sheet.may or case.state.status is not Status.FILED:
        return []
    text = "\n".join(str(value) for value in case.problem.values() if isinstance(value, str) and " " in value)
    return await innovation_alike.alike(visit.door, visit.actor, f"{case.title}\n{text}", visit.id, without=case.id)


async def tell(visit: Visit) -> Response:
    """A message to those who take part."""
    form, id = await visit.form(), visit.request.path_params["id"]
    said = needed(form, "text", visit._("Write what you want to say."))
    await gate.tell(visit.door, visit.actor, id, said, open=form.get("open") == "yes", request=visit.id)
    return redirect(f"/innovation/cases/{id}?done=told#history")


def answer(field: Any, problem: Any, code: str) -> str:
    """An answer to the intake in words."""
    given = problem[field.id]
    names = {option.id: option.words.of(code) for option in field.options}
    return ", ".join(names.get(each, each) for each in given) if isinstance(given, list) else names.get(given, given)
