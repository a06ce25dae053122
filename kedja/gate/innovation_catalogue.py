"""The catalogues of the innovation portal behind the door: found, read in any version, made, changed and published.

Who sees an entry is `innovation_entry_seen`, in every statement; who makes, keeps and publishes it is in the data of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import Passage, passing
from kedja.gate.innovation_matching import match
from kedja.innovation import entries
from kedja.innovation.catalogue import Kind, State, kinds
from kedja.innovation.entries import Called, Values
from kedja.outcome import refuse
from kedja.store import innovation_entries as store
from kedja.store.innovation_entries import Asked, Version, Who
from kedja.store.queries import sql

__all__ = ["Asked", "Entry", "Sheet", "change", "counts", "entry", "find", "make", "move", "sheet"]
TYPE: Final = "InnovationEntry"
SEE, MAKE, KEEP, SAY = "IC-1", "IC-2", "IC-3", "IC-4"


@dataclass(frozen=True, slots=True)
class Entry:
    """A version of an entry, as the store has it."""

    kind: Kind
    row: Record
    values: Values

    @property
    def called(self) -> str:
        return self.kind.called(self.row["number"])

    @property
    def state(self) -> State:
        return self.kind.state(self.row["state"])


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page of an entry shows. `cites` has the titles of what it cites; `citing` cite it; `told` is the record of
    equal treatment, for who keeps it; `pairs` are the open entries that share areas with it, for who made or keeps it."""

    entry: Entry
    versions: Sequence[Record]
    replies: Sequence[Record]
    cites: Mapping[str, str]
    citing: Sequence[Record]
    told: Sequence[Record]
    pairs: Sequence[Record]
    keeps: bool
    edits: bool
    moves: Sequence[State]
    says: frozenset[str]


def who(passage: Passage) -> Who:
    """The three arguments of `innovation_entry_seen` beside the entry."""
    return passage.viewer.actor, passage.viewer.org, entries.kept(passage.viewer, kinds().values())


def entry_of(row: Record) -> Entry:
    return Entry(kinds()[row["kind"]], row, exactjson.loads(row["body"].encode()))


async def find(door: Door, actor: Actor, asked: Asked, request: str) -> tuple[list[Entry], int]:
    """(the entries that this actor sees, how many there are in all)."""
    async with passing(door, actor, "search", request, asked.words) as passage:
        rows = await store.search(passage.conn, who(passage), asked, passage.now.date())
        passage.rules.append(SEE)
        found = [entry_of(row) for row in rows]
        passage.saw(*(one.called for one in found), type=TYPE)
        return found, rows[0]["total"] if rows else 0


async def counts(door: Door, actor: Actor, request: str) -> tuple[Mapping[tuple[str, str], int], Sequence[Record]]:
    """(how many entries of each kind and state this actor sees, what they were told and have not opened)."""
    async with passing(door, actor, "search", request) as passage:
        passage.rules.append(SEE)
        rows = await passage.conn.fetch(sql("innovation_counts"), *who(passage))
        unseen = await passage.conn.fetch(sql("innovation_unseen"), actor.id, passage.viewer.org)
        return {(row["kind"], row["state"]): row["entries"] for row in rows}, unseen


async def entry(door: Door, actor: Actor, kind: Kind, number: int, version: int, request: str) -> Entry:
    """A version of an entry; 0 for the newest that this actor sees. Raises 404."""
    async with passing(door, actor, "read", request) as passage:
        return await _found(passage, kind, number, version)


async def sheet(door: Door, actor: Actor, kind: Kind, number: int, version: int, request: str) -> Sheet:
    """An entry with its versions, what was said to it, what it cites and is cited by, and what this actor may do. Raises 404.

    Who was told something about it has then opened it.
    """
    async with passing(door, actor, "read", request) as passage:
        one = await _found(passage, kind, number, version)
        author, org, viewer, conn = one.row["author"], one.row["org"], passage.viewer, passage.conn
        keeps = entries.keeps(viewer, kind, org)
        said = await store.replies(conn, kind.id, number, actor.id, all=keeps)
        await conn.execute(sql("innovation_told_seen"), kind.id, number, actor.id, passage.now, viewer.org)
        current = one.row["current"]
        return Sheet(
            entry=one,
            versions=await store.versions(conn, who(passage), kind.id, number),
            replies=said,
            cites=await _titles(passage, entries.cited(kind, one.values)),
            citing=await store.citing(conn, who(passage), one.called),
            told=await conn.fetch(sql("innovation_told"), kind.id, number) if keeps else (),
            pairs=await _pairs(passage, one) if keeps or author == actor.id else (),
            keeps=keeps,
            edits=current and entries.edits(viewer, kind, one.state, author, org),
            moves=entries.moves(viewer, kind, one.state, author, org) if current else (),
            says=frozenset(each.id for each in kind.replies if current and entries.says(viewer, kind, each, one.state, org)),
        )


async def make(door: Door, actor: Actor, kind: Kind, values: Values, language: str, request: str) -> int:
    """A new entry, in the first state of its kind; its number. Raises 403 for who may not make one."""
    async with passing(door, actor, "create", request) as passage:
        passage.rules.append(MAKE)
        if not entries.makes(passage.viewer, kind):
            raise refuse(403, "forbidden", f"entries of this kind are made by others ({MAKE})")
        values = entries.with_files(kind, entries.of_author(kind, values, {}), {})
        number = await store.next_number(passage.conn, kind.id)
        passage.saw(kind.called(number), type=TYPE)
        state, (_, name, _, org, org_name) = kind.states[0], passage.who
        editor = name if org else ""  # a citizen is not named to others
        whose = (actor.id, org, org_name, actor.id, editor)
        place = (kind.id, number, 1, state.id, state.open, values["title"], values, entries.due(kind, values))
        version = Version(*place, language, "", *whose, note="", at=passage.now, made=passage.now)
        await store.keep(passage.conn, version)
        return number


async def change(
    door: Door, actor: Actor, kind: Kind, number: int, version: int, values: Values, note: str, language: str, request: str
) -> None:
    """A new version with other values. Raises 403, 404, and 409 when it is no longer the version that was changed."""
    async with passing(door, actor, "update", request) as passage:
        one = await locked(passage, kind, number)
        if not entries.edits(passage.viewer, kind, one.state, one.row["author"], one.row["org"]):
            raise refuse(403, "forbidden", f"this entry is changed by who keeps it ({KEEP})")
        same(one, version)
        given = values if entries.keeps(passage.viewer, kind, one.row["org"]) else entries.of_author(kind, values, one.values)
        given = entries.with_files(kind, given, one.values)
        lacking = entries.missing(kind, one.state, given)
        if lacking:
            raise refuse(422, "required", f"in this state `{lacking[0].id}` must be filled in")
        await keep_version(passage, one, given, one.state, note, language)


async def move(door: Door, actor: Actor, kind: Kind, number: int, version: int, to: str, note: str, request: str) -> None:
    """Bring an entry to another state. Raises 403, 404, 409, and 422 where something must be filled in or said first."""
    async with passing(door, actor, "update", request) as passage:
        one = await locked(passage, kind, number)
        state = next(
            (s for s in entries.moves(passage.viewer, kind, one.state, one.row["author"], one.row["org"]) if s.id == to), None
        )
        if state is None:
            raise refuse(403, "forbidden", f"you cannot bring this entry to that state ({KEEP})")
        same(one, version)
        if state.reason and not note:
            raise refuse(422, "required", "say why: this change is kept with its reason")
        lacking = entries.missing(kind, state, one.values)
        if lacking:
            raise refuse(422, "required", f"`{lacking[0].id}` must be filled in first")
        await keep_version(passage, one, one.values, state, note, one.row["language"])


async def _found(passage: Passage, kind: Kind, number: int, version: int = 0) -> Entry:
    passage.rules.append(SEE)
    passage.saw(kind.called(number), type=TYPE)
    row = await store.find(passage.conn, who(passage), kind.id, number, version)
    if row is None:
        raise refuse(404, "not-found", f"{kind.called(number)} is not here, or you may not see it")
    return entry_of(row)


async def locked(passage: Passage, kind: Kind, number: int) -> Entry:
    passage.rules.append(KEEP)
    passage.saw(kind.called(number), type=TYPE)
    row = await store.lock(passage.conn, who(passage), kind.id, number)
    if row is None:
        raise refuse(404, "not-found", f"{kind.called(number)} is not here, or you may not see it")
    return entry_of(row)


def same(one: Entry, version: int) -> None:
    if one.row["version"] != version:
        raise refuse(
            409, "conflict", f"{one.called} was changed meanwhile: open it again and make your change in what it says now"
        )


async def keep_version(passage: Passage, one: Entry, values: Values, state: State, note: str, language: str) -> None:
    row, kind, (editor, name, _, org, _) = one.row, one.kind, passage.who
    place = (kind.id, row["number"], row["version"] + 1, state.id, state.open, values["title"], values, entries.due(kind, values))
    whose = (language, row["origin"], row["author"], row["org"], row["org_name"], editor, name if org else "", note)
    version = Version(*place, *whose, at=passage.now, made=row["made"])
    await store.keep(passage.conn, version)
    await match(passage, kind, row["number"], row["org"], state)


async def _titles(passage: Passage, cites: Sequence[Called]) -> dict[str, str]:
    rows = await store.titles(passage.conn, who(passage), [(one.kind.id, one.number) for one in cites])
    return {kinds()[row["kind"]].called(row["number"]): row["title"] for row in rows}


async def _pairs(passage: Passage, one: Entry) -> Sequence[Record]:
    areas: Any = one.values.get("areas")
    if not one.kind.pairs or not areas:
        return ()
    return await passage.conn.fetch(sql("innovation_matches"), *who(passage), one.kind.pairs, areas, passage.now.date())
