"""GET /health: whether everything is ready, and what is not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kedja import __version__, exactjson
from kedja.gate.readiness import not_ready


async def health(request: Request) -> Response:
    """200 `{"ready": true}` or 503 with `notReady`, a list of sentences. Open to everyone: it tells nothing about anybody."""
    waiting = await not_ready(request.app.state.door)
    body = exactjson.dumps({"ready": not waiting, "notReady": waiting, "version": __version__})
    headers = {"Cache-Control": "no-store", "Content-Type": "application/json"}
    return Response(body, 503 if waiting else 200, headers)
