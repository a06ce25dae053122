"""Every case of the law, decided singly and asked for by a search over a real store among decoys: both say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import asyncpg

from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.evaluate import evaluate
from kedja.access.golden import vectors
from kedja.search.condition import Condition
from kedja.search.log import LogRow
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import restrict
from kedja.search.sql.statement import statement
from tests.law.cases import book
from tests.law.test_condition_sql import _columns as columns
from tests.law.test_condition_sql import _insert as insert

UNNAMED = "Basic"  # a type that no rule speaks of, for cases that do not say theirs
_RESOURCE = """
INSERT INTO resource (key, type, id, version, updated, person, regime, provider, unit, source, labels, doc_start, doc_end,
                      content_hash, self_hash, tokens, refs, body)
VALUES ($1, $10, $1::bigint::text, 1, now(), $2, $3, $4, $5, $6, $7, $8, $9, 0, $1, '{}', '{}', '{}')
"""


def _requests() -> Iterator[tuple[str, Request]]:
    """Each vector, each case of each rule, and each case with one of its conditions failing."""
    for vector in vectors():
        yield vector.id, vector.request
    for id in book().cases:
        yield id, book().request(id)
    for id, number, _ in book().clauses():
        yield f"{id}, condition {number} failing", book().broken(id, number)


@lru_cache(maxsize=1)
def requests() -> Sequence[tuple[str, Request]]:
    return list(_requests())


def _decoys(target: Custody) -> list[Custody]:
    """What differs in one thing from what is asked about: whose it is, where it is kept, under which law, how it is marked."""
    others = [replace(target, person=person) for person in (7, 8, 9, 0)]
    others += [replace(target, provider=provider) for provider in ("SE-NORTH", "SE-ELSEWHERE", "")]
    others += [replace(target, unit=unit) for unit in ("SE-ELSEWHERE-1", "")]
    others += [replace(target, regime=regime) for regime in Regime]
    others += [replace(target, labels=target.labels ^ label) for label in Label if label]
    others += [replace(target, start=None, end=None), replace(target, source="elsewhere")]
    return others


def _possible(custody: Custody) -> Custody:
    """The directory is about nobody, in the store as in the plans that searches make."""
    return replace(custody, person=0) if custody.regime is Regime.DIRECTORY else custody


async def _found(
    conn: asyncpg.Connection, asked: Request, type: str, law: Condition, held: Sequence[Custody]
) -> tuple[set[int], int]:
    """(which of these a search finds under the law, how many it says there are)."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.executemany(_RESOURCE, [(*columns(key, custody), type) for key, custody in enumerate(held)])
        for number, fact in enumerate(asked.facts):
            await conn.execute(*insert(number, fact))
        query = resolve(parse(type, [("_total", "accurate"), ("_count", "200")]), base="https://kedja.test", now=asked.now)
        text, args = statement(restrict(query, law), LogRow(1, "search", "", ""))
        page, *rows = await conn.fetch(text, *args)
        return {int(row["id"]) for row in rows}, page["total"]
    finally:
        await transaction.rollback()


def test_there_are_two_hundred_cases_beside_the_vectors() -> None:
    assert len(requests()) >= 224


async def test_each_case_is_found_by_a_search_exactly_where_it_is_permitted_singly(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    wrong: list[str] = []
    seen = {True: 0, False: 0}
    for id, asked in requests():
        law, type = permit(asked.actor, asked.action, asked.now, context=asked.context), asked.type or UNNAMED
        held = [_possible(custody) for custody in (asked.custody, *_decoys(asked.custody))]
        found, total = await _found(conn, asked, type, law, held)
        singly = {key for key, custody in enumerate(held) if evaluate(law, custody, asked.facts, type, str(key))}
        permitted = decide(replace(asked, custody=held[0], type=type)).permitted
        seen[permitted] += 1
        if (0 in found) != permitted or found != singly or total != len(found):
            wrong.append(f"{id}: found {sorted(found)} of {total}, singly {sorted(singly)}, decided {permitted}")
    await conn.close()
    assert not wrong, "\n".join(wrong)
    assert min(seen.values()) >= 50
