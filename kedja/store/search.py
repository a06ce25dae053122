"""Run a restricted search: one statement, its log rows inside."""

from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Record

from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
from kedja.search.sql.statement import statement
from kedja.store.pool import Store


async def search(store: Store, restricted: Restricted, log: LogRow) -> Sequence[Record]:
    text, args = statement(restricted, log)
    return await store.pool.fetch(text, *args)
