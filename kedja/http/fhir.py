"""/fhir: the FHIR R4 service."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate import Door, new_id
from kedja.interactions import bundle, capability, read, search, write
from kedja.interactions.call import FHIR_JSON, Answer, Call
from kedja.operations import table as operations
from kedja.outcome import OutcomeError, refuse
from kedja.signin.authenticate import authenticate

log = logging.getLogger(__name__)
Interaction = Callable[..., Awaitable[Answer]]

# (method, number of path segments, what stands in the fixed places) -> interaction. `*` is a variable segment.
ROUTES: tuple[tuple[str, tuple[str, ...], Interaction], ...] = (
    ("GET", ("metadata",), capability.capability),
    ("POST", (), lambda call: bundle.process(call, alone)),
    ("POST", ("*", "_search"), search.search),
    ("GET", ("*",), search.search),
    ("POST", ("*",), write.create),
    ("GET", ("*", "*"), read.read),
    ("PUT", ("*", "*"), write.update),
    ("DELETE", ("*", "*"), write.delete),
    ("GET", ("*", "*", "_history"), read.history),
    ("GET", ("*", "*", "_history", "*"), read.vread),
)


async def alone(call: Call, line: str) -> Answer:
    """Answer `METHOD path`, a request by itself or an entry of a bundle."""
    method, _, path = line.partition(" ")
    segments = tuple(part for part in path.split("/") if part)
    interaction, variables = match(method, segments)
    return await interaction(call, *variables)


def match(method: str, segments: Sequence[str]) -> tuple[Interaction, list[str]]:
    """The interaction and its path variables. Raises 404 or 405, naming what is served there."""
    if segments and segments[-1].startswith("$") and len(segments) <= 3:
        place = [*segments[:-1], "", ""][:2]
        return operations.find(segments[-1][1:], method, *place).run, place
    elsewhere: list[str] = []
    _refuse_reserved([segment for segment in segments if segment not in _FIXED])
    for served, pattern, interaction in ROUTES:
        if len(pattern) != len(segments) or any(p not in ("*", s) for p, s in zip(pattern, segments)):
            continue
        if served == method:
            return interaction, [s for p, s in zip(pattern, segments) if p == "*"]
        elsewhere.append(served)
    if elsewhere:
        raise refuse(405, "not-supported", f"{method} is not served here: {', '.join(sorted(set(elsewhere)))} is")
    raise refuse(404, "not-supported", f"nothing is served at `{'/'.join(segments)[:200]}`: /fhir/metadata tells what is")


_FIXED = frozenset(part for _, pattern, _ in ROUTES for part in pattern)


def _refuse_reserved(variables: Sequence[str]) -> None:
    for name in variables:
        if name[0] in "_$":
            raise refuse(404, "not-supported", f"`{name[:80]}` is not served: /fhir/metadata tells what is")


async def serve(request: Request) -> Response:
    """Every request under /fhir: sign-in, body, interaction, and a precise OperationOutcome for whatever goes wrong."""
    request_id = new_id()
    try:
        answer = await _answer(request, request_id)
    except OutcomeError as error:
        answer = Answer(error.status, exactjson.dumps(error.as_fhir()), _challenge(error.status))
    except Exception as error:
        log.exception("request %s failed", request_id)
        answer = _failure(error, request_id)
    headers = {"X-Request-Id": request_id, "Cache-Control": "no-store", **answer.headers}
    if answer.body:
        headers["Content-Type"] = f"{FHIR_JSON}; charset=utf-8"
    if request.method == "HEAD":
        return Response(b"", answer.status, {**headers, "Content-Length": str(len(answer.body))})
    return Response(answer.body, answer.status, headers)


# InternalClientError: what the driver says when the server is killed at certain moments of its protocol.
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
    OSError,
)


def _failure(error: Exception, request_id: str) -> Answer:
    """What a client is told when it is not at fault. A connection that broke may have broken after the store had written."""
    if isinstance(error, _AWAY) or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)):
        told = refuse(
            503, "transient", "the store does not answer just now: try again in a moment; read first if this was a write"
        )
        return Answer(503, exactjson.dumps(told.as_fhir()), {"Retry-After": "2"})
    told = refuse(500, "exception", f"this is our fault: tell us, with request {request_id}; read first if you repeat a write")
    return Answer(500, exactjson.dumps(told.as_fhir()))


async def _answer(request: Request, request_id: str) -> Answer:
    path = request.path_params.get("path", "")
    method = "GET" if request.method == "HEAD" else request.method
    if (method, path) == ("GET", "metadata"):
        return await capability.capability(_call(request, request_id, None, b""))
    actor = authenticate(request, request.app.state.secret)
    if actor is None:
        raise refuse(401, "login", "sign in first: send `Authorization: Bearer TOKEN`")
    _acceptable(request)
    body = await _body(request)
    return await alone(_call(request, request_id, actor, body), f"{method} {path}")


def _call(request: Request, request_id: str, actor: Actor | None, body: bytes) -> Call:
    door: Door = request.app.state.door
    headers = dict(request.headers.items())
    query = request.scope["query_string"].decode("latin-1")
    params = _pairs(query)
    if request.method == "POST" and request.url.path.endswith("/_search"):
        params, body = params + _pairs(body.decode("utf-8", "replace")), b""
    base = f"{request.url.scheme}://{headers.get('host', request.url.netloc)}/fhir"
    return Call(door, actor, request_id, base, params, headers, body, request.app.state.secret)  # pyright: ignore[reportArgumentType]


def _acceptable(request: Request) -> None:
    """Raises 406 or 415 for what is asked for, or sent, in a format that is not served."""
    wanted = request.query_params.get("_format") or request.headers.get("accept", "")
    if wanted and not any(word in wanted for word in ("json", "*/*", "application/*")):
        raise refuse(406, "not-supported", f"`{wanted[:80]}` is not served yet: ask for application/fhir+json")
    if "xml" in request.headers.get("content-type", ""):
        raise refuse(415, "not-supported", "XML is not taken yet: send application/fhir+json")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200))
    except UnicodeDecodeError:
        raise refuse(400, "value", "the query is not valid UTF-8: percent-encode it as UTF-8") from None
    except ValueError:
        raise refuse(400, "too-costly", "the query has over 200 parameters: ask for less at once") from None


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return b""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > exactjson.MAX_BYTES:
        raise _too_long(declared)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > exactjson.MAX_BYTES:
            raise _too_long(f"over {exactjson.MAX_BYTES}")
        parts.append(part)
    return b"".join(parts)


def _too_long(size: str) -> OutcomeError:
    return refuse(
        413, "too-long", f"the body has {size} bytes; at most {exactjson.MAX_BYTES} are taken: split it into several requests"
    )


def _challenge(status: int) -> dict[str, str]:
    return {"WWW-Authenticate": 'Bearer realm="kedja"'} if status == 401 else {}
