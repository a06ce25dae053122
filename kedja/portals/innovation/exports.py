"""/innovation/export.csv and .json: the cases that one may see, as a file."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from kedja.gate import innovation_cases as gate
from kedja.innovation.exchange import to_csv, to_json
from kedja.innovation.machine import Status, machines
from kedja.outcome import refuse
from kedja.portals.innovation.forms import clean
from kedja.portals.shared.page import Visit

_MOST: Final = 1000


async def export(visit: Visit) -> Response:
    """At most a thousand, narrowed as the list is. Raises 404 for a format that there is not."""
    format, query = visit.request.path_params["format"], visit.request.query_params
    if format not in ("csv", "json"):
        raise refuse(404, "not-found", "cases are exported as csv or json")
    kind, status = query.get("kind", ""), query.get("status", "")
    asked = gate.Asked(
        words=clean(query.get("words", ""))[:200],
        machines=[kind] if kind in machines() else (),
        statuses=[status] if status in list(Status) else (),
        count=_MOST,
    )
    found, _ = await gate.cases(visit.door, visit.actor, asked, visit.id)
    body, media = (to_csv(found), "text/csv; charset=utf-8") if format == "csv" else (to_json(found), "application/json")
    headers = {"Content-Disposition": f'attachment; filename="kedja-cases.{format}"', "Cache-Control": "no-store"}
    return Response(body, headers=headers, media_type=media)
