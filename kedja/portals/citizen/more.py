"""/me/more: all the pages of a person in one list."""

from __future__ import annotations

from starlette.responses import Response

from kedja.portals.citizen.places import groups
from kedja.portals.shared.page import Visit, render


async def more(visit: Visit) -> Response:
    return render(visit, "citizen/more.html", groups=groups(visit.actor, visit._))
