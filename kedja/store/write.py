"""Many writes as one: versions, index, custody, facts and log in one transaction, a handful of statements.

The caller (the gate) locks, decides, and applies inside one transaction of its own; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import random
from types import MappingProxyType

from asyncpg import Connection, DivisionByZeroError, Record

from kedja.definitions import TYPES as DEFINING
from kedja.search.condition import EVERYTHING, SHIELDED, Condition
from kedja.search.sql.condition import render
from kedja.store.columns import Claims, parts
from kedja.store.definitions import told
from kedja.store.protection import settle
from kedja.store.queries import sql
from kedja.store.statement import assembled
from kedja.store.version import IndexValues, Logged, LogLine, Version

__all__ = ["IndexValues", "LogLine", "Logged", "Unclaimed", "Version", "apply", "apply_all", "lock", "made", "standing"]

_NO_CLAIMS: Claims = MappingProxyType({})
_EXPIRE_EVERY = 16  # writes that supersede something; each of these then clears up after twice as many as came


class Unclaimed(Exception):
    """A Patient is not, or not any longer, of the person that a write took it to be of."""


async def lock(
    conn: Connection, wanted: Iterable[tuple[str, str]], condition: Condition = EVERYTHING
) -> dict[tuple[str, str], Record]:
    """The current rows of these (type, id) that meet the condition, locked until the transaction ends; others are left out."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    args: list[object] = [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
    rows = await conn.fetch(sql("lock").replace("{condition}", render(condition, "r", args)), *args)
    return {(row["type"], row["id"]): row for row in rows}


async def standing(conn: Connection, wanted: Iterable[tuple[str, str]], condition: Condition) -> list[Record]:
    """`version`, null where nothing stands there, and whether that is `met` by the condition, of each (type, id); not locked."""
    pairs = sorted(set(wanted))
    args: list[object] = [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
    return await conn.fetch(sql("standing").replace("{condition}", render(condition, "r", args)), *args)


async def made(conn: Connection, type: str, id: str) -> Record | None:
    """`version`, `updated`, `person` and `labels` of what stands there; not locked."""
    return await conn.fetchrow(sql("made"), type, id)


async def apply(conn: Connection, versions: Sequence[Version], actor: int, request: str, lines: Sequence[LogLine]) -> None:
    """Store these versions and their log lines. Raises asyncpg.UniqueViolationError when somebody else was first."""
    await apply_all(conn, versions, [Logged(actor, request, lines)])


async def apply_all(conn: Connection, versions: Sequence[Version], logged: Sequence[Logged], claims: Claims = _NO_CLAIMS) -> None:
    """As `apply`, of several requests. Nothing is stored when one of them cannot be.

    The labels of what is of a person with protected identity are then as they are stored. `claims`: whose Patients were taken to
    be; raises Unclaimed where one is no longer so.
    """
    superseded = [version.key for version in versions if not version.fresh]
    if superseded:
        await conn.execute(sql("supersede"), superseded)
        if random() * _EXPIRE_EVERY < 1:
            await conn.execute(sql("expire"), 2 * _EXPIRE_EVERY * len(superseded))
    text, values = assembled("write", parts(versions, logged, claims))
    try:
        marked = await conn.fetch(text, *values)
    except DivisionByZeroError:
        raise Unclaimed from None
    unsettled = [version.person for version in versions if version.settles]
    if unsettled:
        await settle(conn, unsettled)
        marked = await conn.fetch(sql("protection_labelled"), [version.key for version in versions])
    if marked:
        keys = {row["key"] for row in marked}
        for version in versions:
            version.labels |= SHIELDED if version.key in keys else 0
    if any(version.type in DEFINING for version in versions):
        await told(conn)
