"""The order of a long search is kept for its further pages; the law is asked anew of each row; what is lost is found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
import pytest_asyncio

from kedja.access.custody import Custody, Regime
from kedja.search.condition import EVERYTHING, Column, Condition
from kedja.search.kept import BOUNDS, Bounds
from tests.store.searching.asking import LOG, Pairs, ask, next_pairs, references
from tests.store.searching.world import NOW, Held, World, load, supersede

Conn = asyncpg.Connection
ALWAYS = Bounds(least=0, most=1000, part=7, spare=1)
CODES = [f"c{(place * 7) % 40:02}" for place in range(40)]
BY_CODE = [("_sort", "code"), ("_count", "3")]


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[Conn]:
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def world(conn: Conn) -> World:
    """Forty Observations, each with a code of its own; the codes c10 to c29 are of the second unit."""
    found = World()
    for place, code in enumerate(CODES):
        body = {"resourceType": "Observation", "id": code, "status": "final", "code": {"coding": [{"code": code}]}}
        custody = Custody(Regime.HEALTH, place + 1, "prov-a", "unit-2" if "c10" <= code < "c30" else "unit-1")
        found.held.append(Held(body, custody, 4096 * (place + 1), NOW))
    await load(conn, found)
    return found


async def walk(
    conn: Conn, world: World, pairs: Pairs = BY_CODE, laws: tuple[Condition, ...] = (EVERYTHING,), bounds: Bounds = ALWAYS
) -> list[list[str]]:
    """The codes of each page; the last law holds for all further pages."""
    pages: list[list[str]] = []
    ahead: Pairs | None = pairs
    while ahead is not None:
        bundle = await ask(conn, world, "Observation", ahead, laws[min(len(pages), len(laws) - 1)], bounds=bounds)
        pages.append([place.split("/")[1] for place in references(bundle, "match")])
        ahead = next_pairs(bundle)
    return pages


def paged(codes: list[str], size: int = 3) -> list[list[str]]:
    return [codes[start : start + size] for start in range(0, len(codes), size)]


async def orders(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(DISTINCT search) FROM search_order") or 0


async def forget(conn: Conn) -> None:
    await conn.execute("TRUNCATE search_order")


async def test_all_pages_are_taken_from_one_order(conn: Conn, world: World) -> None:
    assert await walk(conn, world) == paged(sorted(CODES))
    assert await orders(conn) == 1


async def test_an_order_downwards_and_by_several_values_is_kept_too(conn: Conn, world: World) -> None:
    assert await walk(conn, world, [("_sort", "status,-code"), ("_count", "7")]) == paged(sorted(CODES, reverse=True), 7)
    assert await orders(conn) == 1


async def test_a_first_page_keeps_nothing(conn: Conn, world: World) -> None:
    await ask(conn, world, "Observation", BY_CODE, bounds=ALWAYS)
    assert await orders(conn) == 0


@pytest.mark.parametrize("sort", ["", "_id", "-_lastUpdated"])
async def test_what_stands_in_the_row_itself_is_put_in_order_for_each_page(conn: Conn, world: World, sort: str) -> None:
    pages = await walk(conn, world, [*([("_sort", sort)] if sort else []), ("_count", "3")])
    assert [code for page in pages for code in page] == (sorted(CODES) if sort == "_id" else CODES[::-1])
    assert await orders(conn) == 0


async def test_a_short_rest_is_put_in_order_for_each_page(conn: Conn, world: World) -> None:
    assert await walk(conn, world, bounds=BOUNDS) == paged(sorted(CODES))
    assert await orders(conn) == 0


@pytest.mark.parametrize("most", [4, 5, 10])
async def test_behind_what_is_kept_the_rest_is_put_in_order_once_more(conn: Conn, world: World, most: int) -> None:
    assert await walk(conn, world, bounds=replace(ALWAYS, most=most)) == paged(sorted(CODES))


async def test_an_order_that_is_lost_is_found_again(conn: Conn, world: World) -> None:
    found: list[str] = []
    ahead: Pairs | None = BY_CODE
    while ahead is not None:
        bundle = await ask(conn, world, "Observation", ahead, bounds=ALWAYS)
        found += references(bundle, "match")
        ahead = next_pairs(bundle)
        await forget(conn)
    assert found == [f"Observation/{code}" for code in sorted(CODES)]


@pytest.mark.parametrize("before", [1, 2, 3, 5])
async def test_what_may_no_longer_be_seen_leaves_full_pages_of_the_rest(conn: Conn, world: World, before: int) -> None:
    blocked = Column("unit", "<>", "unit-2")
    pages = await walk(conn, world, laws=(*[EVERYTHING] * before, blocked))
    given = sorted(CODES)[: 3 * before]
    rest = [code for code in sorted(CODES)[3 * before :] if not "c10" <= code < "c30"]
    assert pages == paged(given) + paged(rest)


async def test_what_was_looked_at_in_vain_is_not_logged(conn: Conn, world: World) -> None:
    blocked = Column("unit", "<>", "unit-2")
    pages = await walk(conn, world, laws=(EVERYTHING, EVERYTHING, blocked))
    rows = await conn.fetch("SELECT request, resources FROM access_log WHERE actor = $1", LOG.actor)
    logged = [place for row in rows for place in row["resources"]]
    assert sorted(logged) == [f"Observation/{code}" for code in sorted(code for page in pages for code in page)]


async def test_nothing_follows_when_no_key_may_be_seen_any_more(conn: Conn, world: World) -> None:
    pages = await walk(conn, world, laws=(EVERYTHING, EVERYTHING, Column("unit", "=", "unit-3")))
    assert pages == [*paged(sorted(CODES)[:6]), []]


async def test_what_changes_meanwhile_stays_where_it_was_on_the_first_page(conn: Conn, world: World) -> None:
    found: list[str] = []
    ahead: Pairs | None = BY_CODE
    while ahead is not None:
        bundle = await ask(conn, world, "Observation", ahead, bounds=ALWAYS)
        found += [entry["resource"]["code"]["coding"][0]["code"] for entry in bundle["entry"]]
        ahead = next_pairs(bundle)
        if len(found) in (3, 9):
            for held in [one for one in world.held if one.id in ("c20", "c35")]:
                changed = {**held.resource, "code": {"coding": [{"code": f"b{len(found)}"}]}}
                await supersede(conn, replace(held, resource=changed), 1 + len(found))
    assert found == sorted(CODES)


async def test_the_last_orders_of_each_who_searches_are_kept(conn: Conn, world: World) -> None:
    bounds = replace(ALWAYS, orders=2)
    seconds: list[Pairs] = []
    for count in ("3", "4", "5"):
        first = await ask(conn, world, "Observation", [("_sort", "code"), ("_count", count)], bounds=bounds)
        second = await ask(conn, world, "Observation", next_pairs(first) or [], bounds=bounds)
        seconds.append(next_pairs(second) or [])
    assert await orders(conn) == 2
    third = await ask(conn, world, "Observation", seconds[0], bounds=bounds)
    assert references(third, "match") == [f"Observation/{code}" for code in sorted(CODES)[6:9]]


async def test_orders_that_no_page_can_ask_for_go(conn: Conn, world: World) -> None:
    await walk(conn, world)
    await conn.execute("UPDATE search_order SET until = now() - interval '1 second', actor = actor + 1")
    await walk(conn, world)
    assert await orders(conn) == 1
