"""Searches inside a transaction that decide what it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncpg import Connection, Pool, Record

from kedja.search.condition import Condition
from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
from kedja.search.sql.condition import render
from kedja.search.sql.statement import statement
from kedja.store.queries import sql


async def lock_criteria(conn: Connection, keys: Sequence[int]) -> None:
    """Hold these criteria until the transaction ends. `keys` are sorted, so that two transactions cannot wait for each other."""
    if keys:
        await conn.execute(sql("lock_criteria"), keys)


async def find(conn: Connection, restricted: Restricted, log: LogRow) -> list[Record]:
    """The matches, in the transaction of `conn`."""
    text, args = statement(restricted, log)
    return [row for row in await conn.fetch(text, *args) if row["mode"] == "match"]


async def people(
    conn: Connection | Pool, patient_ids: Sequence[str], law: Condition
) -> Mapping[str, tuple[int, tuple[str, ...]]]:
    """{Patient id: (its person, every Patient of that person, or itself alone where the law does not let it be seen)}."""
    args: list[object] = [list(patient_ids)]
    text = sql("patients").replace("{condition}", render(law, "p", args))
    return {row["id"]: (row["person"], tuple(row["ids"])) for row in await conn.fetch(text, *args)}
