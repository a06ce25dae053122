"""Searches inside a transaction that decide what it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncpg import Connection, Record

from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
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


async def people(conn: Connection, patient_ids: Sequence[str]) -> Mapping[str, tuple[int, tuple[str, ...]]]:
    """{Patient id: (its person, every Patient of that person)}."""
    return {row["id"]: (row["person"], tuple(row["ids"])) for row in await conn.fetch(sql("patients"), list(patient_ids))}
