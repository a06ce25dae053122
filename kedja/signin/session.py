"""The session of the pages: one signed cookie, and a token in every form that only that session can have.

The cookie is HttpOnly and SameSite=Lax. A form's token is an HMAC over the session's id, so that a page of another site can
neither read nor guess it; visitors who are not signed in have an id of their own for the sign-in form.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from kedja.access.actor import Actor
from kedja.outcome import OutcomeError, refuse
from kedja.signin import tokens

COOKIE: Final = "kedja_session"
VISITOR_COOKIE: Final = "kedja_visitor"
LASTS: Final = timedelta(hours=8)
_VISITOR_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Session:
    actor: Actor
    id: str
    expires: int  # seconds since 1970

    @property
    def mark(self) -> str:
        """What tells this session from another, and nothing more: a page may say it."""
        return sha256(b"mark:" + self.id.encode()).hexdigest()[:16]


def open_session(response: Response, actor: Actor, secret: bytes, *, secure: bool) -> None:
    """Let this browser act as `actor` until it signs out or `LASTS` has passed. A new id each time: no fixation."""
    _open(response, actor, secret, LASTS, secure=secure)
    response.delete_cookie(VISITOR_COOKIE, path="/")


def change_session(response: Response, session: Session, actor: Actor, secret: bytes, *, secure: bool) -> None:
    """Let this browser act as another `actor` for as long as its session lasts.

    The id is a new one: a form that was opened while acting for somebody else is not taken.
    """
    left = timedelta(seconds=max(0, session.expires - int(time.time())))
    _open(response, actor, secret, left, secure=secure)


def _open(response: Response, actor: Actor, secret: bytes, lasts: timedelta, *, secure: bool) -> None:
    token = tokens.mint(actor, secret, lasts, audience=tokens.SESSION, id=secrets.token_urlsafe(_VISITOR_BYTES))
    _set(response, COOKIE, token, secure=secure)


def close_session(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")


def session_of(request: HTTPConnection, secret: bytes) -> Session | None:
    """The session of this request, or None when there is none or it is over."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    try:
        found = tokens.verified(token, secret, tokens.SESSION)
    except OutcomeError:
        return None
    return Session(found.actor, found.id, found.expires)


def visitor_of(request: HTTPConnection) -> str:
    """The id of a browser that is not signed in: the one it has, or a new one, to be set with `keep_visitor`."""
    return request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(_VISITOR_BYTES)


def keep_visitor(response: Response, visitor: str, *, secure: bool) -> None:
    _set(response, VISITOR_COOKIE, visitor, secure=secure)


def form_token(id: str, secret: bytes) -> str:
    """What every form of this session (or visitor) carries."""
    return hmac.new(secret, b"form:" + id.encode(), sha256).hexdigest()


def check_form(token: str, id: str, secret: bytes) -> None:
    """Raises OutcomeError 403 when a form was not made for this session."""
    if not hmac.compare_digest(token.encode(), form_token(id, secret).encode()):
        raise refuse(403, "security", "this form is from an earlier session: open the page again and send it once more")


def _set(response: Response, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, max_age=int(LASTS.total_seconds()), path="/", httponly=True, samesite="lax", secure=secure)
