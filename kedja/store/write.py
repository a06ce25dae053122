"""Many writes as one: versions, index, custody, facts and log in one transaction, a handful of statements.

The caller (the gate) locks, decides, and applies inside one transaction of its own; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import random
from typing import Any, Protocol

from asyncpg import Connection, Record

from kedja.definitions import TYPES as DEFINING
from kedja.search.condition import SHIELDED
from kedja.search.hashing import self_hash
from kedja.store.definitions import told
from kedja.store.protection import settle
from kedja.store.queries import sql

Relation = tuple[int, str, str, datetime | None, datetime | None]
Consent = tuple[int, str, str, str | None, str | None, datetime | None, datetime | None]
Block = tuple[int, str, str, str | None, datetime | None, datetime | None, int, datetime | None, datetime | None]
State = tuple[int, str, str, str, datetime | None, datetime | None]
Represented = tuple[int, str, int, int, datetime | None, datetime | None]
Lift = tuple[int, str, str, str | None, str, str | None, str | None, str, datetime | None, datetime | None]
_EXPIRE_EVERY = 16  # writes that supersede something; each of these then clears up after twice as many as came


class IndexValues(Protocol):
    """What `search.extract.extract` gives."""

    @property
    def tokens(self) -> Sequence[int]: ...
    @property
    def refs(self) -> Sequence[int]: ...
    @property
    def strings(self) -> Sequence[tuple[int, str, str]]: ...
    @property
    def dates(self) -> Sequence[tuple[int, datetime, datetime]]: ...
    @property
    def numbers(self) -> Sequence[tuple[int, Decimal, Decimal, Decimal, int, int]]: ...
    @property
    def texts(self) -> Sequence[tuple[int, int, str]]: ...
    @property
    def composites(self) -> Sequence[tuple[int, int, int, tuple[int, ...], Decimal, Decimal, Decimal, int, int]]: ...


@dataclass(slots=True)
class Version:
    """One version about to be stored. `fresh`: the resource has no row yet. `body` is its JSON text, '' when deleted."""

    key: int
    fresh: bool
    type: str
    id: str
    version: int
    updated: datetime
    deleted: bool
    person: int
    regime: str
    provider: str
    unit: str
    source: str
    labels: int
    start: datetime | None
    end: datetime | None
    content_hash: int
    body: str
    index: IndexValues | None
    settles: bool = False  # it says otherwise than before whether its person has protected identity
    relations: Sequence[Relation] = ()
    consents: Sequence[Consent] = ()
    blocks: Sequence[Block] = ()
    states: Sequence[State] = ()
    representations: Sequence[Represented] = ()
    lifts: Sequence[Lift] = ()


@dataclass(slots=True)
class LogLine:
    """One row of the access log of a write: whose data, what was done, by which rules, to what."""

    person: int
    action: str
    rules: list[str] = field(default_factory=list[str])
    resources: list[str] = field(default_factory=list[str])
    detail: str = ""


async def lock(conn: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Record]:
    """The current rows of these (type, id), locked until the transaction ends. Those that do not exist are left out."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    rows = await conn.fetch(sql("lock"), [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return {(row["type"], row["id"]): row for row in rows}


@dataclass(frozen=True, slots=True)
class Logged:
    """The log lines of one request. `actor` is the key of who acts."""

    actor: int
    request: str
    lines: Sequence[LogLine]


async def apply(conn: Connection, versions: Sequence[Version], actor: int, request: str, lines: Sequence[LogLine]) -> None:
    """Store these versions and their log lines. Raises asyncpg.UniqueViolationError when somebody else was first."""
    await apply_all(conn, versions, [Logged(actor, request, lines)])


async def apply_all(conn: Connection, versions: Sequence[Version], logged: Sequence[Logged]) -> None:
    """As `apply`, of several requests. Nothing is stored when one of them cannot be.

    The labels of what is of a person with protected identity are then as they are stored.
    """
    superseded = [version.key for version in versions if not version.fresh]
    if superseded:
        await conn.execute(sql("supersede"), superseded)
        if random() * _EXPIRE_EVERY < 1:
            await conn.execute(sql("expire"), 2 * _EXPIRE_EVERY * len(superseded))
    marked = await conn.fetch(
        sql("write"),
        *_resource_columns(versions),
        *_index_columns(versions),
        *_fact_columns(versions),
        *_log_columns(logged),
        *_composite_columns(versions),
        *_text_columns([v.index for v in versions if v.index is not None]),
        *_more_fact_columns(versions),
    )
    unsettled = [version.person for version in versions if version.settles]
    if unsettled:
        await settle(conn, unsettled)
        marked = await conn.fetch(sql("protection_labelled"), [version.key for version in versions])
    if marked:
        keys = {row["key"] for row in marked}
        for version in versions:
            version.labels |= SHIELDED if version.key in keys else 0
    if any(version.type in DEFINING for version in versions):
        await told(conn)


def _array(values: Sequence[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _resource_columns(versions: Sequence[Version]) -> list[list[Any]]:
    rows = [
        (
            v.key,
            v.fresh,
            v.type,
            v.id,
            v.version,
            v.updated,
            v.deleted,
            v.person,
            v.regime,
            v.provider,
            v.unit,
            v.source,
            v.labels,
            v.start,
            v.end,
            v.content_hash,
            self_hash(f"{v.type}/{v.id}"),
            _array(v.index.tokens) if v.index else "{}",
            _array(v.index.refs) if v.index else "{}",
            v.body,
        )
        for v in versions
    ]
    return _columns(rows, 20)


def _index_columns(versions: Sequence[Version]) -> list[list[Any]]:
    return _value_columns([(v.key, v.index) for v in versions if v.index is not None])


def _composite_columns(versions: Sequence[Version]) -> list[list[Any]]:
    return _element_columns([(v.key, v.index) for v in versions if v.index is not None])


def index_columns(indexed: Sequence[tuple[int, IndexValues]]) -> list[list[Any]]:
    """The arrays of index_store.sql: hashes, texts, dates, numbers, composites of these keys."""
    hashes = [(key, _array(index.tokens), _array(index.refs)) for key, index in indexed]
    texts = _text_columns([index for _, index in indexed])
    return _columns(hashes, 3) + _value_columns(indexed) + _element_columns(indexed) + texts


def _text_columns(indexes: Sequence[IndexValues]) -> list[list[Any]]:
    """Each once, in one order, so that two batches cannot wait for each other."""
    return _columns(sorted({row for index in indexes for row in index.texts}), 3)


def _value_columns(indexed: Sequence[tuple[int, IndexValues]]) -> list[list[Any]]:
    strings = [(key, *row) for key, index in indexed for row in index.strings]
    dates = [(key, *row) for key, index in indexed for row in index.dates]
    numbers = [(key, *row) for key, index in indexed for row in index.numbers]
    return _columns(strings, 4) + _columns(dates, 4) + _columns(numbers, 7)


def _element_columns(indexed: Sequence[tuple[int, IndexValues]]) -> list[list[Any]]:
    rows = [
        (key, param, item, part, _array(tokens), *amounts)
        for key, index in indexed
        for param, item, part, tokens, *amounts in index.composites
    ]
    return _columns(rows, 10)


def _fact_columns(versions: Sequence[Version]) -> list[list[Any]]:
    relations = [(row[0], v.key, *row[1:]) for v in versions for row in v.relations]
    consents = [(row[0], v.key, *row[1:]) for v in versions for row in v.consents]
    blocks = [(row[0], v.key, *row[1:]) for v in versions for row in v.blocks]
    return _columns(relations, 6) + _columns(consents, 8) + _columns(blocks, 10)


def _more_fact_columns(versions: Sequence[Version]) -> list[list[Any]]:
    states = [(row[0], v.key, *row[1:]) for v in versions for row in v.states]
    represented = [(row[0], v.key, *row[1:]) for v in versions for row in v.representations]
    lifts = [(row[0], v.key, *row[1:]) for v in versions for row in v.lifts]
    return _columns(states, 7) + _columns(represented, 7) + _columns(lifts, 11)


def _log_columns(logged: Sequence[Logged]) -> list[list[Any]]:
    rows = [
        (one.actor, one.request, line.person, line.action, " ".join(line.rules), " ".join(line.resources), line.detail)
        for one in logged
        for line in one.lines
    ]
    return _columns(rows, 7)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows)] if rows else [[] for _ in range(width)]
