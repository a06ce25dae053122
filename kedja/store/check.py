"""What `kedja check` looks at, as it all stood at one moment: rows in batches, and the statements that find what disagrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from asyncpg import Connection, Record

from kedja.access.custody import Label
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState
from kedja.store.pool import Store, connection
from kedja.store.queries import sql

_BATCH: Final = 500  # resources
_ROWS: Final[dict[str, tuple[str, ...]]] = {
    "search_string": ("param", "value", "exact"),
    "search_date": ("param", "lo", "hi"),
    "search_number": ("param", "value", "lo", "hi", "unit", "code"),
    "search_composite": ("param", "item", "part", "tokens", "value", "lo", "hi", "unit", "code"),
}
_FACTS: Final[dict[str, type[FactRow]]] = {
    "relations": CareRelation,
    "consents": ConsentFact,
    "states": SubjectState,
    "representations": Representation,
    "lifts": LiftFact,
}
Rows = dict[str, set[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Checking:
    """`keys`: the resources that are looked at, None for all."""

    conn: Connection
    keys: Sequence[int] | None

    async def batches(self) -> AsyncIterator[Sequence[Record]]:
        """Current versions with all their columns, by key."""
        after = 0
        while rows := await self.conn.fetch(sql("check_batch"), after, _BATCH, self.keys):
            yield rows
            after = rows[-1]["key"]

    async def superseded(self) -> AsyncIterator[Record]:
        """Superseded versions: key, type, id, version, updated, deleted, body."""
        async for row in self.conn.cursor(sql("check_superseded"), self.keys, prefetch=_BATCH):
            yield row

    async def index_rows(self, keys: Sequence[int]) -> dict[int, Rows]:
        """{key: {table: rows}} of the tables of ranges."""
        found: defaultdict[int, Rows] = defaultdict(lambda: {table: set() for table in _ROWS})
        for table, columns in _ROWS.items():
            for row in await self.conn.fetch(sql(f"check_{table}"), keys):
                found[row["resource"]][table].add(tuple(_value(row[name]) for name in columns))
        return found

    async def facts(self, keys: Sequence[int]) -> dict[int, set[FactRow]]:
        """{key: the facts that are kept of it}."""
        found: defaultdict[int, set[FactRow]] = defaultdict(set)
        for name, fact_row in _FACTS.items():
            for row in await self.conn.fetch(sql(f"check_{name}"), keys):
                found[row["resource"]].add(fact_row(*tuple(row)[1:]))
        for row in await self.conn.fetch(sql("check_blocks"), keys):
            fact = BlockFact(*tuple(row)[1:])
            found[row["resource"]].add(fact._replace(excluded=Label(fact.excluded)))
        return found

    async def disagreements(self, name: str, *more: object) -> AsyncIterator[tuple[str, str]]:
        """(place, what disagrees) of the statement `check_<name>`."""
        async for row in self.conn.cursor(sql(f"check_{name}"), self.keys, *more, prefetch=_BATCH):
            yield row["place"], row["told"]


@asynccontextmanager
async def checking(store: Store, sample: int | None) -> AsyncIterator[Checking]:
    """Looks at everything, or at about `sample` resources drawn at random. Nothing is locked, nothing is written."""
    async with connection(store) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        keys = None if sample is None else [row["key"] for row in await conn.fetch(sql("check_sample"), sample)]
        yield Checking(conn, keys)


def _value(value: object) -> object:
    """As extraction gives it: the driver reads an infinite instant without a zone."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return tuple(cast("list[int]", value)) if isinstance(value, list) else value
