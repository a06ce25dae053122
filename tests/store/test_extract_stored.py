"""The outermost index values that extraction gives fit PostgreSQL's tables and indexes."""

from __future__ import annotations

from decimal import Decimal

import asyncpg
import pytest

from kedja import exactjson
from kedja.search.extract import Index, extract


async def stored(url: str, index: Index) -> asyncpg.Connection:
    conn = await asyncpg.connect(url)
    await conn.executemany("INSERT INTO search_string VALUES (1, $1, $2, $3)", index.strings)
    await conn.executemany("INSERT INTO search_date VALUES (1, $1, $2, $3)", index.dates)
    await conn.executemany("INSERT INTO search_number VALUES (1, $1, $2, $3, $4, $5, $6)", index.numbers)
    return conn


@pytest.mark.parametrize("letter", ["a", "å", "ﷺ", "한", "😀"])
async def test_the_longest_text_fits_an_index_entry(database_url: str, letter: str) -> None:
    noise = "".join(f"{letter}{number}" for number in range(5000))  # hard to compress
    conn = await stored(database_url, extract({"resourceType": "ValueSet", "description": letter * 5000, "title": noise}))
    assert await conn.fetchval("SELECT count(*) FROM search_string") == 2
    await conn.close()


async def test_open_periods_are_infinite(database_url: str) -> None:
    encounter = {"resourceType": "Encounter", "period": {"start": "2024"}, "location": [{"period": {"end": "2024"}}]}
    conn = await stored(database_url, extract(encounter))
    assert await conn.fetchval("SELECT count(*) FROM search_date WHERE hi = 'infinity'") == 1
    assert await conn.fetchval("SELECT count(*) FROM search_date WHERE lo = '-infinity'") == 1
    await conn.close()


@pytest.mark.parametrize("raw", ["1e307", "-1e307", "1e-307", "9" * 100, "0." + "9" * 98, "1.7976931348623157e308", "-0.0"])
async def test_the_outermost_numbers_are_stored_as_they_are(database_url: str, raw: str) -> None:
    body = f'{{"resourceType": "Observation", "valueQuantity": {{"value": {raw}, "comparator": "<"}}}}'
    conn = await stored(database_url, extract(exactjson.loads(body.encode())))
    rows = await conn.fetch("SELECT value, lo, hi FROM search_number")
    assert rows
    assert all(row["value"] == Decimal(raw) and row["lo"] < row["hi"] for row in rows)
    await conn.close()
