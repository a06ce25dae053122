"""/staff/patient/{handle}/guardians: what the unit has decided on who reads what it holds about a child: closed to guardians
(OSL 12:3, P-12), or an exception from the ages, for guardians or for the child (P-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.compile import permit
from kedja.access.consents import Kind, Party, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.mandates import decision
from kedja.access.rules import limit
from kedja.outcome import refuse
from kedja.portals.shared import ask, consents
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.read import text, when
from kedja.portals.staff.band import assignment_of, header, href, identity_of

_LASTS: Final[Mapping[str, timedelta | None]] = {"month": timedelta(days=30), "year": timedelta(days=365), "always": None}
_DECIDED: Final = (Kind.GUARDIAN_RESTRICTION, Kind.GUARDIAN_ACCESS, Kind.CHILD_ACCESS)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the unit that is in force."""

    id: str
    words: str
    since: datetime | None
    until: datetime | None


async def guardians(visit: Visit) -> Response:
    return await _page(visit)


async def decide(visit: Visit) -> Response:
    """The decision holds from the next request on. What the unit has examined, it says in its record."""
    form, identity = await visit.form(), await identity_of(visit)
    kind = next((each for each in _DECIDED if each == form.get("kind")), None)
    lasts = str(form.get("lasts", ""))
    if kind is None or lasts not in _LASTS:
        raise refuse(422, "value", "say what is decided, and for how long")
    if form.get("examined") != "yes":
        return await _page(visit, wrong=visit._("Say that it has been examined for this child. Nothing has been decided yet."))
    now, assignment, span = visit.door.clock(), assignment_of(visit), _LASTS[lasts]
    ends = now + span if span else None
    patient = f"Patient/{identity.patient}"
    await ask.put(visit, decision(kind, patient, assignment.provider, assignment.unit, dated=now, starts=now, ends=ends))
    return redirect(f"{href(visit, identity.person)}/guardians?done=decided#done")


async def end(visit: Visit) -> Response:
    """The decision no longer holds; it stays in the history."""
    form, identity = await visit.form(), await identity_of(visit)
    found = next((each for each in await _held(visit, identity.person) if text(each, "id") == form.get("decision")), None)
    if found is None:
        raise refuse(404, "not-found", "this decision is not here: it may have been ended already")
    await ask.put(visit, withdrawn(found))
    return redirect(f"{href(visit, identity.person)}/guardians?done=undone#done")


async def _page(visit: Visit, *, wrong: str = "") -> Response:
    identity, _ = await identity_of(visit), visit._
    words = {"decided": _("It is decided, and holds from now on."), "undone": _("The decision has ended.")}
    return render(
        visit,
        "staff/child.html",
        422 if wrong else 200,
        dense=True,
        patient=header(visit, identity),
        decisions=[_said(each, _) for each in await _held(visit, identity.person)],
        may={kind.value: _may(visit, kind, identity.person) for kind in _DECIDED},
        ages={name: limit(f"{name}-age") for name in ("guardian", "child-reading", "adult")},
        wrong=wrong,
        done=words.get(visit.request.query_params.get("done", ""), ""),
    )


async def _held(visit: Visit, person: int) -> list[Resource]:
    """The decisions in force that the own unit has made."""
    unit, kept = assignment_of(visit).unit, await ask.person_record(visit, person, ["Consent"])
    valid = consents.in_force((each.resource for each in kept), visit.door.clock())
    return [each for each in valid if consents.kind_of(each) in _DECIDED and consents.party(each, Party.UNIT) == unit]


def _may(visit: Visit, kind: Kind, person: int) -> bool:
    """Whether the law lets the visitor decide this for their unit."""
    assignment = assignment_of(visit)
    control = Custody(Regime.CONTROL, person, assignment.provider, assignment.unit)
    return evaluate(permit(visit.actor, f"establish-{kind.value}", visit.door.clock()), control)


def _said(consent: Resource, _: Language) -> Decision:
    words = {
        Kind.GUARDIAN_RESTRICTION: _("Closed to guardians"),
        Kind.GUARDIAN_ACCESS: _("Guardians read what this unit holds"),
        Kind.CHILD_ACCESS: _("The child reads what this unit holds"),
    }
    since, until = when(text(consent, "dateTime")), when(text(consent, "provision", "period", "end"))
    kind = Kind(consents.kind_of(consent))
    return Decision(text(consent, "id"), words[kind], since.at if since else None, until.at if until else None)
