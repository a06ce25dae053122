"""Bodies of rows that the transaction has locked, as far as the law lets them be read."""

from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Connection

from kedja.search.condition import Condition
from kedja.search.sql.condition import render
from kedja.store.queries import sql


async def readable(conn: Connection, condition: Condition, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """{(type, id): JSON text} of these that are not deleted and that the condition lets through."""
    args: list[object] = [[place[0] for place in places], [place[1] for place in places]]
    text = sql("readable").replace("{condition}", render(condition, "r", args))
    return {(row["type"], row["id"]): row["body"] for row in await conn.fetch(text, *args)}


async def standing_bodies(conn: Connection, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """{(type, id): JSON text} of these that are not deleted, for what the gate itself must compare."""
    text = sql("readable").replace("{condition}", "true")
    rows = await conn.fetch(text, [place[0] for place in places], [place[1] for place in places])
    return {(row["type"], row["id"]): row["body"] for row in rows}
