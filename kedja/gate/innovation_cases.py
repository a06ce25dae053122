"""Innovation cases behind the door: searched, read with all that they hang together with, given, and written in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Record

from kedja.access.actor import Actor, Kind
from kedja.gate.door import Door
from kedja.gate.innovation import facts, passing, who_decides
from kedja.gate.innovation_navigator import Navigation, navigation
from kedja.innovation.acts import acts, may
from kedja.innovation.case import Case, case_of
from kedja.innovation.deciders import Decider
from kedja.innovation.exchange import Incoming
from kedja.innovation.gates import Given
from kedja.innovation.machine import Status
from kedja.innovation.roles import Role, Viewer
from kedja.outcome import refuse
from kedja.store import innovation as store
from kedja.store.innovation import Asked, Event, Wait
from kedja.store.keys import new_id
from kedja.store.queries import sql

__all__ = ["Asked", "Sheet", "Waiting", "case", "cases", "file", "orgs", "published", "take_in", "tell", "waiting"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case with all that its page shows. `may` are the verbs that this viewer may do."""

    case: Case
    events: Sequence[Record]
    parties: Sequence[Record]
    waits: Sequence[Record]
    deciders: Sequence[Decider]
    may: frozenset[str]
    links: Sequence[Record]
    facts: Given
    decides: frozenset[str]  # the phases at whose gates this viewer decides
    navigation: Navigation | None  # what is kept of the regulation navigator, for whom sees it whole
    paid: Record | None  # what was last decided about who pays, for whom sees it whole

    @property
    def decides_whole(self) -> bool:
        """Whether they decide on pausing, going on and ending it."""
        if self.case.state.status is Status.FILED:
            return "settle" in self.may
        return bool(self.decides)


async def case(door: Door, actor: Actor, id: str, request: str) -> Sheet:
    """A case, what has happened, who takes part, what it waits for and who can decide."""
    async with passing(door, actor, "read", request) as passage:
        found = await passage.case(id)
        rows = await passage.conn.fetch(sql("innovation_parties"), id)
        seen = found.seen([(row["actor"], row["org"]) for row in rows])
        deciding = await who_decides(passage.conn, found)
        return Sheet(
            found,
            await passage.conn.fetch(sql("innovation_events"), id, found.whole),
            rows if found.whole else (),
            await passage.conn.fetch(sql("innovation_waits"), id),
            deciding,
            frozenset(verb for verb in acts() if may(passage.viewer, verb, seen)),
            await passage.conn.fetch(sql("innovation_links"), id, *store.who(passage.viewer)),
            await facts(passage, id),
            frozenset(one.phase for one in deciding if actor.id in {holder.actor for holder in one.holders}),
            await navigation(passage, id) if found.whole else None,
            await passage.conn.fetchrow(sql("innovation_pay_decided"), id) if found.whole else None,
        )


async def cases(door: Door, actor: Actor, asked: Asked, request: str) -> tuple[list[Case], int]:
    """(the cases that this actor sees, the best first; how many there are in all)."""
    async with passing(door, actor, "search", request, asked.words) as passage:
        rows = await store.search(passage.conn, passage.viewer, asked)
        passage.by("see")
        passage.saw(*(row["id"] for row in rows))
        return [case_of(dict(row)) for row in rows], rows[0]["total"] if rows else 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a case waits for. `mine`: on the one who asks."""

    row: Record
    mine: bool


async def waiting(door: Door, actor: Actor, request: str) -> list[Waiting]:
    """What waits in the cases that this actor sees whole, the longest first."""
    async with passing(door, actor, "search", request) as passage:
        passage.by("see")
        rows = await passage.conn.fetch(sql("innovation_waiting"), *store.who(passage.viewer))
        held = {
            row["seat"]
            for row in await passage.conn.fetch(sql("innovation_holders"), passage.viewer.org)
            if row["actor"] == actor.id
        }
        passage.saw(*sorted({row["case_id"] for row in rows}))
        return [Waiting(row, _on(passage.viewer, held, row)) for row in rows]


def _on(viewer: Viewer, held: Collection[str], row: Record) -> bool:
    """Whether it waits on this viewer: on themselves, on a seat that they hold, or on a role that they have there."""
    if row["actor"]:
        return row["actor"] == viewer.actor
    if not row["org"] or row["org"] != viewer.org:
        return False
    return row["seat"] in held if row["seat"] else not row["role"] or row["role"] in viewer.roles


async def file(door: Door, actor: Actor, given: Mapping[str, Any], request: str, id: str = "") -> str:
    """File a need or an idea; its id. `given`: org, org_name, unit, unit_name, machine ('' for not known), title, problem (the
    answers to the intake) and confidential ('' or `secret`). It goes to the queue of the organisation's pilots. `id` is given
    where it was filed elsewhere before.
    """
    id = id or new_id()
    async with passing(door, actor, "create", request) as passage:
        await passage.must("file")
        passage.saw(id)
        openness = "closed" if given["confidential"] else "shared"
        giver = {"giver": actor.id, "giver_name": actor.name, "giver_org": passage.viewer.org}
        await store.file(passage.conn, {**given, **giver, "id": id, "openness": openness}, passage.now)
        if passage.viewer.org and passage.viewer.org != given["org"]:
            await store.join(passage.conn, id, passage.viewer.org, actor, party_role(passage.viewer), passage.now)
        await passage.record(id, Event("filed", {}))
        await passage.wait(id, Wait("triage", org=given["org"], role=Role.PILOT, due=passage.due("triage")))
    return id


async def take_in(door: Door, actor: Actor, org: str, incoming: Sequence[Incoming], request: str) -> int:
    """File the cases of a file in the queue of an organisation, all or none; how many. Raises 404 for one that takes no part.

    Of a person it is their own organisation, and they are its pilot; else 403. The system's own commands name any.
    """
    async with passing(door, actor, "import", request) as passage:
        passage.by("file")
        if actor.kind is not Kind.SYSTEM:
            await passage.must("import")
            if org != passage.viewer.org:
                raise refuse(403, "forbidden", f"{acts()['import'].words.en} ({acts()['import'].id})")
        rows = await passage.conn.fetch(sql("innovation_orgs"))
        name = next((row["name"] for row in rows if row["org"] == org), "")
        if not name:
            raise refuse(404, "not-found", f"no organisation `{org}` takes part in the innovation portal")
        giver = {"giver": actor.id, "giver_name": actor.name, "giver_org": passage.viewer.org, "unit": "", "unit_name": ""}
        for each in incoming:
            id = new_id()
            given = {"id": id, "org": org, "org_name": name, "machine": each.machine, "title": each.answers["title"]}
            given |= {"openness": "shared", "confidential": "", "problem": each.answers}
            await store.file(passage.conn, {**given, **giver}, passage.now)
            await passage.record(id, Event("filed", {}))
            await passage.wait(id, Wait("triage", org=org, role=Role.PILOT, due=passage.due("triage")))
            passage.saw(id)
        return len(incoming)


async def tell(door: Door, actor: Actor, id: str, text: str, *, open: bool, request: str) -> None:
    """Write to those who take part; `open`: to all who see the case."""
    async with passing(door, actor, "update", request) as passage:
        found = await passage.case(id)
        await passage.must("tell", found)
        await passage.record(id, Event("message", {"text": text}, open=open and not found.confidential))


async def orgs(door: Door, actor: Actor, request: str) -> Sequence[Record]:
    """Every organisation that takes part: which are public."""
    async with passing(door, actor, "search", request) as passage:
        return await passage.conn.fetch(sql("innovation_orgs"))


async def published(door: Door, *, id: str = "", count: int = 50, skip: int = 0) -> Sequence[Record]:
    """What is published of cases, for everybody, signed in or not: nothing of who gave them, and no secret."""
    return await door.store.pool.fetch(sql("innovation_published"), count, skip, id)


def party_role(viewer: Viewer) -> str:
    """As what somebody of another organisation takes part in a case."""
    return Role.COMPANY if viewer.has(Role.COMPANY) else Role.PATIENTS if viewer.has(Role.PATIENTS) else "unit"
