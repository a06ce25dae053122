"""Sessions in the store: opened, found, changed, listed and ended; and the log of who signed in, and of what was refused.

A session is known by a hash that only this installation can make of what the browser holds (`signin.session`). Nothing here is
about a patient: no law is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.store.queries import sql

_LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """How a human proved who they are. `level` is the level of assurance, 1 to 4 (tillitsnivå); 0: none was stated.

    `person` is their own person key, 0 where no personal number was given; `hsa_id` '' where they are not known as staff.
    """

    issuer: str
    subject: str  # the provider's own name for them
    level: int
    at: int  # seconds since 1970
    name: str = ""
    person: int = 0
    hsa_id: str = ""
    organisation: str = ""
    choices: int = 1  # as how many they could act when they signed in

    @property
    def human(self) -> str:
        """What tells this human from all others here."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a human wants the pages: `easy` to read, with `large` type and controls."""

    easy: bool = False
    large: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A session that holds. `actor` None: nothing is chosen yet. `ends` is seconds since 1970."""

    key: int
    actor: Actor | None
    proof: Proof
    ends: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its own human sees it."""

    key: int
    actor: Actor | None
    browser: str
    created: datetime
    seen: datetime


async def begin(door: Door, id: bytes, proof: Proof, actor: Actor | None, browser: str, longest: timedelta) -> None:
    """A new session, for at most `longest`."""
    values = (id, proof.human, _json(actor), _json(proof), _assignment(actor), browser, longest)
    await door.store.pool.execute(sql("session_open"), *values)


async def find(door: Door, id: bytes, idle: timedelta) -> Kept | None:
    """The session with this id, if it holds and was used within `idle`."""
    row = await door.store.pool.fetchrow(sql("session_find"), id, idle)
    if row is None:
        return None
    proof, reading = msgspec.json.decode(row["proof"], type=Proof), Reading(row["easy"], row["large"])
    return Kept(row["key"], _actor(row["actor"]), proof, row["ends"], reading)


async def keep_reading(door: Door, human: str, reading: Reading) -> None:
    """Keep how this human wants the pages, for this session and those to come."""
    await door.store.pool.execute(sql("reading_keep"), human, reading.easy, reading.large)


async def change(door: Door, id: bytes, new: bytes, actor: Actor) -> bool:
    """Let the session go on as `actor` under the id `new`; False where it has ended meanwhile."""
    return await door.store.pool.fetchval(sql("session_change"), id, new, _json(actor), _assignment(actor)) is not None


async def end(door: Door, id: bytes) -> None:
    await door.store.pool.execute(sql("session_end"), id)


async def end_of(door: Door, human: str, key: int | None = None) -> int:
    """End this human's session with this key, or all of them; how many there were."""
    return len(await door.store.pool.fetch(sql("session_end_of"), human, key))


async def of(door: Door, human: str, idle: timedelta) -> Sequence[Listed]:
    """This human's sessions that hold, the latest used first."""
    rows = await door.store.pool.fetch(sql("session_list"), human, idle)
    return [Listed(row["key"], _actor(row["actor"]), row["browser"], row["created"], row["seen"]) for row in rows]


async def note(door: Door, what: str, place: str, human: str = "") -> None:
    """Log that somebody signed in or out, or that nobody who is known was refused: `what`, at which address."""
    await door.store.pool.execute(sql("sign_in_log"), what, place[:_LONGEST_PLACE], human)


def _json(value: Actor | Proof | None) -> str:
    return msgspec.json.encode(value).decode() if value is not None else ""


def _actor(text: str) -> Actor | None:
    return msgspec.json.decode(text, type=Actor) if text else None


def _assignment(actor: Actor | None) -> str:
    return actor.assignment.id if actor and actor.assignment else ""
