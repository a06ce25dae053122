"""/staff/patient/{handle}/mandates: mandates that the patient has signed on paper: the unit's staff register them, and revoke
them when the patient asks (P-13.4). Mandates that the patient has given elsewhere are not told of here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from kedja.access.compile import permit
from kedja.access.consents import Kind, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.mandate import Matter
from kedja.access.mandates import Original, mandate
from kedja.access.rules import limit
from kedja.gate.people import Identity
from kedja.outcome import refuse
from kedja.portals.shared import ask, consents
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.mandates import choices, chosen, current, number_of
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text
from kedja.portals.staff.band import assignment_of, header, href, identity_of

_USUAL: Final = timedelta(days=182)
_LONGEST: Final = timedelta(days=730)
_MOST: Final = 200  # characters of what is written
_SECOND: Final = timedelta(seconds=1)  # a period ends within its last day, so that pages tell that day


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written in the form; days as 2026-05-04. `wrong` says what is missing, by the name of the field."""

    name: str = ""
    number: str = ""
    matters: Matter = Matter.NONE
    starts: str = ""
    ends: str = ""
    signed: str = ""
    kept: str = ""
    examined: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the draft, None for what is no day."""

    today: date
    starts: date | None
    ends: date | None
    signed: date | None


async def mandates(visit: Visit) -> Response:
    today = _today(visit)
    draft = Draft(starts=today.isoformat(), ends=(today + _USUAL).isoformat())
    return await _page(visit, await identity_of(visit), draft)


async def register(visit: Visit) -> Response:
    """The mandate holds from its first day on, today from the next request. What is missing is told at its field."""
    draft, identity = _draft(await visit.form()), await identity_of(visit)
    if _why_none(visit, identity):
        return await _page(visit, identity, draft, status=422)
    days = Days(_today(visit), _day(draft.starts), _day(draft.ends), _day(draft.signed))
    number, wrong = number_of(draft.number, visit)
    wrong |= _wrong(draft, days, visit._)
    if number[1] and number[1] == identity.number:
        wrong["number"] = visit._("This is the patient's own number.")
    if wrong or not days.starts or not days.ends or not days.signed:
        return await _page(visit, identity, replace(draft, wrong=wrong), status=422)
    now, midnight = visit.door.clock(), _midnight(days.starts)
    given = mandate(
        f"Patient/{identity.patient}",
        number,
        draft.matters,
        dated=now,
        starts=max(midnight, now),
        ends=_midnight(days.ends + timedelta(days=1)) - _SECOND,
        name=draft.name,
        original=Original(days.signed, draft.kept, assignment_of(visit).unit),
    )
    await ask.put(visit, given)
    return redirect(f"{href(visit, identity.person)}/mandates?done=registered#done")


async def revoke(visit: Visit) -> Response:
    """The mandate no longer holds; it stays in the history."""
    form, identity = await visit.form(), await identity_of(visit)
    held = await _held(visit, identity.person)
    found = next((each for each in held if text(each, "id") == form.get("mandate") and text(each, "status") == "active"), None)
    if found is None:
        raise refuse(404, "not-found", "this mandate is not here: it may have been revoked already")
    await ask.put(visit, withdrawn(found))
    return redirect(f"{href(visit, identity.person)}/mandates?done=revoked#done")


async def _held(visit: Visit, person: int) -> list[Resource]:
    """The mandates that the own unit has registered."""
    unit, kept = assignment_of(visit).unit, await ask.person_record(visit, person, ["Consent"])
    return [each.resource for each in kept if each.unit == unit and consents.kind_of(each.resource) == Kind.PROXY]


async def _page(visit: Visit, identity: Identity, draft: Draft, status: int = 200) -> Response:
    _ = visit._
    words = {
        "registered": _("The mandate is registered."),
        "revoked": _("The mandate is revoked. It held until now, and no longer."),
    }
    return render(
        visit,
        "staff/proxies.html",
        status,
        dense=True,
        patient=header(visit, identity),
        mandates=current(await _held(visit, identity.person), visit.door.clock(), _),
        none=_why_none(visit, identity),
        draft=draft,
        matters=choices(draft.matters, _),
        today=_today(visit),
        done=words.get(visit.request.query_params.get("done", ""), ""),
    )


def _why_none(visit: Visit, identity: Identity) -> str:
    """Why nobody can, or this visitor may not, register a mandate for this patient; '' where they may."""
    assignment, band, _ = assignment_of(visit), header(visit, identity), visit._
    if band.deceased:
        return _("The patient has died. No mandate gives access any more.")
    if band.age is not None and band.age < limit("adult-age"):
        return _("The patient is a minor: guardians act by law, and a mandate would give nothing.")
    control = Custody(Regime.CONTROL, identity.person, assignment.provider, assignment.unit)
    if not all(evaluate(permit(visit.actor, action, visit.door.clock()), control) for action in ("establish-proxy", "write")):
        return _("Mandates are registered by staff who give care, under an assignment for it.")
    return ""


def _wrong(draft: Draft, days: Days, _: Language) -> dict[str, str]:
    """What is wrong with each field, but for the number."""
    longest = _("A mandate that is registered here lasts two years at most.")
    checks: tuple[tuple[str, bool, Callable[[], str]], ...] = (
        ("name", not draft.name, lambda: _("Write the proxy's name as it stands in the mandate.")),
        ("matters", not draft.matters, lambda: _("Choose at least one thing that the mandate covers.")),
        ("starts", days.starts is None or days.starts < days.today, lambda: _("Write today or a later day.")),
        ("ends", not days.ends or days.ends < max(days.starts or days.today, days.today), lambda: _("Write the last day.")),
        ("ends", bool(days.ends) and days.ends > (days.starts or days.today) + _LONGEST, lambda: longest),
        ("signed", days.signed is None or days.signed > days.today, lambda: _("Write the day on which the patient signed.")),
        ("kept", not draft.kept, lambda: _("Write where the paper is kept, so that it can be found and examined.")),
        ("examined", not draft.examined, lambda: _("Say that you have examined the original. Nothing has been registered yet.")),
    )
    return {name: words() for name, is_wrong, words in checks if is_wrong}


def _draft(form: FormData) -> Draft:
    def line(name: str) -> str:
        return " ".join(str(form.get(name, "")).split())[:_MOST]

    return Draft(
        name=line("name"),
        number=line("number"),
        matters=chosen(form),
        starts=line("starts"),
        ends=line("ends"),
        signed=line("signed"),
        kept=line("kept"),
        examined=form.get("examined") == "yes",
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _today(visit: Visit) -> date:
    return visit.door.clock().astimezone(ZONE).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
