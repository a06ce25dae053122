"""Every search gives what a slow walk over all resources gives, in the same order, whatever the law."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.search.bundle import searchset
from kedja.search.condition import EVERYTHING, Condition, Not
from kedja.search.cursor import continued
from kedja.search.log import LogRow
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import restrict
from kedja.search.rewrite import with_person
from kedja.search.sql.condition import render
from kedja.search.sql.statement import statement
from tests.store.searching.oracle import Oracle
from tests.store.searching.strategies import Pairs, laws, searches
from tests.store.searching.world import NOW, World, load, make

BASE = "https://kedja.example/fhir"
SECRET = b"a secret for the tests"
EXAMPLES = int(os.environ.get("KEDJA_TEST_EXAMPLES", "150"))
ASKED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def world() -> World:
    return make()


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


async def ask(conn: asyncpg.Connection, world: World, law: Condition, resource_type: str, pairs: Pairs) -> Any:
    """The Bundle, as the interaction and the gate make it."""
    query = resolve(parse(resource_type, pairs), base=BASE, now=NOW)
    query = continued(query, SECRET, "me")
    restricted = restrict(with_person(query, world.patients()), law)
    sql, args = statement(restricted, LogRow(1, "search", "request-1", "detail"))
    rows = await conn.fetch(sql, *args)
    return json.loads(searchset(query, rows, BASE, SECRET, "me"))


def references(bundle: Any, mode: str) -> list[str]:
    entries = [entry for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]
    assert all(entry["fullUrl"] == f"{BASE}/{_reference(entry)}" for entry in entries)
    return [_reference(entry) for entry in entries]


def _reference(entry: Any) -> str:
    return f"{entry['resource']['resourceType']}/{entry['resource']['id']}"


def next_pairs(bundle: Any) -> Pairs | None:
    links = {link["relation"]: link["url"] for link in bundle["link"]}
    return parse_qsl(urlsplit(links["next"]).query) if "next" in links else None


@ASKED
@given(search=searches(), law=st.one_of(laws(), st.just(EVERYTHING)))
async def test_search_finds_what_the_slow_walk_finds(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition
) -> None:
    resource_type, pairs = search
    expected = Oracle(world, law).search(resource_type, pairs)
    found: list[str] = []
    ahead: Pairs | None = [*pairs, ("_total", "accurate")]
    for _ in range(400):
        bundle = await ask(conn, world, law, resource_type, ahead)
        page = references(bundle, "match")
        assert bundle["total"] == len(expected.matches)
        assert references(bundle, "include") == expected.included(page)
        found += page
        ahead = next_pairs(bundle)
        if ahead is None:
            break
    assert found == expected.matches


@ASKED
@given(search=searches(), law=laws(), total=st.booleans())
async def test_what_the_law_hides_changes_no_byte_of_the_answer(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition, total: bool
) -> None:
    resource_type, pairs = search
    pairs = [*pairs, ("_total", "accurate")] if total else pairs
    with_hidden = await ask(conn, world, law, resource_type, pairs)
    args: list[object] = []
    hidden = render(Not(law), "r", args)
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(f"DELETE FROM resource r WHERE {hidden}", *args)
        assert await ask(conn, world, law, resource_type, pairs) == with_hidden
    finally:
        await transaction.rollback()


@settings(parent=ASKED, max_examples=EXAMPLES // 2)
@given(search=searches(), law=laws())
async def test_each_person_whose_data_is_returned_has_one_log_row(
    conn: asyncpg.Connection, world: World, search: tuple[str, Pairs], law: Condition
) -> None:
    await conn.execute("TRUNCATE access_log")
    resource_type, pairs = search
    bundle = await ask(conn, world, law, resource_type, pairs)
    returned = references(bundle, "match") + references(bundle, "include")
    people = {held.reference: held.custody.person for held in world.held}
    rows = await conn.fetch("SELECT person, resources FROM access_log")
    logged = {row["person"]: row["resources"] for row in rows}
    assert len(rows) == len(logged)
    expected: dict[int, list[str]] = {} if returned else {0: []}
    for reference in returned:
        expected.setdefault(people[reference], []).append(reference)
    assert logged == expected
