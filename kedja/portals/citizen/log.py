"""/me/log: who has looked, why, and by which right (PDL 8:5, SVOD 4:5)."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from kedja.portals.shared import ask, consents, readings
from kedja.portals.shared.page import Visit, render

_ROWS = 300


async def log(visit: Visit) -> Response:
    """`own=1` shows the person's own readings and deliveries too; `before` is the number of the oldest row that was shown."""
    query = visit.request.query_params
    own = query.get("own") == "1"
    before = int(query["before"]) if query.get("before", "").isdecimal() and len(query["before"]) < 19 else None
    rows = await ask.own_log(visit, count=_ROWS, before=before, others=not own)
    mine = [each.resource for each in await ask.own_record(visit, ["Consent"])]
    lines = readings.lines(rows, consents.openings(mine), visit._)
    lines = [line for line in lines if own or line.looked]
    older = urlencode([("own", "1")] * own + [("before", rows[-1]["seq"])]) if len(rows) == _ROWS else ""
    return render(visit, "citizen/log.html", days=readings.days(lines, visit._), own=own, older=older)
