"""The log of sign-ins, read: a human's own, and for who reviews logs what was tried by nobody who is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.evaluate import permitting_rule
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.store.queries import sql

_OWN: Final = timedelta(days=90)
_TRIED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Own:
    """`what`: signed-in, signed-out, acts-as, sessions-ended ...; `place` the provider's address, or an assignment's id."""

    minute: datetime
    what: str
    place: str
    times: int


@dataclass(frozen=True, slots=True)
class Tried:
    """Attempts of one day at one place: no-session, no-token, no-form, or a sign-in that failed."""

    day: date
    what: str
    place: str
    times: int
    latest: datetime


async def own(door: Door, human: str) -> Sequence[Own]:
    """What this human did at sign-in in the last three months, the newest first (`Proof.human`). About themselves alone."""
    return [Own(*row) for row in await door.store.pool.fetch(sql("sign_in_log_of"), human, _OWN)]


async def attempts(door: Door, actor: Actor, request: str) -> Sequence[Tried]:
    """What nobody who is known tried in the last month. Raises 403 for who does not review logs (HSLF-FS 2016:40 4:9)."""
    provider = actor.assignment.provider if actor.assignment else ""
    items = Custody(Regime.CONTROL, 0, provider, labels=Label.REVIEW)
    rule = permitting_rule(permit(actor, "read", door.clock()), items, (), "Task") if provider else None
    if rule != "L-2.2":
        await door.denied(actor, 0, "review", ["L-2.2"], [], request, "sign-in log")
        raise refuse(403, "forbidden", "logs are reviewed by who has that assignment (HSLF-FS 2016:40 4 kap. 9 §)")
    rows = await door.store.pool.fetch(sql("sign_in_attempts"), _TRIED, await key_of(door.store, actor), rule, request)
    return [Tried(*row) for row in rows]
