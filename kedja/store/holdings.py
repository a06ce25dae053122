"""Holdings about a person, counted under the law's conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncpg import Record

from kedja.search.condition import Condition
from kedja.search.sql.condition import render
from kedja.store.pool import Store
from kedja.store.queries import sql


async def holdings(store: Store, conditions: Mapping[str, Condition], person: int) -> Sequence[Record]:
    """Rows (regime, provider, unit, count, readable, unblocked, blocked, starts, ends, named)."""
    args: list[object] = [person]
    text = sql("holdings")
    for name in ("readable", "unblocked", "blocked", "named"):
        text = text.replace(f"{{{name}}}", render(conditions[name], "r", args))
    return await store.pool.fetch(text, *args)
