"""/innovation/waiting: which cases wait, on whom and for how long."""

from __future__ import annotations

from starlette.responses import Response

from kedja.gate import innovation_cases as gate
from kedja.innovation.machine import machines
from kedja.portals.shared.page import Visit, render


async def waiting(visit: Visit) -> Response:
    found = await gate.waiting(visit.door, visit.actor, visit.id)
    now = visit.door.clock()
    mine = [wait for wait in found if wait.mine]
    others = [wait for wait in found if not wait.mine]
    return render(visit, "innovation/waiting.html", mine=mine, others=others, now=now, machines=machines())
