"""The label of protected identity on all that is kept of a person, so that a query knows it without another look."""

from __future__ import annotations

from collections.abc import Iterable

from asyncpg import Connection

from kedja.store.queries import sql

_ALONE = "LOCK TABLE resource IN SHARE ROW EXCLUSIVE MODE"


async def settle(conn: Connection, persons: Iterable[int]) -> None:
    """Label or unlabel all that is of these persons, as their Patients say now; in the caller's transaction.

    Whoever writes at the same moment may not have seen the mark. So where something older is labelled, the writers under way
    are waited for and the rest wait for us, for as long as it takes to look once more; a mark is set or taken seldom.
    """
    keys = sorted(set(persons) - {0})
    if keys and await conn.fetchval(sql("protection_settle"), keys):
        await conn.execute(_ALONE)
        await conn.fetchval(sql("protection_settle"), keys)
