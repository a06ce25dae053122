"""The facts of the law about some persons, as rows, for decisions that Python makes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from asyncpg import Connection, Record

from kedja.access.custody import Label
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState
from kedja.store.pool import Store
from kedja.store.queries import sql


def _block(row: Record) -> BlockFact:
    bounds = (row["info_start"], row["info_end"], Label(row["bits"]))
    return BlockFact(row["person"], row["kind"], row["provider"], row["unit"], *bounds, row["starts"], row["ends"])


def _lift(row: Record) -> LiftFact:
    reader = (row["to_provider"], row["to_unit"], row["employee"], row["reason"])
    return LiftFact(row["person"], row["kind"], row["provider"], row["unit"], *reader, row["starts"], row["ends"])


_ROWS: Final[dict[str, Callable[[Record], FactRow]]] = {
    "care_relation": lambda row: CareRelation(row["person"], row["provider"], row["unit"], row["starts"], row["ends"]),
    "consent": lambda row: ConsentFact(
        row["person"], row["kind"], row["provider"], row["unit"], row["employee"], row["starts"], row["ends"]
    ),
    "block": _block,
    "subject_state": lambda row: SubjectState(
        row["person"], row["kind"], row["provider"], row["unit"], row["starts"], row["ends"]
    ),
    "representation": lambda row: Representation(
        row["person"], row["kind"], row["representative"], row["bits"], row["starts"], row["ends"]
    ),
    "lift": _lift,
}


async def facts_within(conn: Connection, people: Collection[int]) -> list[FactRow]:
    """As `facts_about`, as the transaction of `conn` sees them."""
    return [_ROWS[row["place"]](row) for row in await conn.fetch(sql("facts"), list(people))] if people else []


async def facts_about(store: Store, people: Collection[int]) -> list[FactRow]:
    """All facts of these persons, whether in force or not: one round trip, none for nobody."""
    if not people:
        return []
    return [_ROWS[row["place"]](row) for row in await store.pool.fetch(sql("facts"), list(people))]
