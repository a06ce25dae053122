"""Run a restricted search: one statement, its log rows inside."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
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
from kedja.search.sql.shape import Values, shape_of
from kedja.search.sql.statement import statement
from kedja.search.sql.template import Template, template
from kedja.store.gathering import Gathering
from kedja.store.pool import Store, planning
from kedja.store.queries import sql

_MINUTES: Final = 10
_MOST: Final = 4096
_MOST_SHAPES: Final = 1024
_LARGE: Final = 100  # a page of more is asked for by itself
_TOGETHER: Final = 16  # searches of one shape in one statement: each waits for all of them


async def search(store: Store, restricted: Restricted, log: LogRow) -> Sequence[Record]:
    """The rows of `sql.statement`, under a plan that is kept where the same plan serves all values; none, and no log row, where
    what it was made by claims what is so no longer (`search.claim`).
    """
    plan, far = plan_of(restricted.query), _far(store)
    asked = asked_of_walks(restricted.query) if plan is Plan.WALKED else ()
    if plan is not Plan.ANEW and not far.has(asked) and (rows := await _settled(store, restricted, log, plan)):
        return rows
    if asked:
        far.note(asked)
    async with planning(store) as conn:
        return await answered(conn, restricted, log)


async def _settled(store: Store, restricted: Restricted, log: LogRow, plan: Plan) -> Sequence[Record]:
    """As `answered`, by the statement of its shape where it has one, together with others of that shape that are in flight."""
    sparing = plan is not Plan.KEPT
    kept = _shapes(store).find(restricted, log, sparing=sparing)
    if kept is None:
        async with store.settled.connection() as conn:
            return await answered(conn, restricted, log, sparing=sparing)
    template, values = kept
    long = plan is Plan.WALKED or restricted.query.control.count > _LARGE  # how far it must go is no matter of the others
    if long or template.several is None:
        rows = await store.settled.fetch(template.text, template.args(values))
        return [] if rows[0]["again"] else rows
    return await _shapes(store).together.ask(template, values)


class Shapes:
    """The statements that were written last, by what the searches of each have in common."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[Hashable, Template | None] = OrderedDict()
        self.together: Gathering[Template, Values, Sequence[Record]] = Gathering(self._run, most=_TOGETHER)

    def find(self, restricted: Restricted, log: LogRow, *, sparing: bool) -> tuple[Template, Values] | None:
        """The statement of this search's shape, and the values of this one; None where it is to be written for itself."""
        found = shape_of(restricted, log)
        if found is None:
            return None
        shape, values = found
        key = (shape, sparing)
        if key in self._known:
            known = self._known[key]
            self._known.move_to_end(key)
        else:
            known = self._known[key] = template(restricted, log, sparing=sparing)
            if len(self._known) > _MOST_SHAPES:
                self._known.popitem(last=False)
        return (known, values) if known else None

    async def _run(self, template: Template, searches: Sequence[Values]) -> list[Sequence[Record]]:
        several, fetch = template.several, self._store.settled.fetch
        if several is None or len(searches) == 1:
            answers = [await fetch(template.text, template.args(one)) for one in searches]
        else:
            answers = split(await fetch(several.text, several.args(searches)), len(searches))
        return [[] if rows[0]["again"] else rows for rows in answers]


def split(rows: Sequence[Record], searches: int) -> list[Sequence[Record]]:
    """The rows of each search, which follow each other."""
    found: list[list[Record]] = [[] for _ in range(searches)]
    for row in rows:
        found[row["number"] - 1].append(row)
    return [*found]


def _shapes(store: Store) -> Shapes:
    found = store.beside.get(Shapes)
    if not isinstance(found, Shapes):
        found = store.beside[Shapes] = Shapes(store)
    return found


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
