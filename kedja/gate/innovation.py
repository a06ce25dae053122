"""The door to innovation cases: who may see and do what, and the row of the access log in the same transaction.

`passing` is what every file about innovation goes through, also those on tables of their own: it gives a connection in a
transaction, who is looking, and writes the log at its end; a refusal undoes everything and is logged by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Connection

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.innovation.acts import acts, may
from kedja.innovation.case import Case, case_of
from kedja.innovation.deciders import Decider, Holder, deciders
from kedja.innovation.gates import Given
from kedja.innovation.readiness import items
from kedja.innovation.roles import Viewer, viewer_of
from kedja.innovation.words import table
from kedja.outcome import OutcomeError, refuse
from kedja.store import innovation as store
from kedja.store.innovation import Event, Wait
from kedja.store.pool import transaction
from kedja.store.queries import sql

__all__ = ["Event", "Passage", "Wait", "passing"]
_TYPE: Final = "InnovationCase"


@dataclass
class Passage:
    """One request that has passed: its transaction, who looks, and what the log will say of it."""

    conn: Connection
    actor: Actor
    viewer: Viewer
    now: datetime
    rules: list[str] = field(default_factory=list[str])
    resources: list[str] = field(default_factory=list[str])

    def saw(self, *ids: str, type: str = _TYPE) -> None:
        self.resources += [f"{type}/{id}" for id in ids]

    def by(self, verb: str) -> None:
        """Note the rule that let it through."""
        if acts()[verb].id not in self.rules:
            self.rules.append(acts()[verb].id)

    @property
    def who(self) -> tuple[str, str, str, str, str]:
        """As events say who did it: actor, name, title, organisation and its name."""
        at = self.actor.assignment
        return self.actor.id, self.actor.name, self.actor.title, at.provider if at else "", at.provider_name if at else ""

    async def case(self, id: str, *, lock: bool = False) -> Case:
        """A case that this viewer sees. Raises 404 where there is none, or nothing of it is for them."""
        self.saw(id)
        self.by("see")
        row = await store.find(self.conn, id, self.viewer, lock=lock)
        if row is None:
            raise refuse(404, "not-found", "this case is not here, or you may not see it")
        return case_of(dict(row))

    async def may(self, verb: str, case: Case) -> bool:
        return may(self.viewer, verb, case.seen(await parties(self.conn, case.id)))

    async def must(self, verb: str, case: Case | None = None) -> None:
        """Raises 403 where the rule of `verb` does not let this viewer."""
        self.rules.clear()
        self.by(verb)
        seen = case.seen(await parties(self.conn, case.id)) if case else None
        if not may(self.viewer, verb, seen):
            raise refuse(403, "forbidden", f"{acts()[verb].words.en} ({acts()[verb].id})")

    async def record(self, case: str, event: Event) -> None:
        """Add to the case's history, and tell whom it concerns."""
        await store.record(self.conn, case, self.who, event, self.now)
        await self.conn.execute(sql("innovation_notify"), case, self.actor.id, event.kind, self.now)

    async def wait(self, case: str, wait: Wait) -> None:
        """It waits from now on; whom it waits on by name is told."""
        await store.wait(self.conn, case, wait, self.now)
        if wait.actor and wait.actor != self.actor.id:
            await self.conn.execute(sql("innovation_notify_one"), wait.actor, case, wait.what, self.now)

    async def waited(self, case: str, what: str = "", about: str = "") -> None:
        await store.waited(self.conn, case, self.now, what, about)

    def due(self, what: str) -> datetime:
        """Until when something of this kind may wait (`times.toml`)."""
        return self.now + timedelta(days=table("times.toml")[what])


@asynccontextmanager
async def passing(door: Door, actor: Actor, action: str, request: str, detail: str = "") -> AsyncIterator[Passage]:
    """A transaction of this actor, with its row in the log; `action` is what the row says: read, search, create, update.

    What raises OutcomeError is undone, and the attempt is logged as refused.
    """
    key = await key_of(door.store, actor)
    passage: Passage | None = None
    try:
        async with transaction(door.store) as conn:
            passage = Passage(conn, actor, viewer_of(actor), door.clock())
            yield passage
            await store.log(conn, key, action, passage.rules, passage.resources, request, detail)
    except OutcomeError as error:
        rules, resources = (passage.rules, passage.resources) if passage else ([], [])
        await door.denied(actor, 0, action, rules, resources, request, detail or str(error)[:200])
        raise


async def parties(conn: Connection, id: str) -> list[tuple[str, str]]:
    return [(row["actor"], row["org"]) for row in await conn.fetch(sql("innovation_parties"), id)]


async def who_decides(conn: Connection, case: Case) -> Sequence[Decider]:
    """Who can decide about this case now: never nobody (`deciders`)."""
    rows = await conn.fetch(sql("innovation_holders"), case.org)
    return deciders(case.runs, case.state, case.zone, [Holder(**row) for row in rows], case.giving())


async def facts(passage: Passage, id: str) -> Given:
    """What there is of a case when somebody decides, beside what they give."""
    row = await passage.conn.fetchrow(sql("innovation_facts"), id)
    assert row is not None  # it counts
    unready = sum(item.id not in row["ready"] for item in items("gates"))
    return Given("", measures=row["measures"], unready=unready, linked=row["linked"])
