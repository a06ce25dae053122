"""What the designs of the index are filled from: a table with a row for each resource of Synthea and all that it is found by.

The values are those of the project's own extraction. Composites and the texts of `:text` are left out: no design differs in them.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from kedja import exactjson
from kedja.search.extract import Index, extract
from kedja.search.hashing import self_hash

PROVIDERS, UNITS = 4, 20
STEP = 1 << 14  # between keys: what a key has of its microsecond and its writer
TABLE = """
CREATE TABLE base (
    key bigint NOT NULL, type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, updated timestamptz NOT NULL,
    person bigint NOT NULL, regime text COLLATE "C" NOT NULL, provider text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL,
    doc_start timestamptz, self_hash bigint NOT NULL, tokens bigint[] NOT NULL, own bigint[] NOT NULL, refs bigint[] NOT NULL,
    string_params integer[] NOT NULL, strings text[] NOT NULL, exacts text[] NOT NULL,
    date_params integer[] NOT NULL, los timestamptz[] NOT NULL, his timestamptz[] NOT NULL,
    number_params integer[] NOT NULL, amounts numeric[] NOT NULL, amount_los numeric[] NOT NULL, amount_his numeric[] NOT NULL,
    amount_units bigint[] NOT NULL, amount_codes bigint[] NOT NULL, body text NOT NULL
)"""
_OWN = """
UPDATE base b SET own = found.own, tokens = coalesce(found.rest, '{}') FROM (
    SELECT b.key, array_agg(t) FILTER (WHERE c.hash IS NULL) AS own, array_agg(t) FILTER (WHERE c.hash IS NOT NULL) AS rest
    FROM base b CROSS JOIN unnest(b.tokens) t LEFT JOIN common c ON c.hash = t GROUP BY b.key HAVING count(*) > count(c.hash)
) found WHERE found.key = b.key"""
_SUBJECTS = ("subject", "patient", "beneficiary")
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 5000


async def fill(conn: asyncpg.Connection, synthea: Path) -> int:
    """Make the table; how many rows it has. `own`: the tokens that no other resource has, such as identifiers."""
    await conn.execute(TABLE)
    seen: Counter[int] = Counter()
    rows = _rows(synthea, seen)
    while batch := list(islice(rows, _BATCH)):
        await conn.copy_records_to_table("base", records=batch)
    await conn.execute("CREATE TABLE common (hash bigint PRIMARY KEY)")
    await conn.copy_records_to_table("common", records=[(hashed,) for hashed, times in seen.items() if times > 1])
    await conn.execute("ANALYZE common")
    await conn.execute(_OWN)
    await conn.execute("CREATE INDEX base_key ON base (key)")
    await conn.execute("VACUUM FULL ANALYZE base")
    return (await conn.fetch("SELECT count(*) FROM base"))[0][0]


def _rows(synthea: Path, seen: Counter[int]) -> Iterator[tuple[Any, ...]]:
    persons: dict[str, int] = {}
    for number, body in enumerate(_bodies(synthea), 1):
        resource = exactjson.loads(body)
        name = f"{resource['resourceType']}/{resource['id']}"
        if resource["resourceType"] == "Patient":
            persons[name] = len(persons) + 1
        index = extract(resource)
        seen.update(index.tokens)
        yield (number * STEP, *_place(resource, name, persons, number), *_values(index, name), body.decode().strip())


def _bodies(synthea: Path) -> Iterator[bytes]:
    """Patients first: what is of a person is told by them."""
    for path in sorted(synthea.glob("[A-Z]*.ndjson.gz"), key=lambda path: (not path.name.startswith("Patient"), path.name)):
        with gzip.open(path) as lines:
            yield from lines


def _place(resource: dict[str, Any], name: str, persons: dict[str, int], number: int) -> tuple[Any, ...]:
    referred = next((resource[element].get("reference") for element in _SUBJECTS if element in resource), None)
    person = persons.get(name if resource["resourceType"] == "Patient" else referred or "", 0)
    custody = (person, "health", f"SE-{person % PROVIDERS}", f"SE-{person % UNITS}") if person else (0, "directory", "", "")
    return (resource["resourceType"], resource["id"], _BEGAN + timedelta(milliseconds=number), *custody)


def _values(index: Index, name: str) -> tuple[Any, ...]:
    starts = min((lo for _, lo, _ in index.dates), default=None)
    return (
        *(starts, self_hash(name), index.tokens, [], index.refs),
        *_columns(index.strings, 3),
        *_columns(index.dates, 3),
        *_columns(index.numbers, 6),
    )


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[Any]:
    return [list(column) for column in zip(*rows)] or [[] for _ in range(width)]
