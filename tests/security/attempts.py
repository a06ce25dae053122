"""One attempt: a request of the table of routes, with whatever credentials, and what it left in the logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

import httpx

from kedja.access.actor import Actor
from kedja.gate.sessions import Proof
from kedja.signin.session import COOKIE, form_token
from kedja.signin.tokens import mint
from tests.fhir.service import Service
from tests.law.routes import Ask, filled
from tests.sessions import proof_of, signed_in

_CHANGING: Final = ("POST", "PUT", "PATCH", "DELETE")
_LEFT: Final = (
    """SELECT (SELECT coalesce(max(seq), 0) FROM access_log) AS seq, (SELECT coalesce(sum(times), 0) FROM sign_in_log) AS times"""
)

_HELD: Final = "SELECT count(*) FROM session WHERE subject = 'test ' || $1"


@dataclass
class Attempts:
    """Whoever asks, with a session for each actor; what was left in the logs is counted."""

    service: Service
    sessions: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    seq: int = 0
    times: int = 0
    made: int = 0

    async def session(self, actor: Actor) -> str:
        """A session of this actor that holds: some attempts end it."""
        key = (actor.id, f"{actor.kind}{actor.acts_for}")
        standing = self.sessions.get(key)
        if standing is None or await self.service.database.fetchval(_HELD, actor.id) == 0:
            self.sessions[key] = standing = await signed_in(self.service.app, actor)
        return standing

    async def session_of(self, actor: Actor | None, proof: Proof) -> str:
        return await signed_in(self.service.app, actor, proof)

    async def by(self, actor: Actor, ask: Ask, values: Mapping[str, str], kind: str = "") -> tuple[httpx.Response, bool]:
        """The answer to this actor, with all that they rightly have; whether the attempt is in a log."""
        if ask.is_page:
            session = await self.session(actor)
            return await self.send(ask, values, session, form_token(session, self._secret), kind=kind)
        return await self.send(ask, values, bearer=mint(actor, self._secret, timedelta(hours=1)), kind=kind)

    async def send(
        self,
        ask: Ask,
        values: Mapping[str, str],
        session: str = "",
        token: str = "",
        *,
        bearer: str = "",
        kind: str = "",
        **headers: str,
    ) -> tuple[httpx.Response, bool]:
        path, body = filled(ask.path, values), filled(ask.body, values)
        if kind:
            path = path.replace(f"Observation/{values['observation']}", kind)
        sent = {"Content-Type": ask.media, "Host": "kedja.test"} | {name.replace("_", "-"): v for name, v in headers.items()}
        if session:
            sent["Cookie"] = f"{COOKIE}={session}"
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        if ask.is_page and ask.method in _CHANGING:
            fields = [("form_token", token), *((name, filled(text, values)) for name, text in ask.form)]
            sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(fields)
        self.service.http.cookies.clear()
        self.made += 1
        answer = await self.service.http.request(ask.method, path, content=body.encode() or None, headers=sent)
        return answer, await self.logged()

    async def logged(self) -> bool:
        """Whether either log has grown since it was last looked at."""
        row = await self.service.database.fetchrow(_LEFT)
        assert row is not None
        before, (self.seq, self.times) = (self.seq, self.times), (row["seq"], row["times"])
        return (self.seq, self.times) != before

    @property
    def _secret(self) -> bytes:
        return self.service.app.state.secret


def low(actor: Actor) -> Proof:
    return proof_of(actor, 2)


def guesses(id: str) -> list[str]:
    """Ids that are near this one, or that try to be more than an id."""
    near = [id[:-1], id + "0", id.swapcase() if id.swapcase() != id else id[::-1]]
    odd = ["%2e%2e", "%2e%2e%2f", "%00", "x" * 300, quote("å'\";--"), "*", "0", "-1"]
    return [*near, *odd]
