"""Who sent this request: by bearer token, or by the session cookie where no harm can come of it."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection

from kedja.access.actor import Actor
from kedja.gate import handles
from kedja.outcome import refuse
from kedja.signin import tokens
from kedja.signin.session import session_of

_SAFE: Final = frozenset({"GET", "HEAD"})


def authenticate(request: HTTPConnection, secret: bytes) -> Actor | None:
    """The actor, or None for somebody who did not sign in.

    A session cookie counts only for GET and HEAD: a browser adds it by itself, so it must not be enough to write. A citizen
    with the header `Kedja-Acting-For` is a guardian or proxy. Raises OutcomeError 401 for a bearer token that is malformed,
    forged or expired, 403 for a header that was not given to this actor.
    """
    actor = _signed_in(request, secret)
    handle = request.headers.get(handles.HEADER)
    return handles.acting_as(actor, handle, secret) if actor is not None and handle else actor


def _signed_in(request: HTTPConnection, secret: bytes) -> Actor | None:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refuse(401, "login", "the Authorization header is not `Bearer TOKEN`: send a bearer token")
        return tokens.verify(token.strip(), secret)
    if request.scope.get("method", "GET") not in _SAFE:
        return None
    session = session_of(request, secret)
    return session.actor if session else None
