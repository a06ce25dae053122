"""/cds-services: decision support by CDS Hooks 2.0. It judges what is sent, reads nothing, and is off where KEDJA_CDS says so."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kedja import exactjson
from kedja.cds.service import Wrong, call, discovery, feedback
from kedja.outcome import OutcomeError, refuse

log = logging.getLogger(__name__)
_MOST: Final = 1024 * 1024  # bytes of a call
_ZONE: Final = ZoneInfo("Europe/Stockholm")


async def services(request: Request) -> Response:
    """The services that there are, with what each wants to be sent."""
    return _json(200, discovery()) if _is_on(request) else _off()


async def cards(request: Request) -> Response:
    """Cards for a call."""
    if not _is_on(request):
        return _off()
    try:
        sent = await _body(request)
        language = request.headers.get("accept-language", "en")
        return _json(200, call(request.path_params["id"], sent, language, datetime.now(_ZONE).date()))
    except Wrong as wrong:
        return _json(wrong.status, {"message": wrong.why})
    except OutcomeError as error:
        return _json(error.status, {"message": error.issues[0].diagnostics})


async def outcome(request: Request) -> Response:
    """What became of cards: kept in the service's own log, with nothing about anybody."""
    if not _is_on(request):
        return _off()
    try:
        for card, became in feedback(request.path_params["id"], await _body(request)):
            log.info("card %s of %s was %s", card, request.path_params["id"], became)
    except Wrong as wrong:
        return _json(wrong.status, {"message": wrong.why})
    except OutcomeError as error:
        return _json(error.status, {"message": error.issues[0].diagnostics})
    return _json(200, {})


async def _body(request: Request) -> Any:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            raise refuse(413, "too-long", f"a call has at most {_MOST} bytes")
    return exactjson.loads(body)


def _is_on(request: Request) -> bool:
    return request.app.state.config.cds == "own"


def _off() -> Response:
    return _json(404, {"message": "decision support is switched off here"})


def _json(status: int, content: Any) -> Response:
    return Response(exactjson.dumps(content), status, {"Cache-Control": "no-store"}, "application/json")


routes: Final[list[BaseRoute]] = [
    Route("/cds-services", services),
    Route("/cds-services/{id}", cards, methods=["POST"]),
    Route("/cds-services/{id}/feedback", outcome, methods=["POST"]),
]
