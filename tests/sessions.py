"""Somebody signed in, without the way through a provider."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from kedja.access.actor import Actor
from kedja.gate.sessions import Proof
from kedja.signin.session import COOKIE, open_session


def proof_of(actor: Actor, level: int = 3) -> Proof:
    return Proof("test", actor.id, level, 0, actor.name, actor.person, actor.hsa_id)


async def signed_in(app: Starlette, actor: Actor | None, proof: Proof | None = None, browser: str = "Firefox") -> str:
    """The id of a new session of this actor, as the cookie holds it. `actor` None, with a proof: who has yet to choose."""
    headers = [(b"user-agent", browser.encode()), (b"host", b"kedja.test")]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers, "app": app, "scheme": "http"}
    if proof is None:
        assert actor is not None
        proof = proof_of(actor)
    return await open_session(Request(scope), Response(), proof, actor)


def cookie(session: str) -> dict[str, str]:
    """The header that a browser with this session sends."""
    return {"Cookie": f"{COOKIE}={session}"}
