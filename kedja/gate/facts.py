"""The facts of the law about some persons, as rows, for decisions that Python makes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kedja.access.custody import Label
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState
from kedja.store.pool import Store
from kedja.store.queries import sql

_ROWS: Final[dict[str, type[FactRow]]] = {
    "relation": CareRelation,
    "consent": ConsentFact,
    "block": BlockFact,
    "state": SubjectState,
    "representation": Representation,
    "lift": LiftFact,
}


async def facts_about(store: Store, people: Collection[int]) -> list[FactRow]:
    """All facts of these persons, whether in force or not."""
    facts: list[FactRow] = []
    if people:
        for name, fact_row in _ROWS.items():
            facts += [fact_row(**row) for row in await store.pool.fetch(sql(f"facts_{name}"), list(people))]
    return [fact._replace(excluded=Label(fact.excluded)) if isinstance(fact, BlockFact) else fact for fact in facts]
