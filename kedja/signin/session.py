"""The session of the pages: a random id in one cookie, the rest in the store; and a token in every form of it.

The store knows a hash of the id alone. The id is another one after every sign-in and every change of who acts. A session ends
when it is signed out, from here or from elsewhere, is not used for a while, or has lasted long enough. A form's token is an HMAC
over the id, so that a page of another site can neither read nor guess it; visitors who are not signed in have an id of their own.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from kedja.access.actor import Actor
from kedja.gate import sessions
from kedja.gate.sessions import Proof, Reading
from kedja.outcome import refuse

COOKIE: Final = "kedja_session"
VISITOR_COOKIE: Final = "kedja_visitor"
_BYTES: Final = 32
_LONGEST: Final = 100  # characters of a cookie that are looked at
_VISITOR_LASTS: Final = 8 * 3600
_BROWSER: Final = 200


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who has proved who they are, and has yet to choose as what they act."""

    id: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. `key` names the session to its own human, `id` is what the cookie holds."""

    actor: Actor
    id: str
    key: int
    proof: Proof
    expires: int  # seconds since 1970
    reading: Reading = field(default_factory=Reading)

    @property
    def mark(self) -> str:
        """What tells this session from another, and nothing more: a page may say it."""
        return sha256(b"mark:" + self.id.encode()).hexdigest()[:16]


async def open_session(request: HTTPConnection, response: Response, proof: Proof, actor: Actor | None) -> str:
    """Let this browser act as `actor` (None: once they have chosen); its new id. Whatever session it had ends: no fixation."""
    state, id = request.app.state, secrets.token_urlsafe(_BYTES)
    if old := cookie_of(request, COOKIE):
        await sessions.end(state.door, _hashed(old, state.secret))
    browser = request.headers.get("user-agent", "")[:_BROWSER]
    longest = timedelta(hours=state.config.session_hours)
    await sessions.begin(state.door, _hashed(id, state.secret), proof, actor, browser, longest)
    set_cookie(request, response, COOKIE, id)
    drop_cookie(request, response, VISITOR_COOKIE)
    return id


async def change_session(request: HTTPConnection, response: Response, session: Session | Pending, actor: Actor) -> None:
    """Let this browser act as another `actor` for as long as its session lasts.

    The id is a new one: a form that was opened while acting for somebody else is not taken. Raises OutcomeError 401 where the
    session has ended meanwhile.
    """
    state, id = request.app.state, secrets.token_urlsafe(_BYTES)
    if not await sessions.change(state.door, _hashed(session.id, state.secret), _hashed(id, state.secret), actor):
        raise refuse(401, "login", "this session is over: sign in again")
    set_cookie(request, response, COOKIE, id)


async def close_session(request: HTTPConnection, response: Response) -> None:
    """End this browser's session, and whatever copy there is of its cookie with it."""
    state = request.app.state
    if id := cookie_of(request, COOKIE):
        await sessions.end(state.door, _hashed(id, state.secret))
    drop_cookie(request, response, COOKIE)


async def session_of(request: HTTPConnection) -> Session | None:
    """The session of this request, or None when there is none, it is over, or nothing is chosen yet."""
    found = await _found(request)
    return found if isinstance(found, Session) else None


async def pending_of(request: HTTPConnection) -> Session | Pending | None:
    """As `session_of`, or who has yet to choose."""
    return await _found(request)


async def _found(request: HTTPConnection) -> Session | Pending | None:
    state, id = request.app.state, cookie_of(request, COOKIE)
    if not id:
        return None
    kept = await sessions.find(state.door, _hashed(id, state.secret), timedelta(minutes=state.config.session_idle))
    if kept is None:
        await sessions.note(state.door, "no-session", f"{request.scope.get('method', '')} {place_of(request)}")
        return None
    if kept.actor is None:
        return Pending(id, kept.proof)
    return Session(kept.actor, id, kept.key, kept.proof, kept.ends, kept.reading)


def visitor_of(request: HTTPConnection) -> str:
    """The id of a browser that is not signed in: the one it has, or a new one, to be set with `keep_visitor`."""
    return cookie_of(request, VISITOR_COOKIE) or secrets.token_urlsafe(_BYTES)


def is_visitor(request: HTTPConnection, visitor: str) -> bool:
    """Whether the browser has this id already."""
    return cookie_of(request, VISITOR_COOKIE) == visitor


def keep_visitor(request: HTTPConnection, response: Response, visitor: str) -> None:
    set_cookie(request, response, VISITOR_COOKIE, visitor, _VISITOR_LASTS)


def form_token(id: str, secret: bytes) -> str:
    """What every form of this session (or visitor) carries."""
    return hmac.new(secret, b"form:" + id.encode(), sha256).hexdigest()


def check_form(token: str, id: str, secret: bytes) -> None:
    """Raises OutcomeError 403 when a form was not made for this session."""
    if not hmac.compare_digest(token.encode(), form_token(id, secret).encode()):
        raise refuse(403, "security", "this form is from an earlier session: open the page again and send it once more")


def is_secure(request: HTTPConnection) -> bool:
    """Whether the browser speaks https to this installation, with us or with the proxy before us."""
    return request.url.scheme == "https" or request.app.state.config.public_url.startswith("https://")


def drop_cookie(request: HTTPConnection, response: Response, name: str) -> None:
    secure = is_secure(request)
    response.delete_cookie(_name(name, secure), path="/", secure=secure, httponly=True, samesite="lax")


def place_of(request: HTTPConnection) -> str:
    """The address as the table of routes has it: what is tried with many ids is one row of the log."""
    return getattr(request.scope.get("route"), "path", "/")


def _hashed(id: str, secret: bytes) -> bytes:
    """What the store knows of an id. Keyed, so that a new secret ends every session, and so does the end of a demo."""
    return hmac.digest(secret, b"session:" + id.encode(), "sha256")


def cookie_of(request: HTTPConnection, name: str, longest: int = _LONGEST) -> str:
    """What this cookie holds, as it is named where this request came by; '' where there is none."""
    return request.cookies.get(_name(name, is_secure(request)), "")[:longest]


def _name(name: str, secure: bool) -> str:
    """`__Host-`: browsers take it from this host alone, by https, for all of it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def set_cookie(request: HTTPConnection, response: Response, name: str, value: str, lasts: int | None = None) -> None:
    """A cookie that no script and no other site reads; `lasts` seconds, or until the browser is closed."""
    secure = is_secure(request)
    options: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "lax", "secure": secure, "max_age": lasts}
    response.set_cookie(_name(name, secure), value, **options)
