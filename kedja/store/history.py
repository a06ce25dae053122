"""Versions, newest first: of one resource, of types. One statement each, with the law's condition and the log rows inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Record

from kedja.search.assume import persons_under
from kedja.search.condition import Condition
from kedja.search.sql.condition import render, render_rule
from kedja.store.pool import Store
from kedja.store.queries import sql

_NEXT: Final = (
    "coalesce((SELECT n.updated FROM resource_history n WHERE n.key = r.key AND n.version = r.version + 1), "
    "(SELECT n.updated FROM resource n WHERE n.key = r.key AND n.version = r.version + 1), 'infinity')"
)


@dataclass(frozen=True, slots=True)
class Window:
    """Which versions are meant: made at or after `since`; current at some moment of [at_start, at_end); behind `after`.

    `after` is (updated, key, version) of the last one of the page before.
    """

    since: datetime | None = None
    at_start: datetime | None = None
    at_end: datetime | None = None
    after: tuple[datetime, int, int] | None = None


async def of_resource(
    store: Store, condition: Condition, resource_type: str, id: str, window: Window, count: int, actor: int, request: str
) -> Sequence[Record]:
    """type, id, key, version, updated, deleted, revived, body, visible, total.

    The first row is no version: it tells whether any may be seen, and how many there are in the window.
    """
    args: list[object] = [resource_type, id, actor, request, count]
    return await _fetch(store, "history", condition, window, args)


async def of_types(
    store: Store,
    condition: Condition,
    types: Sequence[str],
    window: Window,
    count: int,
    actor: int,
    request: str,
    detail: str,
) -> Sequence[Record]:
    """As `of_resource`, without its first row. One more than is shown is asked for; the last of `count` is not logged."""
    args: list[object] = [list(types), actor, request, count, detail]
    return await _fetch(store, "history_of_types", condition, window, args, persons_under(condition, types))


async def _fetch(
    store: Store, name: str, condition: Condition, window: Window, args: list[object], persons: frozenset[int] | None = None
) -> Sequence[Record]:
    """`persons` are the only ones whom the condition lets through, said once more for the index; None: any."""
    filled = {"condition": render(condition, "r", args), "rule": render_rule(condition, "r", args)}
    filled |= {"window": _window(window, args), "behind": _behind(window, args)}
    filled["persons"] = "true" if persons is None else f"r.person = ANY (${_bound(args, sorted(persons))}::bigint[])"
    text = sql(name)
    for placeholder, part in filled.items():
        text = text.replace(f"{{{placeholder}}}", part)
    return await store.pool.fetch(text, *args)


def _window(window: Window, args: list[object]) -> str:
    tests = [
        f"{column} {operator} ${_bound(args, value)}::timestamptz"
        for column, operator, value in (
            ("r.updated", ">=", window.since),
            ("r.updated", "<", window.at_end),
            (_NEXT, ">", window.at_start),
        )
        if value is not None
    ]
    return f"({' AND '.join(tests)})" if tests else "true"


def _behind(window: Window, args: list[object]) -> str:
    if window.after is None:
        return "true"
    updated, key, version = (_bound(args, value) for value in window.after)
    return f"(r.updated, r.key, r.version) < (${updated}::timestamptz, ${key}::bigint, ${version}::integer)"


def _bound(args: list[object], value: object) -> int:
    args.append(value)
    return len(args)
