"""/innovation/published: what is published, as JSON for everybody. Nothing of who gave it, no message, no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from kedja import exactjson
from kedja.gate import innovation_cases as gate
from kedja.outcome import outcome, refuse

_MOST: Final = 100


async def listing(request: Request) -> Response:
    """`{"total": n, "cases": [...]}`; `count` (50, at most 100) after `skip` others."""
    count = min(_number(request, "count", 50), _MOST)
    rows = await gate.published(request.app.state.door, count=count, skip=_number(request, "skip", 0))
    return _json({"total": rows[0]["total"] if rows else 0, "cases": [_case(dict(row)) for row in rows]})


async def one(request: Request) -> Response:
    rows = await gate.published(request.app.state.door, id=request.path_params["id"].replace("\0", ""))
    if not rows:
        error = refuse(404, "not-found", "no case with this id is published")
        return _json(outcome(error.issues), 404)
    return _json(_case(dict(rows[0])))


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 7 else otherwise


def _case(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "number", "machine", "status", "zone", "org", "org_name", "title")
    times = {name: row[name].isoformat() for name in ("created", "updated")}
    return (
        {name: row[name] for name in names}
        | times
        | {"phases": list(row["phases"]), "problem": exactjson.loads(row["problem"].encode())}
    )


def _json(value: Any, status: int = 200) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
    return Response(exactjson.dumps(value), status, headers, media_type="application/json")
