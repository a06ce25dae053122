"""A statement written once for a shape is what would be written for each search of it; asked together, each finds its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.access.compile import bound
from kedja.search.claim import Claim
from kedja.search.condition import AnyOf, Condition
from kedja.search.log import LogRow
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import Restricted, restrict
from kedja.search.rewrite import with_person
from kedja.search.sql.claim import digest
from kedja.search.sql.plan import Plan, plan_of
from kedja.search.sql.shape import shape_of
from kedja.search.sql.statement import statement
from kedja.search.sql.template import Template, template
from kedja.store.search import split
from tests.store.searching.asking import BASE
from tests.store.searching.strategies import Pairs, laws, searches
from tests.store.searching.world import NOW, World, load, make

ASKED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
CLAIMED = ("block", "consent")
PATIENTS = sorted(make().patients())
Key = tuple[Hashable, bool]


class Seen:
    """What was asked so far, and the statement of each shape. No dataclass, so that a failing test does not print all of it."""

    def __init__(self, world: World, conn: asyncpg.Connection) -> None:
        self.world, self.conn = world, conn
        self.laws: dict[Condition, Condition] = {}
        self.known: dict[Key, Template] = {}
        self.again = self.unshaped = 0

    def law(self, law: Condition) -> Condition:
        """As the law of one who asks is compiled: once."""
        if law not in self.laws:
            self.laws[law] = bound(AnyOf((law,)))(NOW)
        return self.laws[law]


@pytest_asyncio.fixture(scope="module")
async def seen(module_database_url: str) -> AsyncIterator[Seen]:
    connection = await asyncpg.connect(
        module_database_url, server_settings={"timezone": "UTC", "jit": "off", "plan_cache_mode": "force_generic_plan"}
    )
    world = make()
    await load(connection, world)
    yield Seen(world, connection)
    await connection.close()


@st.composite
def _alike(draw: st.DrawFn) -> tuple[tuple[str, Pairs], tuple[str, Pairs]]:
    """Two searches of few shapes, most often of one."""
    kind, prefix = draw(st.sampled_from(("Patient", "Observation", "Observation"))), draw(st.sampled_from(("ge", "lt", "")))
    others: Pairs = draw(st.sampled_from(([], [("_include", "Observation:patient")], [("_sort", "-date")])))
    return (kind, draw(_values(kind, prefix, others))), (kind, draw(_values(kind, prefix, others)))


@st.composite
def _values(draw: st.DrawFn, kind: str, prefix: str, others: Pairs) -> Pairs:
    if kind == "Patient":
        return [("family", draw(st.sampled_from(("Berg", "Åberg", "zz", "o"))))]
    patient, code = draw(st.sampled_from(PATIENTS)), draw(st.sampled_from(("4548-4", "http://loinc.org|8480-6")))
    return [("patient", patient), ("code", code), ("date", prefix + draw(st.sampled_from(("2020", "2021-03-05")))), *others]


def _asked(seen: Seen, search: tuple[str, Pairs], law: Condition) -> Restricted:
    query = with_person(resolve(parse(*search), base=BASE, now=NOW), seen.world.patients())
    return restrict(query, seen.law(law))


async def _claimed(seen: Seen, restricted: Restricted) -> Restricted:
    """With a claim that holds, where one person is named."""
    persons = [p for one in restricted.query.select.criteria for p in getattr(one, "persons", ())]
    if len(persons) != 1:
        return restricted
    now = await seen.conn.fetchval(f"SELECT {digest('$1::bigint', CLAIMED)}", persons[0])
    assert now is not None
    return replace(restricted, claim=Claim(persons[0], CLAIMED, tuple(now)))


@ASKED
@given(search=st.one_of(searches(), _alike().map(itemgetter(0))), law=st.one_of(laws(), st.just(AnyOf(()))), data=st.data())
async def test_what_is_written_once_is_what_is_written_each_time(
    seen: Seen, search: tuple[str, Pairs], law: Condition, data: st.DataObject
) -> None:
    restricted = await _claimed(seen, _asked(seen, search, law))
    log = LogRow(7, "search", data.draw(st.sampled_from(("r-1", "r-2"))), str(search))
    sparing = plan_of(restricted.query) is not Plan.KEPT
    found = shape_of(restricted, log)
    if found is None:
        seen.unshaped += 1
        return
    key, values = (found[0], sparing), found[1]
    if key not in seen.known:
        made = template(restricted, log, sparing=sparing)
        assert made is not None
        seen.known[key] = made
    else:
        seen.again += 1
    written = seen.known[key]
    text, args = statement(restricted, log, sparing=sparing)
    assert (written.text, written.args(values)) == (text, args)


@ASKED
@given(both=_alike(), law=st.one_of(laws(), st.just(AnyOf(()))), broken=st.booleans())
async def test_asked_together_each_finds_and_logs_what_it_does_alone(
    seen: Seen, both: tuple[tuple[str, Pairs], tuple[str, Pairs]], law: Condition, broken: bool
) -> None:
    of_one, of_two = [await _claimed(seen, _asked(seen, search, law)) for search in both]
    if broken and of_two.claim:
        of_two = replace(of_two, claim=replace(of_two.claim, digest=(1, 2, 3)))
    asked = [(of_one, LogRow(7, "search", "one", "1")), (of_two, LogRow(8, "search", "two", "2"))]
    shapes = [shape_of(*one) for one in asked]
    assert None not in shapes
    alone = [await _answer(seen, *statement(*one, sparing=_sparing(one[0]))) for one in asked]
    if shapes[0][0] != shapes[1][0]:  # pyright: ignore[reportOptionalSubscript]
        asked, shapes, alone = asked[:1] * 2, shapes[:1] * 2, [alone[0], alone[0]]
    written = template(*asked[0], sparing=_sparing(asked[0][0]))
    assert written is not None and written.several is not None
    together = await _answer(seen, written.several.text, written.several.args([one[1] for one in shapes if one]))
    assert [_told(rows) for rows in split(together[0], 2)] == [_told(rows) for rows, _ in alone]
    assert sorted(together[1]) == sorted(row for _, rows in alone for row in rows)


def _sparing(restricted: Restricted) -> bool:
    return plan_of(restricted.query) is not Plan.KEPT


async def _answer(seen: Seen, text: str, args: Sequence[Any]) -> tuple[list[asyncpg.Record], list[tuple[Any, ...]]]:
    """The rows, and what was logged."""
    transaction = seen.conn.transaction()
    await transaction.start()
    try:
        rows = await seen.conn.fetch(text, *args)
        text = "SELECT person, actor, decision, rules, resources, request, detail FROM access_log WHERE request IN ('one', 'two')"
        logged = await seen.conn.fetch(text)
    finally:
        await transaction.rollback()
    return rows, [tuple(row) for row in logged]


_TOLD = ("mode", "type", "id", "version", "key", "person", "labels", "body", "rule", "sort", "total", "more", "cut", "again")


def _told(rows: Sequence[asyncpg.Record]) -> list[list[Any]]:
    return [[row[name] for name in _TOLD] for row in rows]


async def test_many_searches_were_of_a_shape_that_was_known(seen: Seen) -> None:
    assert len(seen.known) > 3 and seen.again > 3 and seen.unshaped > 3, "each kind was tried"


@pytest.mark.parametrize(
    "search",
    [
        "Observation?patient=r3,r6",
        "Observation?value-quantity=5",
        "Patient?family=a,b",
        "Patient?family:contains=a",
        "Patient?_has:Observation:patient:code=4548-4",
        "Observation?code:not=x&_tag:missing=true",
    ],
)
async def test_what_is_not_understood_is_written_each_time(seen: Seen, search: str) -> None:
    kind, _, asked = search.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in asked.split("&"))]
    restricted = _asked(seen, (kind, pairs), AnyOf(()))
    shaped = shape_of(restricted, LogRow(7, "search", "r", "d"))
    assert shaped is None or template(restricted, LogRow(7, "search", "r", "d"), sparing=False)
