"""/fhir: the FHIR R4 service."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kedja.gate import Door, new_id
from kedja.http.answers import failed, refused, respond
from kedja.http.incoming import Pairs, base_of, body_of, form, headers_of, is_search, query_of, wanted_of
from kedja.http.media import Wanted
from kedja.interactions import bundle, capability, history, patch, read, search, write
from kedja.interactions.call import Answer, Call, is_id
from kedja.interactions.present import presented, taken_out
from kedja.operations import table as operations
from kedja.outcome import OutcomeError, refuse
from kedja.signin.authenticate import authenticate

log = logging.getLogger(__name__)
Interaction = Callable[..., Awaitable[Answer]]

# (method, number of path segments, what stands in the fixed places) -> interaction. `*` is a variable segment.
ROUTES: tuple[tuple[str, tuple[str, ...], Interaction], ...] = (
    ("GET", ("metadata",), lambda call: capability.capability(call, ((m, p) for m, p, _ in ROUTES), operations.OPERATIONS)),
    ("POST", (), lambda call: bundle.process(call, alone)),
    ("GET", (), search.system),
    ("POST", ("_search",), search.system),
    ("POST", ("*", "_search"), search.search),
    ("GET", ("_history",), history.history_of_all),
    ("GET", ("*", "_history"), history.history_of_type),
    ("GET", ("*",), search.search),
    ("POST", ("*",), write.create),
    ("PUT", ("*",), write.update_where),
    ("PATCH", ("*",), patch.patch_where),
    ("DELETE", ("*",), write.delete_where),
    ("GET", ("*", "*"), read.read),
    ("PUT", ("*", "*"), write.update),
    ("PATCH", ("*", "*"), patch.patch),
    ("DELETE", ("*", "*"), write.delete),
    ("GET", ("*", "*", "_history"), history.history),
    ("GET", ("*", "*", "_history", "*"), read.vread),
    ("GET", ("*", "*", "*"), search.compartment),
    ("POST", ("*", "*", "_search"), search.compartment),
    ("POST", ("*", "*", "*", "_search"), search.compartment),
)


async def alone(call: Call, line: str) -> Answer:
    """Answer `METHOD path`, a request by itself or an entry of a bundle."""
    method, _, path = line.partition(" ")
    segments = tuple(part for part in path.split("/") if part)
    interaction, variables = match(method, segments)
    call, presentation = taken_out(call, segments[0] if segments else "")
    answer = await interaction(call, *variables)
    return presented(answer, presentation, itself=interaction in (read.read, read.vread))


def match(method: str, segments: Sequence[str]) -> tuple[Interaction, list[str]]:
    """The interaction and its path variables. Raises 404 or 405, naming what is served there."""
    if segments and segments[-1].startswith("$") and len(segments) <= 3:
        place = [*segments[:-1], "", ""][:2]
        if place[1] and not is_id(place[1]):
            raise refuse(400, "value", f"`{place[1][:80]}` is no id")
        return operations.find(segments[-1][1:], method, *place).run, place
    elsewhere: list[str] = []
    _refuse_reserved([segment for segment in segments if segment not in _FIXED])
    for served, pattern, interaction in ROUTES:
        if len(pattern) != len(segments) or not all(_fits(p, s) for p, s in zip(pattern, segments)):
            continue
        if served == method:
            return interaction, [s for p, s in zip(pattern, segments) if p == "*"]
        elsewhere.append(served)
    if elsewhere:
        raise refuse(405, "not-supported", f"{method} is not served here: {', '.join(sorted(set(elsewhere)))} is")
    raise refuse(404, "not-supported", f"nothing is served at `{'/'.join(segments)[:200]}`: /fhir/metadata tells what is")


_FIXED = frozenset(part for _, pattern, _ in ROUTES for part in pattern if part != "*")


def _fits(part: str, segment: str) -> bool:
    """What begins with `_` is never a type or an id."""
    return segment == part or (part == "*" and not (segment in _FIXED and segment[0] == "_"))


def _refuse_reserved(variables: Sequence[str]) -> None:
    for name in variables:
        if name[0] in "_$":
            raise refuse(404, "not-supported", f"`{name[:80]}` is not served: /fhir/metadata tells what is")


class _Whole(Convertor[str]):
    """All that stands behind /fhir, line ends too: what is no address is told so by us."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("whole", _Whole())


class Service:
    """The ASGI application of /fhir: every method comes to it, so that those that are not served are told so too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await serve(Request(scope, receive))
        await response(scope, receive, send)


async def serve(request: Request) -> Response:
    """Every request under /fhir: sign-in, body, interaction, and a precise OperationOutcome for whatever goes wrong."""
    request_id = new_id()
    wanted = Wanted()
    try:
        headers, params = headers_of(request), query_of(request)
        wanted = wanted_of(headers, params)
        call = await _call(request, request_id, headers, params)
        wanted = wanted_of(headers, call.params)
        method = "GET" if request.method == "HEAD" else request.method
        answer = await _told(call, f"{method} {request.path_params.get('path', '')}")
    except OutcomeError as error:
        answer = refused(error)
    except Exception as error:
        log.exception("request %s failed", request_id)
        answer = failed(error, request_id)
    return await respond(request, answer, wanted, request_id)


async def _told(call: Call, line: str) -> Answer:
    """As `alone`; a cursor of somebody else, or an altered one, is logged to who sent it. Other refusals the gate has logged."""
    try:
        return await alone(call, line)
    except OutcomeError as error:
        if any("?_cursor" in issue.expression for issue in error.issues):
            await call.door.denied(call.actor, 0, "search", [], [], call.request, "a cursor of another search, or of another")
        raise


async def _call(request: Request, request_id: str, headers: dict[str, str], params: Pairs) -> Call:
    """Who asks what. Raises OutcomeError 401 where nobody is signed in; the capability statement is for everyone."""
    actor = await authenticate(request)
    if actor is None and (request.method, request.path_params.get("path")) not in (("GET", "metadata"), ("HEAD", "metadata")):
        raise refuse(401, "login", "sign in first: send `Authorization: Bearer TOKEN`")
    door: Door = request.app.state.door
    body = await body_of(request, headers)
    if is_search(request):
        params, body = params + form(body), b""
    return Call(door, actor, request_id, base_of(request, headers), params, headers, body, request.app.state.secret)  # pyright: ignore[reportArgumentType]
