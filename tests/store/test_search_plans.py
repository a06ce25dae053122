"""One plan serves a search by texts that few have, or by codes that the newest have; else it is asked again, and logged once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from kedja.access.custody import Custody, Regime
from kedja.search.condition import EVERYTHING
from kedja.search.log import LogRow
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import Restricted, restrict
from kedja.search.sql import select, statement
from kedja.search.sql.plan import Plan, plan_of
from kedja.store.pool import Store, connect, connection
from kedja.store.search import Far, answered, search
from tests.store.searching.asking import BASE, LOG, Pairs
from tests.store.searching.world import NOW, Held, World, load


@pytest_asyncio.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """Five Patients of one name, women and men by turns."""
    world = World()
    for number in range(5):
        body: dict[str, Any] = {
            "resourceType": "Patient",
            "id": f"p{number}",
            "name": [{"family": "Strand", "given": ["Alva", "Albin"]}],
        }
        body["gender"] = "male" if number % 2 else "female"
        world.held.append(Held(body, Custody(Regime.HEALTH, number + 1, "prov-a", "unit-1"), 4096 * (number + 1), NOW))
    conn = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    await load(conn, world)
    await conn.close()
    opened = await connect(database_url, size=2)
    yield opened
    await opened.close()


def asked(resource_type: str, pairs: Pairs) -> Restricted:
    return restrict(resolve(parse(resource_type, pairs), base=BASE, now=NOW), EVERYTHING)


async def found(store: Store, pairs: Pairs, log: LogRow = LOG) -> list[str]:
    return [row["id"] for row in (await search(store, asked("Patient", pairs), log))[1:]]


async def logged(store: Store, request: str) -> int:
    return await store.pool.fetchval("SELECT count(*) FROM access_log WHERE request = $1", request)


@pytest.mark.parametrize("pairs", [[("name", "al")], [("name", "al"), ("_total", "accurate")], [("family:exact", "Strand")]])
async def test_what_many_have_is_found_all_the_same_and_logged_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, pairs: Pairs
) -> None:
    whole = await found(store, pairs)
    assert whole == ["p4", "p3", "p2", "p1", "p0"]
    monkeypatch.setattr(select, "FEW", 4)
    assert await found(store, pairs, LogRow(7, "search", "again", "")) == whole
    assert await logged(store, "again") == 5


async def test_a_count_of_what_many_have_is_logged_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "FEW", 4)
    (page,) = await search(store, asked("Patient", [("name", "al"), ("_summary", "count")]), LogRow(7, "search", "counted", ""))
    assert page["total"] == 5
    assert await logged(store, "counted") == 1


async def test_what_is_not_looked_through_is_neither_answered_nor_logged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "FEW", 4)
    async with connection(store) as conn:
        assert await answered(conn, asked("Patient", [("name", "al")]), LogRow(7, "search", "tried", ""), sparing=True) == []
    assert await logged(store, "tried") == 0


@pytest.mark.parametrize("newest", [1, 3, 4, 5, 6])
async def test_what_the_newest_do_not_have_enough_of_is_found_all_the_same_and_logged_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    """Three of them are women: the fifth, the third and the first."""
    monkeypatch.setattr(statement, "NEWEST", newest)
    for count, page in ((1, ["p4"]), (2, ["p4", "p2"]), (3, ["p4", "p2", "p0"])):
        for again in range(2):  # the second time it is known how far the newest go
            request = f"{newest} {count} {again}"
            assert await found(store, [("gender", "female"), ("_count", str(count))], LogRow(7, "search", request, "")) == page
            assert await logged(store, request) == count


async def test_a_walk_is_tried_once_for_what_the_newest_do_not_have(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "NEWEST", 1)
    await found(store, [("gender", "male")])
    await found(store, [("gender", "female"), ("_count", "1")])
    far = store.beside[Far]
    assert isinstance(far, Far)
    assert len(far.until) == 2


@pytest.mark.parametrize(
    ("resource_type", "pairs", "plan"),
    [
        ("Patient", [("_id", "p1")], Plan.KEPT),
        ("Patient", [("family", "strand")], Plan.TRIED),
        ("Patient", [("family:contains", "and")], Plan.ANEW),
        ("Observation", [("patient.family", "strand"), ("code", "c")], Plan.TRIED),
        ("Observation", [("patient.gender", "female")], Plan.ANEW),
        ("Observation", [("code", "c"), ("date", "ge2024")], Plan.WALKED),
        ("Observation", [("code:not", "c")], Plan.ANEW),
        ("Observation", [("code", "c"), ("_sort", "date")], Plan.ANEW),
        ("Observation", [("code", "c"), ("_total", "accurate")], Plan.ANEW),
    ],
)
def test_a_plan_is_kept_where_no_value_changes_it(resource_type: str, pairs: Pairs, plan: Plan) -> None:
    assert plan_of(asked(resource_type, pairs).query) is plan
