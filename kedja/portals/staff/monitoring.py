"""/staff/patient/{handle}/monitoring: social care asks for technique that monitors at home, and sees who has said what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.access.actor import Kind
from kedja.care.monitoring import MOST_MONTHS, TECHNIQUES, Terms, main_of, wrong
from kedja.identity.numbers import parse_any
from kedja.outcome import OutcomeError
from kedja.portals.shared import ask, ask_monitoring
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.monitoring_words import data_names, shown, technique_names
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import header, href, identity_of

_LONGEST: Final = 300  # characters of a purpose


async def monitoring(visit: Visit) -> Response:
    return await _page(visit)


async def propose(visit: Visit) -> Response:
    """Ask the person, and the one who lives there. What is more than is needed is refused."""
    form, identity = await visit.form(), await identity_of(visit)
    terms, months = _terms(form, header(visit, identity).name), str(form.get("months", ""))
    term = wrong(terms) if months in _months() else "months"
    if term:
        return await _page(visit, _words(visit)[term], 422)
    others: list[str] = []
    if form.get("alone") != "yes":
        other = await _cohabitant(visit, str(form.get("number", "")), identity.person)
        if not other:
            told = visit._("Write the whole personal number of who lives there, or say that nobody else does.")
            return await _page(visit, told, 422)
        others = [other]
    ends = visit.door.clock() + timedelta(days=30 * int(months))
    await ask_monitoring.propose(visit, f"Patient/{identity.patient}", others, terms, ends)
    return redirect(f"{href(visit, identity.person)}/monitoring?done=asked#done")


async def _page(visit: Visit, wrong_words: str = "", status: int = 200) -> Response:
    identity = await identity_of(visit)
    found, directory = await ask_monitoring.asked(visit, identity.person), await ask.directory(visit)
    now, form = visit.door.clock(), visit.sent or {}
    own = [each for each in found if not main_of(each.consent)]
    made = [shown(each, directory, visit._, cohabitant=False, over=False) for each in own]
    return render(
        visit,
        "staff/monitoring.html",
        status,
        dense=True,
        patient=header(visit, identity),
        asks=visit.actor.kind is Kind.CARE_WORKER,
        found=[(one, one.until is not None and one.until.at <= now) for one in made],
        techniques=technique_names(visit._),
        data={name: data_names(visit._)[name] for each in TECHNIQUES.values() for name in each.data},
        months=_months(),
        draft=_draft(form),
        wrong=wrong_words,
        done=visit._("Everybody is asked.") if visit.request.query_params.get("done") == "asked" else "",
    )


async def _cohabitant(visit: Visit, words: str, person: int) -> str:
    """`Patient/id` of another person with this number; ''. That they were looked up stands in their log."""
    try:
        number = parse_any(words, visit.door.clock().astimezone(ZONE).date())
    except OutcomeError:
        return ""
    found = await ask.find_by_number(visit, number.system, number.value)
    identity = await ask.identity(visit, found) if found and found != person else None
    return f"Patient/{identity.patient}" if identity else ""


def _terms(form: FormData, name: str) -> Terms:
    days = str(form.get("days", ""))
    return Terms(
        technique=str(form.get("technique", "")),
        purpose=" ".join(str(form.get("purpose", "")).split())[:_LONGEST],
        data=tuple(dict.fromkeys(str(each) for each in form.getlist("data"))),
        start=_clock(str(form.get("start", ""))),
        end=_clock(str(form.get("end", ""))),
        days=int(days) if days.isdecimal() and len(days) < 4 else -1,
        name=name,
    )


def _clock(words: str) -> str:
    try:
        return f"{time.fromisoformat(words):%H:%M}" if words else ""
    except ValueError:
        return ""


def _draft(form: Any) -> Mapping[str, Any]:
    names = ("technique", "purpose", "start", "end", "days", "months", "number", "alone")
    data = form.getlist("data") if isinstance(form, FormData) else []
    return {name: str(form.get(name, "")) for name in names} | {"data": data}


def _months() -> tuple[str, ...]:
    return tuple(str(n) for n in (1, 3, MOST_MONTHS))


def _words(visit: Visit) -> Mapping[str, str]:
    return {
        "technique": visit._("Choose a technique."),
        "purpose": visit._("Write what it is for: both read it."),
        "data": visit._("Choose data that this technique needs, and no other."),
        "days": visit._("Data of this technique are not kept so long."),
        "times": visit._("A camera is looked at only at stated times: write from when until when."),
        "months": visit._("Choose for how long."),
    }
