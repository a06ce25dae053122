"""/staff/patient/{handle}/inner: a block inside the own provider is lifted: with the patient's consent, or, where it cannot be
obtained, for care that the patient cannot do without, unit by unit (PDL 4:5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from kedja.access.asker import Context
from kedja.access.openings import Reader, lift
from kedja.access.rules import limit
from kedja.access.vocabulary.care import INDISPENSABLE
from kedja.gate.people import Identity
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit, redirect, render
from kedja.portals.staff.band import assignment_of, employee_of, header, href, identity_of, reason_of

DECLARED: Final = Context(consent_unobtainable=True, declared=frozenset({INDISPENSABLE}))
INNER_BLOCKERS: Final = "inner-blockers"
_CONSENTED: Final = timedelta(days=1)
_HOURS: Final = 12


async def inner(visit: Visit) -> Response:
    """The two ways that the law has."""
    return await _page(visit, await identity_of(visit))


async def lift_inner(visit: Visit) -> Response:
    """By consent at once; without it, first which units have blocked, then those that are chosen."""
    form = await visit.form()
    identity = await identity_of(visit)
    if form.get("way") == "consent":
        if form.get("given") != "yes":
            raise refuse(422, "value", "say that the patient has consented")
        await ask.put(visit, _lift(visit, identity, None, ""))
        return redirect(f"{href(visit, identity.person)}?done=lifted#done")
    reason = reason_of(form.get("reason"))
    if not reason or form.get("indispensable") != "yes" or form.get("unobtainable") != "yes":
        wrong = visit._("Both conditions must hold, and the reason must be said in your own words.")
        return await _page(visit, identity, wrong=wrong, reason=reason, status=422)
    units = await blocking_units(visit, identity.person)
    chosen = [unit for unit in units if unit in form.getlist("unit")]
    if not chosen:
        return await _page(visit, identity, reason=reason, units=units, told=True)
    await ask.put_all(visit, [_lift(visit, identity, unit, reason) for unit in chosen])
    return redirect(f"{href(visit, identity.person)}?done=lifted#done")


async def blocking_units(visit: Visit, person: int) -> Sequence[str]:
    """HSA-ids of the own provider's units that hold blocked information, as far as what is declared lets be told."""
    steps = await ask.steps(visit, person, DECLARED)
    return list(dict.fromkeys(each.unit for step in steps if step.key == INNER_BLOCKERS for each in step.holdings if each.unit))


async def _page(
    visit: Visit,
    identity: Identity,
    *,
    wrong: str = "",
    reason: str = "",
    units: Sequence[str] = (),
    told: bool = False,
    status: int = 200,
) -> Response:
    directory = await ask.directory(visit)
    context: dict[str, Any] = {"units": [(unit, directory.get(unit, unit)) for unit in units], "hours": _hours()}
    shown = {"patient": header(visit, identity), "wrong": wrong, "reason": reason, "told": told}
    return render(visit, "staff/inner.html", status, dense=True, **shown, **context)


def _lift(visit: Visit, identity: Identity, unit: str | None, reason: str) -> Resource:
    """`unit` None: the patient has consented, to all; else an emergency lift for oneself."""
    assignment, now = assignment_of(visit), visit.door.clock()
    emergency = unit is not None
    return lift(
        f"Patient/{identity.patient}",
        assignment.provider,
        unit,
        Reader(assignment.provider, assignment.unit, employee_of(visit) if emergency else None),
        inner=True,
        emergency=emergency,
        reason=reason,
        starts=now,
        ends=now + (timedelta(hours=_hours()) if emergency else _CONSENTED),
    )


def _hours() -> int:
    return min(_HOURS, limit("emergency-hours"))
