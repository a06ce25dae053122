"""The shortest way from a socket to the gate: reads by id, searches of a type and creates that ask for nothing but that.

What is plain is told by its method, its address and its headers alone. It goes to the same interactions as everything else, which
ask the same gate; what is left out is what a plain request has no use for. All else takes the whole way (`http.fhir`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from kedja import spec
from kedja.access.actor import Actor
from kedja.exactjson import MAX_BYTES
from kedja.gate import new_id
from kedja.http.answers import failed, refused
from kedja.http.compression import MIN_BYTES, compressed, takes_gzip
from kedja.http.headers import secure, with_headers
from kedja.http.incoming import Pairs, is_host, pairs, takes_json
from kedja.http.media import Wanted, wanted
from kedja.interactions import read, search, write
from kedja.interactions.call import Answer, Call, is_id
from kedja.outcome import OutcomeError
from kedja.signin.authenticate import bearer

log = logging.getLogger(__name__)
Headers = dict[str, str]

# Headers that a plain request may have, and that are looked at; what stands in neither table changes nothing.
_TAKEN: Final = {
    name.encode(): name
    for name in (
        "accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "if-modified-since",
        "if-none-match", "prefer",
    )
}  # fmt: skip
_SPECIAL: Final = frozenset((b"content-encoding", b"if-none-exist", b"kedja-acting-for"))
_MORE: Final = frozenset(("_cursor", "_elements", "_format", "_pretty", "_summary"))  # parameters that the whole way knows
_BEFORE: Final = "/fhir/"


class Application(Starlette):
    """The whole application, with the short way before it, and headers of security on whatever is answered: a failure of the
    server itself, too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (plain := _plain(scope)) is not None:
            try:
                actor = bearer(plain.headers["authorization"], self.state.secret)
            except OutcomeError:  # which the whole way tells, and notes
                pass
            else:
                return await _serve(self, plain, actor, receive, send)
        return await super().__call__(scope, receive, with_headers(self.state.config.base_url, scope, send))


class Plain(NamedTuple):
    """A plain request: a search of `type` by `params`, a read of `type`/`id`, or a create of `type` when there is neither."""

    type: str
    id: str
    params: Pairs | None
    headers: Headers
    scheme: str
    base: str
    wanted: Wanted

    @property
    def creates(self) -> bool:
        return not self.id and self.params is None


def _plain(scope: Scope) -> Plain | None:
    """The request, where it is plain: for JSON, by somebody with a bearer token, without parameters but those of a search."""
    path: str = scope["path"]
    method: str = scope["method"]
    if not path.startswith(_BEFORE) or method not in ("GET", "POST") or scope.get("root_path"):
        return None
    resource_type, slash, id = path[6:].partition("/")
    searches = method == "GET" and not slash
    if resource_type not in spec.TYPES or (slash and (method == "POST" or not is_id(id))):
        return None
    params = _params(scope["query_string"]) if searches else None
    if params is None and (searches or scope["query_string"]):
        return None
    headers = _headers(scope["headers"])
    if headers is None or "authorization" not in headers:
        return None
    base, answer = _base(scope["scheme"], headers.get("host", "")), _json(headers.get("accept", ""))
    if base is None or answer is None or (method == "POST" and not _may_send(headers)):
        return None
    return Plain(resource_type, id, params, headers, scope["scheme"], base, answer)


def _params(query: bytes) -> Pairs | None:
    """What is asked for; None where it also says how to answer, goes on from a page, or cannot be read."""
    try:
        params = pairs(query.decode("latin-1"))
    except OutcomeError:
        return None
    return None if any(name in _MORE for name, _ in params) else params


def _headers(raw: list[tuple[bytes, bytes]]) -> Headers | None:
    """Those that are looked at; None where one is special or stands twice."""
    headers: Headers = {}
    for name, value in raw:
        known = _TAKEN.get(name)
        if known is not None:
            if known in headers:
                return None
            headers[known] = value.decode("latin-1")
        elif name in _SPECIAL:
            return None
    return headers


@lru_cache(maxsize=256)
def _base(scheme: str, host: str) -> str | None:
    return f"{scheme}://{host}/fhir" if is_host(host) else None


@lru_cache(maxsize=256)
def _json(accept: str) -> Wanted | None:
    """How JSON is answered to this Accept; None where something else, or nothing that is served, is asked for."""
    try:
        answer = wanted(accept)
    except OutcomeError:
        return None
    return answer if answer.format == "json" and not answer.pretty else None


def _may_send(headers: Headers) -> bool:
    """Whether the body is JSON that says its length, not over what is taken."""
    length = headers.get("content-length", "")
    return length.isdecimal() and len(length) < 9 and int(length) <= MAX_BYTES and takes_json(headers.get("content-type", ""))


async def _serve(app: Application, plain: Plain, actor: Actor, receive: Receive, send: Send) -> None:
    request_id = new_id()
    try:
        body = await _body(receive) if plain.creates else b""
        if body is None:
            return
        call = Call(app.state.door, actor, request_id, plain.base, plain.params or (), plain.headers, body, app.state.secret)
        answer = await _interaction(call, plain)
    except OutcomeError as error:
        answer = refused(error)
    except Exception as error:
        log.exception("request %s failed", request_id)
        answer = failed(error, request_id)
    await _send(answer, plain, request_id, secure(app.state.config.base_url, plain.scheme), send)


def _interaction(call: Call, plain: Plain) -> Awaitable[Answer]:
    if plain.creates:
        return write.create(call, plain.type)
    return read.read(call, plain.type, plain.id) if plain.id else search.search(call, plain.type)


async def _body(receive: Receive) -> bytes | None:
    """All of it, no more than was declared; None where the client went away."""
    parts: list[bytes] = []
    while True:
        message: Message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _send(answer: Answer, plain: Plain, request_id: str, always: Sequence[tuple[bytes, bytes]], send: Send) -> None:
    """As `http.answers.respond` writes it."""
    body = answer.body
    headers = [(b"x-request-id", request_id.encode()), *_ALWAYS, *always]
    if body:
        headers.append((b"content-type", _content_type(plain.wanted)))
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    if len(body) >= MIN_BYTES and takes_gzip(plain.headers.get("accept-encoding", "")):
        body = await compressed(body)
        headers.append((b"content-encoding", b"gzip"))
    if answer.status != 304:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_ALWAYS: Final = ((b"cache-control", b"no-store"), (b"vary", b"Accept, Accept-Encoding"))


@lru_cache(maxsize=64)
def _content_type(answer: Wanted) -> bytes:
    return answer.content_type.encode("latin-1")
