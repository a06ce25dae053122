"""The condition as SQL over a real PostgreSQL selects exactly the rows that it permits in Python."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings

from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate, permitting_rule
from kedja.access.rows import TABLES, FactRow
from kedja.search.condition import Condition
from kedja.search.sql.condition import render, render_rule
from tests.law.reuse_worlds import reuse_world
from tests.law.worlds import NOW, SEEDS, world

WORLDS = int(os.environ.get("KEDJA_LAW_WORLDS", "60"))  # of RESOURCES each
RESOURCES = 40


@dataclass(frozen=True)
class Database:
    """One connection on a loop of its own, so that hypothesis can drive it; nothing that a case writes stays."""

    loop: asyncio.AbstractEventLoop
    conn: asyncpg.Connection

    def selected(self, custodies: Sequence[Custody], facts: Sequence[FactRow], condition: Condition) -> list[tuple[int, str]]:
        return self.loop.run_until_complete(self._selected(custodies, facts, condition))

    async def _selected(
        self, custodies: Sequence[Custody], facts: Sequence[FactRow], condition: Condition
    ) -> list[tuple[int, str]]:
        transaction = self.conn.transaction()
        await transaction.start()
        try:
            await self.conn.executemany(_RESOURCE, [_columns(key, custody) for key, custody in enumerate(custodies)])
            for number, fact in enumerate(facts):
                await self.conn.execute(*_insert(number, fact))
            args: list[Any] = []
            where = render(condition, "r", args)
            rule = render_rule(condition, "r", args)
            rows = await self.conn.fetch(f"SELECT r.key, {rule} AS rule FROM resource r WHERE {where} ORDER BY r.key", *args)
            return [(row["key"], row["rule"]) for row in rows]
        finally:
            await transaction.rollback()


_RESOURCE = """
INSERT INTO resource (key, type, id, version, updated, person, regime, provider, unit, source, labels, doc_start, doc_end,
                      content_hash, self_hash, tokens, refs, body)
VALUES ($1, 'Observation', $1::bigint::text, 1, now(), $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '{}', '{}', '{}')
"""


def _columns(key: int, custody: Custody) -> tuple[Any, ...]:
    place = (custody.provider, custody.unit, custody.source)
    return (key, custody.person, custody.regime.value, *place, int(custody.labels), custody.start, custody.end)


def _insert(number: int, fact: FactRow) -> tuple[Any, ...]:
    values = ", ".join(f"${place}" for place in range(1, len(fact) + 2))
    return (f"INSERT INTO {TABLES[type(fact)]} (resource, {', '.join(fact._fields)}) VALUES ({values})", number, *fact)


@pytest.fixture(scope="module")
def database(module_database_url: str) -> Iterator[Database]:
    loop = asyncio.new_event_loop()
    conn = loop.run_until_complete(asyncpg.connect(module_database_url))
    yield Database(loop, conn)
    loop.run_until_complete(conn.close())
    loop.close()


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEEDS)
def test_sql_selects_exactly_what_the_evaluation_permits_and_names_the_same_rule(database: Database, seed: int) -> None:
    one = world(seed, resources=RESOURCES)
    for action in ("read", one.action):
        condition = permit(one.actor, action, one.now, context=one.context)
        expected = [
            (key, permitting_rule(condition, custody, one.facts) or "")
            for key, custody in enumerate(one.custodies)
            if evaluate(condition, custody, one.facts)
        ]
        assert database.selected(one.custodies, one.facts, condition) == expected, one


def test_nobody_selects_nothing(database: Database) -> None:
    nobody = permit(Actor("", Kind.PROFESSIONAL), "read", NOW)
    assert database.selected([Custody(regime, 7, "P1", "U1") for regime in Regime], [], nobody) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEEDS)
def test_sql_and_evaluation_agree_on_medication_lists_samples_and_secondary_use(database: Database, seed: int) -> None:
    one = reuse_world(seed, resources=8)
    condition = permit(one.actor, "read", one.now, context=one.context)
    expected = [
        (key, permitting_rule(condition, custody, one.facts))
        for key, custody in enumerate(one.custodies)
        if evaluate(condition, custody, one.facts)
    ]
    assert database.selected(one.custodies, one.facts, condition) == expected, one
