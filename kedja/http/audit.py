"""/audit: the provable log. Checkpoints and hashes tell nothing about anybody; entries are for the person whom they are about."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kedja import exactjson
from kedja.audit.keys import public_pem
from kedja.gate import Door, audit, new_id
from kedja.outcome import OutcomeError, refuse
from kedja.signin.authenticate import authenticate

_COUNT, _MOST = 50, 200
_HEADERS: Final = {"Cache-Control": "no-store"}

Json = dict[str, Any]


async def key(request: Request) -> Response:
    """The public key that checkpoints are checked by, PEM."""
    return Response(public_pem(request.app.state.notary.key), 200, _HEADERS, "application/x-pem-file")


async def checkpoint(request: Request) -> Json:
    """The latest checkpoint, or that of `size`."""
    return (await audit.latest(*_place(request), _number(request, "size", None))).as_json()


async def consistency(request: Request) -> Json:
    """That the tree of `first` entries is the beginning of that of `second`."""
    first, second = _number(request, "first"), _number(request, "second")
    assert first is not None and second is not None
    return {"first": first, "second": second, "path": _texts(await audit.consistency(*_place(request), first, second))}


async def inclusion(request: Request) -> Json:
    """That the leaf at `position` is in the tree of `size` entries."""
    position, size = _number(request, "position"), _number(request, "size")
    assert position is not None and size is not None
    return {"position": position, "size": size, "path": _texts(await audit.inclusion(*_place(request), position, size))}


async def own(request: Request) -> Json:
    """The entries of the person who asks, newest first, each with its proof; `next` is the `before` of the next page."""
    actor = await authenticate(request)
    if actor is None:
        raise refuse(401, "login", "sign in first: send `Authorization: Bearer TOKEN`")
    count = min(_number(request, "count", _COUNT) or _COUNT, _MOST)
    before = _number(request, "before", None)
    signed, entries = await audit.own_entries(*_place(request), actor, before, count, new_id())
    listed = [{"position": one.position, "leaf": one.leaf.decode(), "path": _texts(one.path)} for one in entries]
    found: Json = {"checkpoint": signed.as_json(), "entries": listed}
    return found | {"next": entries[-1].seq} if len(entries) == count else found


def _place(request: Request) -> tuple[Door, audit.Notary]:
    return request.app.state.door, request.app.state.notary


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in hashes]


_NEEDED: Final = -1


def _number(request: Request, name: str, default: int | None = _NEEDED) -> int | None:
    text = request.query_params.get(name)
    if text is None and default != _NEEDED:
        return default
    if text is None or not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise refuse(400, "value", f"`{name}` wants a whole number", f"?{name}")
    return int(text)


def _answering(answer: Callable[[Request], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
    async def served(request: Request) -> Response:
        try:
            return _json(200, await answer(request))
        except OutcomeError as error:
            return _json(error.status, error.as_fhir())

    return served


def _json(status: int, content: Json) -> Response:
    return Response(exactjson.dumps(content), status, _HEADERS, "application/json")


routes: Final = (
    Route("/audit/key", key),
    Route("/audit/checkpoint", _answering(checkpoint)),
    Route("/audit/consistency", _answering(consistency)),
    Route("/audit/inclusion", _answering(inclusion)),
    Route("/audit/own", _answering(own)),
)
