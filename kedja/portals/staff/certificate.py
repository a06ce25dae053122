"""/staff/patient/{handle}/certificate: an opening to issue a certificate, also after an earlier relation (SVOD 3:1 st. 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from kedja.access.openings import Reader, certificate_opening
from kedja.access.rules import limit
from kedja.portals.shared import ask
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import assignment_of, employee_of, header, href, identity_of, reason_of

_HOURS: Final = 12


async def certificate(visit: Visit) -> Response:
    return await _page(visit)


async def open_for_certificate(visit: Visit) -> Response:
    """For oneself, for a time, with which certificate it is for. The patient's consent is asked for as always."""
    form = await visit.form()
    identity, reason = await identity_of(visit), reason_of(form.get("reason"))
    if not reason:
        return await _page(visit, visit._("Say which certificate it is for."), 422)
    now, assignment = visit.door.clock(), assignment_of(visit)
    reader = Reader(assignment.provider, assignment.unit, employee_of(visit))
    ends = now + timedelta(hours=_hours())
    await ask.put(visit, certificate_opening(f"Patient/{identity.patient}", reader, reason=reason, starts=now, ends=ends))
    return redirect(f"{href(visit, identity.person)}?done=certificate#done")


async def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    patient = header(visit, await identity_of(visit))
    return render(visit, "staff/certificate.html", status, dense=True, patient=patient, wrong=wrong, hours=_hours())


def _hours() -> int:
    return min(_HOURS, limit("certificate-hours"))
