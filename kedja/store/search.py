"""Run a restricted search: one statement, its log rows inside."""

from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Record

from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
from kedja.search.sql.lastn import candidates
from kedja.search.sql.plan import depends_on_values
from kedja.search.sql.statement import statement
from kedja.store.pool import Store, transaction


async def search(store: Store, restricted: Restricted, log: LogRow) -> Sequence[Record]:
    """The rows of `sql.statement`. A search whose best plan depends on its values is planned anew each time."""
    text, args = statement(restricted, log)
    if not depends_on_values(restricted):
        return await store.pool.fetch(text, *args)
    async with transaction(store) as conn:
        await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        return await conn.fetch(text, *args)


async def choose(store: Store, restricted: Restricted, most: int) -> Sequence[Record]:
    """The rows of `sql.lastn.candidates`. They stay inside the service: what is returned of them is read by a search."""
    text, args = candidates(restricted, most)
    return await store.pool.fetch(text, *args)
