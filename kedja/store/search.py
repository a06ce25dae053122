"""Run a restricted search: one statement, its log rows inside."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import randbits
from time import monotonic
from typing import Final

from asyncpg import Connection, Record

from kedja.search.kept import BOUNDS, Bounds, Keep, Window, worth_keeping
from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
from kedja.search.sql.lastn import candidates
from kedja.search.sql.plan import Plan, asked_of_walks, plan_of
from kedja.search.sql.statement import statement
from kedja.store.pool import Store, planning
from kedja.store.queries import sql

_MINUTES: Final = 10
_MOST: Final = 4096


async def search(store: Store, restricted: Restricted, log: LogRow) -> Sequence[Record]:
    """The rows of `sql.statement`, under a plan that is kept where the same plan serves all values; none, and no log row, where
    what it was made by claims what is so no longer (`search.claim`).
    """
    plan, far = plan_of(restricted.query), _far(store)
    asked = asked_of_walks(restricted.query) if plan is Plan.WALKED else ()
    if plan is not Plan.ANEW and not far.has(asked):
        async with store.settled.connection() as conn:
            if rows := await answered(conn, restricted, log, sparing=plan is not Plan.KEPT):
                return rows
    if asked:
        far.note(asked)
    async with planning(store) as conn:
        return await answered(conn, restricted, log)


@dataclass(slots=True)
class Far:
    """What the newest resources did not have enough of, when it was last asked for: it is planned at once for some minutes."""

    until: OrderedDict[tuple[object, ...], float] = field(default_factory=OrderedDict[tuple[object, ...], float])

    def has(self, asked: tuple[object, ...]) -> bool:
        return self.until.get(asked, 0) > monotonic()

    def note(self, asked: tuple[object, ...]) -> None:
        if not self.has(asked):
            self.until[asked] = monotonic() + _MINUTES * 60
            if len(self.until) > _MOST:
                self.until.popitem(last=False)


def _far(store: Store) -> Far:
    found = store.beside.get(Far)
    if not isinstance(found, Far):
        found = store.beside[Far] = Far()
    return found


async def answered(
    conn: Connection, restricted: Restricted, log: LogRow, bounds: Bounds = BOUNDS, *, sparing: bool = False
) -> Sequence[Record]:
    """As `search`. A page of an order that is kept is taken from it; where it is not kept, or no further, it is found anew.

    No rows where the statement is to be asked again: one that claims what is so no longer, or a `sparing` one.
    """
    found = await _from_kept(conn, restricted, log, bounds)
    if found is not None:
        return [] if found[0]["again"] else found
    keep = Keep(randbits(62), bounds) if worth_keeping(restricted.query) else None
    text, args = statement(restricted, log, keep, sparing=sparing)
    rows = await conn.fetch(text, *args)
    if rows[0]["kept"]:
        await conn.execute(sql("order_expire"), log.actor, bounds.orders)
    return [] if rows[0]["again"] else rows


async def choose(store: Store, restricted: Restricted, most: int) -> Sequence[Record]:
    """The rows of `sql.lastn.candidates`. They stay inside the service: what is returned of them is read by a search."""
    text, args = candidates(restricted, most)
    return await store.pool.fetch(text, *args)


class _TooFew(Exception):
    """A page is not full, though more keys follow: what was read is not answered, so that it is not logged either."""


async def _from_kept(conn: Connection, restricted: Restricted, log: LogRow, bounds: Bounds) -> Sequence[Record] | None:
    query = restricted.query
    order, place = (query.after and query.after.kept) or (0, 0)
    wanted = query.control.count + 1 + bounds.spare
    while order and (keys := await _keys(conn, order, place, wanted, bounds.part)):
        ends = len(keys) < wanted
        complete = ends and place + len(keys) < bounds.most
        with suppress(_TooFew):
            async with conn.transaction():
                text, args = statement(restricted, log, Window(order, place, keys))
                rows = await conn.fetch(text, *args)
                if not (rows[0]["more"] or complete):
                    raise _TooFew
                return rows
        if ends:
            return None
        wanted *= 16
    return None


async def _keys(conn: Connection, order: int, place: int, wanted: int, part: int) -> tuple[int, ...]:
    """So many keys from `place` on, or all there are; none where the order is not kept."""
    first, last = place // part, (place + wanted - 1) // part
    found = await conn.fetchval(sql("order_keys"), order, first, last)
    return tuple(found or ())[place - first * part :][:wanted]
