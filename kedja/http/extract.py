"""/audit/extract: a person's log extract as data, for that person (PDL 8:5, SVOD 4:5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kedja import exactjson
from kedja.access.instants import end_instant, first_instant
from kedja.audit import extract as shapes
from kedja.gate import extract as gate
from kedja.gate import new_id
from kedja.outcome import OutcomeError, refuse
from kedja.signin.authenticate import authenticate

_FORMATS: Final = {"fhir": "application/fhir+json", "json": "application/json"}
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def extract(request: Request) -> Response:
    """`format` `fhir` (a Bundle of AuditEvents) or `json`; `from`, `until` (dates or instants), `count`, `before`."""
    wanted = request.query_params.get("format", "fhir")
    try:
        if wanted not in _FORMATS:
            raise refuse(400, "value", f"`format` is one of {', '.join(_FORMATS)}", "?format")
        return await _answer(request, wanted)
    except OutcomeError as error:
        return _json(error.status, error.as_fhir(), "application/fhir+json")


async def _answer(request: Request, wanted: str) -> Response:
    actor = await authenticate(request)
    if actor is None:
        raise refuse(401, "login", "sign in first: send `Authorization: Bearer TOKEN`")
    count = min(number(request, "count") or gate.MOST, gate.MOST)
    since, until = bounds(request)
    rows = await gate.page(
        request.app.state.door,
        actor,
        actor.acts_for or actor.person,
        new_id(),
        before=number(request, "before"),
        count=count,
        since=since,
        until=until,
    )
    further = _next(request, rows[-1].entry.seq) if len(rows) == count else ""
    if wanted == "fhir":
        return _json(200, shapes.bundle(rows, f"{request.app.state.config.base_url}/fhir", further), _FORMATS[wanted])
    return _json(200, {"entries": shapes.plain(rows)} | ({"next": further} if further else {}), _FORMATS[wanted])


def bounds(request: Request) -> tuple[datetime | None, datetime | None]:
    """[from, until) of the address; a day as `until` is included. Raises 400."""
    return _instant(request, "from", first_instant), _instant(request, "until", end_instant)


def _instant(request: Request, name: str, read: Callable[[str], datetime]) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise refuse(400, "value", f"`{name}` is no date: write 2026-05-17 or 2026-05-17T08:30:00+02:00", f"?{name}") from None


def number(request: Request, name: str) -> int | None:
    """A whole number of the address from 1. Raises 400."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text)):
        raise refuse(400, "value", f"`{name}` wants a whole number from 1", f"?{name}")
    return int(text)


def _next(request: Request, before: int) -> str:
    kept = [(name, value) for name, value in request.query_params.items() if name != "before"]
    return f"{request.app.state.config.base_url}/audit/extract?{urlencode([*kept, ('before', str(before))])}"


def _json(status: int, content: object, media: str) -> Response:
    headers = _HEADERS | ({"Content-Disposition": 'attachment; filename="loggutdrag.json"'} if status == 200 else {})
    return Response(exactjson.dumps(content), status, headers, media)


routes: Final = (Route("/audit/extract", extract),)
