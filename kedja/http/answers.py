"""An answer on the wire: its format, its headers, its compression; and what is told when something went wrong."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kedja import exactjson, fhirxml
from kedja.http.compression import MIN_BYTES, compressed, takes_gzip
from kedja.http.media import FHIR_JSON, Wanted
from kedja.interactions.call import Answer
from kedja.outcome import OutcomeError, refuse

_IN_THREAD: Final = 256 * 1024  # bytes of JSON that would hold up the event loop while they become XML


def refused(error: OutcomeError) -> Answer:
    headers = {"WWW-Authenticate": 'Bearer realm="kedja"'} if error.status == 401 else {}
    if error.status == 415:
        headers["Accept-Encoding"] = "gzip"
    return Answer(error.status, exactjson.dumps(error.as_fhir()), headers)


# InternalClientError: what the driver says when the server is killed at certain moments of its protocol.
_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
    OSError,
)


def failed(error: Exception, request_id: str) -> Answer:
    """What a client is told when it is not at fault. A connection that broke may have broken after the store had written."""
    if isinstance(error, _AWAY) or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)):
        told = refuse(
            503, "transient", "the store does not answer just now: try again in a moment; read first if this was a write"
        )
        return Answer(503, exactjson.dumps(told.as_fhir()), {"Retry-After": "2"})
    told = refuse(500, "exception", f"this is our fault: tell us, with request {request_id}; read first if you repeat a write")
    return Answer(500, exactjson.dumps(told.as_fhir()))


async def respond(request: Request, answer: Answer, wanted: Wanted, request_id: str) -> Response:
    """The response; of HEAD without its body, with the length that it would have."""
    headers = {"X-Request-Id": request_id, "Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"}
    if answer.body:
        answer, headers["Content-Type"] = await _formatted(answer, wanted, request.method)
    headers |= answer.headers
    body = answer.body
    if len(body) >= MIN_BYTES and _by_a_client(request) and takes_gzip(request.headers.get("accept-encoding", "")):
        body = await compressed(body)
        headers["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        return Response(b"", answer.status, {**headers, "Content-Length": str(len(body))})
    return Response(body, answer.status, headers)


def _by_a_client(request: Request) -> bool:
    """Not with the cookie of a browser: another site can make it ask, and lengths after packing tell what is in an answer."""
    return "authorization" in request.headers or "cookie" not in request.headers


async def _formatted(answer: Answer, wanted: Wanted, method: str) -> tuple[Answer, str]:
    """(the answer in this format, its Content-Type). What XML cannot hold is 406 when read; after a write it comes as JSON."""
    if wanted.format == "json":
        body = msgspec.json.format(answer.body, indent=2) if wanted.pretty else answer.body
        return Answer(answer.status, body, answer.headers), wanted.content_type
    try:
        if len(answer.body) > _IN_THREAD:
            body = await asyncio.to_thread(_xml, answer.body, wanted.pretty)
        else:
            body = _xml(answer.body, wanted.pretty)
    except OutcomeError as error:
        if method in ("GET", "HEAD"):
            told = refuse(
                406, "not-supported", f"{error.issues[0].diagnostics} (ask for {FHIR_JSON})", *error.issues[0].expression
            )
            answer = refused(told)
        return answer, f"{FHIR_JSON}; charset=utf-8"
    return Answer(answer.status, body, answer.headers), wanted.content_type


def _xml(body: bytes, pretty: bool) -> bytes:
    return fhirxml.dumps(exactjson.loads(body, max_bytes=len(body)), pretty=pretty)
