"""/staff/patient/{handle}: what the law allows, and the record across providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from kedja.access.consents import emergency_consent, svod_consent
from kedja.access.instants import text_of
from kedja.gate.people import Identity
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.shared.person import age, formatted, gender_word
from kedja.portals.shared.read import person_name
from kedja.portals.shared.tell import TABLE
from kedja.portals.staff.handle import handle, person_of
from kedja.portals.staff.record import record
from kedja.portals.staff.steps import panels

CONSENT_LASTS: Final = {"day": timedelta(days=1), "month": timedelta(days=30), "year": timedelta(days=365)}
OPENING_LASTS: Final = timedelta(hours=12)  # a long shift; the law says only that it is for the care that is needed now
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_LEAST_REASON: Final = 5
_MOST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Header:
    """Who the patient is, in the band over the record."""

    name: str
    number: str
    age: int | None
    gender: str
    deceased: bool
    protected: bool
    href: str


async def patient(visit: Visit) -> Response:
    person = person_of(visit)
    identity = await _identity(visit, person)
    directory = await ask.directory(visit)
    steps = await ask.steps(visit, person)
    told = panels(steps, directory, visit.actor.kind, visit._)
    held = await ask.person_record(visit, person, list(TABLE)) if any(each.key == "content" for each in told) else []
    return render(
        visit,
        "staff/patient.html",
        dense=True,
        patient=_header(visit, identity),
        panels=told,
        record=record(held, directory, visit._, visit.door.clock()),
        own_provider=visit.actor.assignment.provider_name if visit.actor.assignment else "",
        done=_done(visit.request.query_params.get("done", ""), visit._),
    )


async def consent(visit: Visit) -> Response:
    """Record the consent that the patient gave (SVOD 3:1): for whom, and for how long."""
    form, person = await visit.form(), person_of(visit)
    lasts = CONSENT_LASTS.get(str(form.get("lasts")))
    if lasts is None or form.get("given") != "yes":
        raise refuse(422, "value", "say that the patient has consented, and for how long")
    identity, now, assignment = await _identity(visit, person), visit.door.clock(), _assignment(visit)
    given = svod_consent(
        f"Patient/{identity.patient}",
        assignment.provider,
        dated=now,
        unit=assignment.unit,
        employee=visit.actor.hsa_id if form.get("whom") == "me" and visit.actor.hsa_id else None,
        starts=now,
        ends=now + lasts,
    )
    await ask.put(visit, given)
    return redirect(f"/staff/patient/{handle(visit, person)}?done=consent#done")


async def contact(visit: Visit) -> Response:
    """The patient has come to this unit: a contact of today, which is a care relation (PDL 4:1)."""
    form, person = await visit.form(), person_of(visit)
    reason = _reason(form.get("reason"))
    if not reason:
        raise refuse(422, "required", "say why the patient has come")
    await ask.put(visit, _contact(visit, (await _identity(visit, person)).patient, reason))
    return redirect(f"/staff/patient/{handle(visit, person)}?done=contact#done")


async def emergency(visit: Visit) -> Response:
    """First step: what an emergency opening is, and the reason for it."""
    identity = await _identity(visit, person_of(visit))
    return render(visit, "staff/emergency.html", dense=True, patient=_header(visit, identity), wrong="", reason="")


async def open_in_emergency(visit: Visit) -> Response:
    """Second step: say it once more; only then is anything opened (SVOD 3:6)."""
    form, person = await visit.form(), person_of(visit)
    identity = await _identity(visit, person)
    reason = _reason(form.get("reason"))
    told = {"dense": True, "patient": _header(visit, identity), "reason": reason}
    if not reason or form.get("danger") != "yes" or form.get("unobtainable") != "yes":
        wrong = visit._("Both conditions must hold, and the reason must be said in your own words.")
        return render(visit, "staff/emergency.html", 422, wrong=wrong, **told)
    if form.get("sure") != "yes":
        return render(visit, "staff/emergency_sure.html", hours=int(OPENING_LASTS.total_seconds() // 3600), **told)
    now, assignment = visit.door.clock(), _assignment(visit)
    opening = emergency_consent(
        f"Patient/{identity.patient}",
        assignment.provider,
        employee=visit.actor.hsa_id or visit.actor.id,
        unit=assignment.unit,
        reason=reason,
        starts=now,
        ends=now + OPENING_LASTS,
    )
    await ask.put(visit, opening)
    return redirect(f"/staff/patient/{handle(visit, person)}?done=emergency#done")


async def _identity(visit: Visit, person: int) -> Identity:
    identity = await ask.identity(visit, person)
    if identity is None:
        raise refuse(404, "not-found", "nobody with this number is a patient here")
    return identity


def _header(visit: Visit, identity: Identity) -> Header:
    return Header(
        name=person_name({"name": identity.name}),
        number=formatted(identity.number),
        age=age(identity.birth_date, visit.door.clock().astimezone(ZONE).date()),
        gender=gender_word(identity.gender, visit._),
        deceased=identity.deceased,
        protected=identity.protected,
        href=f"/staff/patient/{handle(visit, identity.person)}",
    )


def _contact(visit: Visit, patient: str, reason: str) -> Resource:
    now, assignment = visit.door.clock(), _assignment(visit)
    midnight = datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), datetime.min.time(), ZONE)
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": _ACT_CODE, "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": text_of(now), "end": text_of(midnight)},
        "reasonCode": [{"text": reason}],
        "serviceProvider": {"display": assignment.unit_name or assignment.unit},
    }


def _assignment(visit: Visit) -> Any:
    if visit.actor.assignment is None:
        raise refuse(403, "forbidden", "you have no assignment to act under: choose one when you sign in")
    return visit.actor.assignment


def _reason(value: object) -> str:
    reason = " ".join(str(value or "").split())[:_MOST_REASON]
    return reason if len(reason) >= _LEAST_REASON else ""


def _done(key: str, _: Language) -> str:
    words = {
        "consent": _("The patient's consent is recorded. You can read what it covers."),
        "contact": _("The contact is started. What your unit's care needs is open to you."),
        "emergency": _("Opened. Look only at what matters now: the patient and the privacy officer can see what you open."),
    }
    return words.get(key, "")
