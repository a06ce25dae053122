"""Reads by identity. Each runs as one statement with the law's condition inside and the log row beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from asyncpg import Record

from kedja.search.condition import Condition
from kedja.search.sql.condition import render, render_rule
from kedja.store.pool import Store
from kedja.store.queries import sql


class Row(NamedTuple):
    """One version as it is sent. `body` is '' when deleted."""

    version: int
    updated: datetime
    deleted: bool
    person: int
    body: str


async def read(store: Store, condition: Condition, resource_type: str, id: str, actor: int, request: str) -> Row | None:
    rows = await _fetch(store, "read", condition, [resource_type, id, actor, request])
    return Row(*rows[0]) if rows else None


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
