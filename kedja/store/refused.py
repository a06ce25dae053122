"""Writes that were refused for what stands there, or does not: which of it may be seen, and the log rows of the attempts."""

from __future__ import annotations

from collections.abc import Sequence

from kedja.search.condition import Condition
from kedja.search.sql.condition import render
from kedja.store.pool import Store
from kedja.store.queries import sql


async def refused(
    store: Store, condition: Condition, places: Sequence[tuple[str, str]], actor: int, request: str
) -> set[tuple[str, str]]:
    """The (type, id) of `places` that the condition lets through."""
    args: list[object] = [[place[0] for place in places], [place[1] for place in places], actor, request]
    text = sql("refused").replace("{condition}", render(condition, "r", args))
    return {(row["type"], row["id"]) for row in await store.pool.fetch(text, *args)}
