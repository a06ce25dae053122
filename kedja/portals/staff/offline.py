"""/offline and /staff/worker.js: what a device shows when it has no connection. Neither holds anything about a person."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from kedja.portals.shared.assets import content
from kedja.portals.shared.page import Visit, render
from kedja.portals.shared.security import HEADERS


async def offline(visit: Visit) -> Response:
    """The page that a device keeps for when there is no connection: the same for everybody, so without a session."""
    return render(replace(visit, session=None), "staff/offline.html", dense=True)


async def worker(visit: Visit) -> Response:
    """The script that shows it, under the address whose pages it is for."""
    headers = {**HEADERS, "Cache-Control": "no-cache"}
    return Response(content("worker.js"), headers=headers, media_type="text/javascript; charset=utf-8")
