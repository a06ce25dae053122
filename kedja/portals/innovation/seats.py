"""/innovation/seats: who decides in the organisation, kept by its administrator of rules."""

from __future__ import annotations

from starlette.responses import Response

from kedja.gate import innovation_seats as gate
from kedja.innovation.deciders import Holder
from kedja.innovation.deciders import seats as all_seats
from kedja.portals.innovation.forms import needed, text
from kedja.portals.shared.page import Visit, redirect, render

_LINE = 200


async def seats(visit: Visit) -> Response:
    rows = await gate.holders(visit.door, visit.actor, visit.id)
    kept = [each for each in all_seats() if each.id != "own"]
    done = visit.request.query_params.get("done", "")
    return render(visit, "innovation/seats.html", rows=rows, seats=kept, done=done)


async def seat(visit: Visit) -> Response:
    form, _ = await visit.form(), visit._
    holder = Holder(
        text(form, "seat", _LINE),
        needed(form, "actor", _("Write who they are at sign-in."), _LINE),
        needed(form, "name", _("Write their name."), _LINE),
        text(form, "title", _LINE),
    )
    await gate.seat(visit.door, visit.actor, holder, visit.id)
    return redirect("/innovation/seats?done=seat")


async def leave(visit: Visit) -> Response:
    form = await visit.form()
    await gate.unseat(visit.door, visit.actor, text(form, "seat", _LINE), text(form, "actor", _LINE), visit.id)
    return redirect("/innovation/seats?done=left")
