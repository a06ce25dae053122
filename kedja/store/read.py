"""Reads by identity. Each runs as one statement with the law's condition inside and the log row beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from asyncpg import Record

from kedja.search.condition import Condition, Permit, Shape
from kedja.search.sql.condition import render, render_rule, rule_of, shaped
from kedja.store.gathering import Gathering
from kedja.store.pool import Store
from kedja.store.queries import sql


class Row(NamedTuple):
    """One version as it is stored. `body` is '' when deleted; `rule` permits that it is read."""

    version: int
    updated: datetime
    deleted: bool
    person: int
    body: str
    labels: int
    rule: str


Asked = tuple[str, str, int, str, datetime | None]  # type, id, actor, request, the time of a condition that has one


class Reads:
    """Reads of a process. Those that the same condition decides, and are in flight at once, are one statement."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gathering: Gathering[Shape | Condition, Asked, Row | None] = Gathering(self._run)

    async def read(self, condition: Condition, resource_type: str, id: str, actor: int, request: str) -> Row | None:
        """The current version, where the condition permits it; logged either way."""
        if isinstance(condition, Permit):
            return await self._gathering.ask(condition.shape, (resource_type, id, actor, request, condition.now))
        return await self._gathering.ask(condition, (resource_type, id, actor, request, None))

    async def _run(self, key: Shape | Condition, asked: Sequence[Asked]) -> list[Row | None]:
        types, ids, actors, requests, times = (list(column) for column in zip(*asked))
        args: list[object] = [types, ids, actors, requests]
        if isinstance(key, Shape):  # at the latest of their times, which none of them has answered by
            now = max(time for time in times if time is not None)
            rule = shaped(key, now, "r", args, form=rule_of)
        else:
            rule = render_rule(key, "r", args)
        found: list[Row | None] = [None] * len(asked)
        for place, *row in await self._store.settled.fetch(sql("read").replace("{rule}", rule), args):
            found[place - 1] = Row(*row)
        return found


async def vread(
    store: Store, condition: Condition, resource_type: str, id: str, version: int, actor: int, request: str
) -> Row | None:
    rows = await _fetch(store, "vread", condition, [resource_type, id, actor, request, version])
    return Row(*rows[0]) if rows else None


async def _fetch(store: Store, name: str, condition: Condition, args: list[object]) -> Sequence[Record]:
    rendered = render(condition, "r", args)
    rule = render_rule(condition, "r", args)
    text = sql(name).replace("{condition}", rendered).replace("{rule}", rule)
    return await store.pool.fetch(text, *args)
