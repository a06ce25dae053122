"""Entries of the innovation catalogues in the store: fixed statements. The gate says who may do what; they say who sees what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from asyncpg import Connection, Record

from kedja import exactjson
from kedja.store.queries import sql

Who = tuple[str, str, list[str]]  # the actor, their organisation, the kinds that they keep: as innovation_entry_seen takes them


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; what is empty is not asked. `has`: values that the body must have, as jsonb contains them.

    `order`: due, title, number, or the newest first. `mine`: only what the actor made.
    """

    kinds: Sequence[str]
    words: str = ""
    states: Sequence[str] = ()
    has: Mapping[str, Any] = field(default_factory=dict[str, Any])
    order: str = ""
    mine: bool = False
    count: int = 30
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A version to be kept. `author` to `org_name` are of the entry, the rest of this version."""

    kind: str
    number: int
    version: int
    state: str
    open: bool
    title: str
    body: Mapping[str, Any]
    due: date | None
    language: str
    origin: str
    author: str
    org: str
    org_name: str
    editor: str
    editor_name: str
    note: str
    at: datetime
    made: datetime


async def search(conn: Connection, who: Who, asked: Asked, today: date) -> list[Record]:
    """Entries with `total`, the number of all that match."""
    has = exactjson.dumps(asked.has).decode() if asked.has else None
    given = (list(asked.kinds), asked.words, list(asked.states) or None, has, asked.mine, asked.order, asked.count, asked.skip)
    return await conn.fetch(sql("innovation_entries"), *who, *given, today)


async def find(conn: Connection, who: Who, kind: str, number: int, version: int = 0) -> Record | None:
    return await conn.fetchrow(sql("innovation_entry"), *who, kind, number, version)


async def lock(conn: Connection, who: Who, kind: str, number: int) -> Record | None:
    return await conn.fetchrow(sql("innovation_entry_locked"), *who, kind, number)


async def next_number(conn: Connection, kind: str) -> int:
    return await conn.fetchval(sql("innovation_entry_number"), kind) or 1


async def keep(conn: Connection, one: Version) -> None:
    """Keep a version as the current one."""
    if one.version > 1:
        await conn.execute(sql("innovation_entry_old"), one.kind, one.number)
    before = (one.kind, one.number, one.version, one.state, one.open, one.title, exactjson.dumps(one.body).decode(), one.due)
    whose = (one.language, one.origin, one.author, one.org, one.org_name, one.editor, one.editor_name, one.note)
    await conn.execute(sql("innovation_entry_new"), *before, *whose, one.at, one.made)


async def versions(conn: Connection, who: Who, kind: str, number: int) -> list[Record]:
    return await conn.fetch(sql("innovation_entry_versions"), *who, kind, number)


async def replies(conn: Connection, kind: str, number: int, actor: str, *, all: bool) -> list[Record]:
    return await conn.fetch(sql("innovation_replies"), kind, number, actor, all)


async def citing(conn: Connection, who: Who, called: str) -> list[Record]:
    """Entries whose body holds the string `called` somewhere."""
    return await conn.fetch(sql("innovation_cited"), *who, f'exists($.** ? (@ == "{called}"))')


async def titles(conn: Connection, who: Who, wanted: Sequence[tuple[str, int]]) -> list[Record]:
    if not wanted:
        return []
    return await conn.fetch(sql("innovation_titles"), *who, [kind for kind, _ in wanted], [number for _, number in wanted])
