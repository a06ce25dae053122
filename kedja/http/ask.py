"""/ask: questions that join the domains, for those who may ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kedja import exactjson
from kedja.analytics import question
from kedja.exactjson import Number
from kedja.gate import new_id
from kedja.outcome import OutcomeError, refuse
from kedja.signin.authenticate import authenticate


async def listing(request: Request) -> Response:
    """The questions that there are."""
    told = [{"name": q.name, "title_sv": q.title_sv, "title_en": q.title_en} for q in map(question.load, question.names())]
    return _json(200, {"questions": told})


async def ask(request: Request) -> Response:
    """The answer's rows, or an OperationOutcome that says which rule is lacking."""
    try:
        actor = await authenticate(request)
        if actor is None:
            raise refuse(401, "login", "sign in first: send `Authorization: Bearer TOKEN`")
        rows = await question.ask(request.app.state.door, actor, request.path_params["name"], new_id())
    except OutcomeError as error:
        return _json(error.status, error.as_fhir())
    plain = [{key: Number(str(v)) if isinstance(v, Decimal) else v for key, v in row.items()} for row in rows]
    return _json(200, {"question": request.path_params["name"], "rows": plain})


def _json(status: int, content: Any) -> Response:
    return Response(exactjson.dumps(content), status, {"Cache-Control": "no-store"}, "application/json")
