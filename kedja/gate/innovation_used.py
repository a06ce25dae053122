"""What of the catalogues a case builds on, and what somebody has done in the portal, for their merits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Record

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.gate.innovation_catalogue import TYPE, Entry, entry_of, who
from kedja.innovation.case import Case
from kedja.innovation.entries import Called
from kedja.outcome import refuse
from kedja.store import innovation as cases
from kedja.store import innovation_entries as store
from kedja.store.innovation_entries import Asked
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Built:
    """A case, the entries that it builds on, and whether this actor says so."""

    case: Case
    used: Sequence[Record]
    may: bool


async def built(door: Door, actor: Actor, id: str, request: str) -> Built:
    """What a case builds on. Raises 404."""
    async with passing(door, actor, "read", request) as passage:
        case = await passage.case(id)
        rows = await passage.conn.fetch(sql("innovation_used"), *who(passage), id)
        return Built(case, rows, await passage.may("change", case))


async def use(door: Door, actor: Actor, id: str, entry: Called, note: str, request: str) -> None:
    """A case builds on an entry that this actor sees. Raises 403, and 404 for a case or an entry that is not there for them."""
    async with passing(door, actor, "update", request) as passage:
        case = await passage.case(id)
        await passage.must("change", case)
        passage.saw(str(entry), type=TYPE)
        if await store.find(passage.conn, who(passage), entry.kind.id, entry.number) is None:
            raise refuse(404, "not-found", f"{entry} is not here, or you may not see it")
        await passage.conn.execute(sql("innovation_use"), id, entry.kind.id, entry.number, note, actor.name, passage.now)


async def used_by(door: Door, actor: Actor, entry: Called, request: str) -> Sequence[Record]:
    """The cases that build on an entry, as far as this actor sees them."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        given = (*cases.who(passage.viewer), entry.kind.id, entry.number)
        rows = await passage.conn.fetch(sql("innovation_used_by"), *given)
        passage.saw(*(row["id"] for row in rows))
        return rows


async def merits(door: Door, actor: Actor, request: str) -> tuple[list[Entry], Sequence[Record]]:
    """(the actor's training log, what they have done in the portal): their own alone."""
    async with passing(door, actor, "export", request) as passage:
        passage.rules.append("IC-6")
        asked = Asked(["training"], mine=True, count=1000)
        rows = await store.search(passage.conn, who(passage), asked, passage.now.date())
        return [entry_of(row) for row in rows], await passage.conn.fetch(sql("innovation_merits"), actor.id)
