"""Who sent this request: by bearer token, or by the session cookie where no harm can come of it."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection

from kedja.access.actor import Actor
from kedja.gate import handles
from kedja.gate.sessions import note
from kedja.outcome import OutcomeError, refuse
from kedja.signin import tokens
from kedja.signin.oidc.settings import LEAST
from kedja.signin.session import place_of, session_of

_SAFE: Final = frozenset({"GET", "HEAD"})


async def authenticate(request: HTTPConnection) -> Actor | None:
    """The actor, or None for somebody who did not sign in.

    A session cookie counts only for GET and HEAD: a browser adds it by itself, so it must not be enough to write. Nor does it
    count below the level of assurance that a person's data ask. A citizen with the header `Kedja-Acting-For` is a guardian or
    proxy. Raises OutcomeError 401 for a bearer token that is malformed, forged or expired, which is logged, 403 for a header that
    was not given to this actor.
    """
    actor = await _signed_in(request)
    handle = request.headers.get(handles.HEADER)
    return handles.acting_as(actor, handle, request.app.state.secret) if actor is not None and handle else actor


async def _signed_in(request: HTTPConnection) -> Actor | None:
    header = request.headers.get("authorization")
    if header is not None:
        try:
            return bearer(header, request.app.state.secret)
        except OutcomeError:
            await note(request.app.state.door, "no-token", f"{request.scope['method']} {place_of(request)}")
            raise
    if request.scope.get("method", "GET") not in _SAFE:
        return None
    session = await session_of(request)
    return session.actor if session and session.proof.level >= LEAST else None


def bearer(header: str, secret: bytes) -> Actor:
    """The actor of an Authorization header: whoever asks by a token comes through here, on each way through the server.

    Raises OutcomeError 401.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise refuse(401, "login", "the Authorization header is not `Bearer TOKEN`: send a bearer token")
    return tokens.verify(token.strip(), secret)
