"""/staff/patient/{handle}: what the law allows, and the record across providers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.consents import svod_consent
from kedja.access.instants import text_of
from kedja.access.rules import limit
from kedja.outcome import refuse
from kedja.portals.shared import ask, support
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff import ask_care
from kedja.portals.staff.band import assignment_of, header, href, identity_of, reason_of
from kedja.portals.staff.done import done
from kedja.portals.staff.handle import person_of
from kedja.portals.staff.record import record
from kedja.portals.staff.steps import panels
from kedja.portals.staff.unseen import unseen

CONSENT_LASTS: Final = {"day": timedelta(days=1), "month": timedelta(days=30), "year": timedelta(days=365)}
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


async def patient(visit: Visit) -> Response:
    person = person_of(visit)
    identity = await identity_of(visit)
    directory = await ask.directory(visit)
    steps = await ask.steps(visit, person)
    told = panels(steps, directory, visit.actor.kind, visit._)
    opened = await ask_care.overview(visit, person) if any(each.key == "content" for each in told) else ask_care.NOTHING
    helped = await support.cards(visit, person, identity.patient, "patient-view") if opened.held else support.NONE
    band = header(visit, identity)
    return render(
        visit,
        "staff/patient.html",
        dense=True,
        patient=band,
        panels=told,
        minor=band.age is not None and band.age < limit("adult-age"),
        record=record(opened.held, directory, visit._, visit.door.clock()),
        since=opened.since,
        support=helped,
        unseen=unseen(opened.left, await ask_care.late_sources(visit), told, visit._),
        older=bool(opened.left),
        own_provider=visit.actor.assignment.provider_name if visit.actor.assignment else "",
        done=done(visit),
    )


async def consent(visit: Visit) -> Response:
    """Record the consent that the patient gave (SVOD 3:1): for whom, and for how long."""
    form, person = await visit.form(), person_of(visit)
    lasts = CONSENT_LASTS.get(str(form.get("lasts")))
    if lasts is None or form.get("given") != "yes":
        raise refuse(422, "value", "say that the patient has consented, and for how long")
    identity, now, assignment = await identity_of(visit), visit.door.clock(), assignment_of(visit)
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
    return redirect(f"{href(visit, person)}?done=consent#done")


async def contact(visit: Visit) -> Response:
    """The patient has come to this unit: a contact of today, which is a care relation (PDL 4:1)."""
    form, person = await visit.form(), person_of(visit)
    reason = reason_of(form.get("reason"))
    if not reason:
        raise refuse(422, "required", "say why the patient has come")
    await ask.put(visit, _contact(visit, (await identity_of(visit)).patient, reason))
    return redirect(f"{href(visit, person)}?done=contact#done")


def _contact(visit: Visit, patient: str, reason: str) -> Resource:
    now, assignment = visit.door.clock(), assignment_of(visit)
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
