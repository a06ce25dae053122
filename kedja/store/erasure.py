"""What is taken out of the store for good: every version, its index, what follows from it. The access log stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from asyncpg import Connection, Record

from kedja.search.condition import Condition
from kedja.search.hashing import param_salt
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

_LOCK: Final = 0x6B65646A62  # one process at a time erases
_PATIENT: Final = param_salt("Consent", "patient")
_PRESCRIPTION: Final = param_salt("MedicationDispense", "prescription")


async def alone(conn: Connection, *, wait: bool) -> bool:
    """Whether this transaction is the only one that erases; `wait` until it is."""
    if wait:
        await conn.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        return True
    return bool(await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK))


async def due(conn: Connection, condition: Condition, most: int, before: datetime) -> Sequence[Record]:
    """At most `most` resources that meet the condition, locked, each with the rule that says so; and what belongs to these.

    They are of registries and biobanks, and of medication lists what documents a time before `before`. To a prescription belong
    its dispenses.
    """
    args: list[object] = [most, _PATIENT, before, _PRESCRIPTION]
    rendered, rule = render(condition, "r", args), render_rule(condition, "r", args)
    return await conn.fetch(sql("erasure_due").replace("{condition}", rendered).replace("{rule}", rule), *args)


async def shared(conn: Connection, tokens: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Which tokens another person's sample has too; each is given with the person whose sample has it."""
    if not tokens:
        return frozenset()
    rows = await conn.fetch(sql("erasure_shared"), [token for token, _ in tokens], [person for _, person in tokens])
    return frozenset(row["token"] for row in rows)


async def erase(conn: Connection, keys: Sequence[int]) -> None:
    """Take these resources out. Texts beside codes go with the last resource that has them.

    The table of texts is locked for the moment in which that is looked at: who writes the same text waits, or is seen.
    """
    hashes = [row["hash"] for row in await conn.fetch(sql("erase"), keys)]
    if hashes:
        await conn.execute("LOCK TABLE search_text IN SHARE ROW EXCLUSIVE MODE")
        await conn.execute(sql("erase_texts"), hashes)
