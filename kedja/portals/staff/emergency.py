"""/staff/patient/{handle}/emergency: an emergency opening in two steps, as the law has them (SVOD 3:5-6, NLL 5:5).

First what is declared, and why; with that the law lets be told who holds information and who has blocked some. Only then may be
judged that it matters for care that the patient cannot do without, and be opened.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from kedja.access.consents import emergency_consent, withdrawn
from kedja.access.decide import establish
from kedja.access.openings import Reader, medication_list_opening
from kedja.access.rows import ConsentFact
from kedja.access.rules import limit
from kedja.gate.people import Identity
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import assignment_of, employee_of, header, href, identity_of, reason_of
from kedja.portals.staff.critical import own_openings
from kedja.portals.staff.handle import person_of
from kedja.portals.staff.lift import DECLARED
from kedja.portals.staff.steps import blocked_of, panels

_HOURS: Final = 12  # a long shift; the law says only that it is for the care that is needed now


async def declare(visit: Visit) -> Response:
    """First step: what an emergency opening is, and the reason for it."""
    identity = await identity_of(visit)
    return render(visit, "staff/emergency.html", dense=True, patient=header(visit, identity), wrong="", reason="")


async def open_in_emergency(visit: Visit) -> Response:
    """Second step: who holds something; and, when it is said once more, the opening."""
    form = await visit.form()
    identity = await identity_of(visit)
    reason = reason_of(form.get("reason"))
    told = {"dense": True, "patient": header(visit, identity), "reason": reason}
    if not reason or form.get("danger") != "yes" or form.get("unobtainable") != "yes":
        wrong = visit._("Both conditions must hold, and the reason must be said in your own words.")
        return render(visit, "staff/emergency.html", 422, wrong=wrong, **told)
    if form.get("sure") != "yes":
        return await _sure(visit, identity, told)
    with_list = form.get("medication-list") == "yes" and _may_open_list(visit, identity)
    await ask.put_all(visit, _openings(visit, identity, reason, with_list))
    return redirect(f"{href(visit, identity.person)}/critical?done=emergency#done")


async def end(visit: Visit) -> Response:
    """The patient is in other hands: what was opened closes at once, and no device keeps it."""
    await visit.form()
    person = person_of(visit)
    held = await ask.person_record(visit, person, ["Consent"])
    for opening in own_openings(held, employee_of(visit), visit.door.clock()):
        await ask.put(visit, withdrawn(opening))
    return redirect(f"{href(visit, person)}?done=ended#done")


async def _sure(visit: Visit, identity: Identity, told: dict[str, Any]) -> Response:
    steps = await ask.steps(visit, identity.person, DECLARED)
    shown = panels(steps, await ask.directory(visit), visit.actor.kind, visit._)
    holders = [panel for panel in shown if panel.key == "producers"]
    listed = _may_open_list(visit, identity)
    return render(
        visit, "staff/emergency_sure.html", hours=_hours(), holders=holders, blocked=blocked_of(shown), listed=listed, **told
    )


def _openings(visit: Visit, identity: Identity, reason: str, with_list: bool) -> list[Resource]:
    """One for each law that is opened under: they are reviewed, and end, each by itself."""
    now, assignment, patient = visit.door.clock(), assignment_of(visit), f"Patient/{identity.patient}"
    ends = now + timedelta(hours=_hours())
    reader = Reader(assignment.provider, assignment.unit, employee_of(visit))
    records = emergency_consent(
        patient,
        assignment.provider,
        employee=employee_of(visit),
        unit=assignment.unit,
        reason=reason,
        starts=now,
        ends=ends,
    )
    return [records, *([medication_list_opening(patient, reader, reason=reason, starts=now, ends=ends)] if with_list else [])]


def _may_open_list(visit: Visit, identity: Identity) -> bool:
    """Whether the law lets this actor open the medication list: who may prescribe, and nurses (NLL 5:5)."""
    now, assignment = visit.door.clock(), assignment_of(visit)
    ends = now + timedelta(hours=_hours())
    opening = ConsentFact(identity.person, "nll-emergency", assignment.provider, assignment.unit, employee_of(visit), now, ends)
    return establish(visit.actor, opening, now).permitted


def _hours() -> int:
    return min(_HOURS, limit("emergency-hours"))
