"""What one design costs: bytes, what it takes to write, and for each search its plan, its buffers and its processor time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg

from bench.choices.index_design import Design, stored
from bench.choices.index_searches import Search

Result = dict[str, Any]
BATCHES = ((1, 40), (8, 16), (32, 8))  # rows in a transaction, transactions
EXECUTIONS = 45
_MODES = ("generic", "custom")


async def sizes(conn: asyncpg.Connection, design: Design) -> Result:
    """Bytes a resource of each table and each index."""
    rows = await conn.fetch(
        "SELECT relname, relkind IN ('i') AS index, pg_relation_size(oid) + CASE WHEN reltoastrelid > 0"
        " THEN pg_total_relation_size(reltoastrelid) ELSE 0 END AS bytes"
        " FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'i') ORDER BY relkind DESC, relname",
        design.name,
    )
    resources = (await conn.fetch("SELECT count(*) FROM resource"))[0][0]
    each = {row["relname"]: round(row["bytes"] / resources, 1) for row in rows}
    indexes = sum(row["bytes"] for row in rows if row["index"]) / resources
    return {"resources": resources, "each": each, "indexes": round(indexes, 1), "all": round(sum(each.values()), 1)}


async def writes(conn: asyncpg.Connection, design: Design) -> Iterator[Result]:
    """New observations, in one statement a transaction, fsync on; what GIN puts off is done within the measured time."""
    await conn.execute("CREATE TEMP TABLE written AS SELECT b.* FROM base b WHERE b.type = 'Observation' LIMIT 0")
    keys = [row[0] for row in await conn.fetch("SELECT key FROM base WHERE type = 'Observation' ORDER BY key LIMIT 5000")]
    found = [await _written(conn, design, keys, *batch, copy=20 + place) for place, batch in enumerate(BATCHES)]
    await conn.execute("DROP TABLE written")
    return iter(found)


async def _written(conn: asyncpg.Connection, design: Design, keys: list[int], size: int, times: int, *, copy: int) -> Result:
    inserts = [stored(insert, copy, "written") for insert in design.store]
    *others, last = inserts[1:] + inserts[:1]
    parts = ", ".join(f"part_{place} AS ({insert})" for place, insert in enumerate(others))
    statement = f"WITH {parts} {last}" if others else last
    spent, wall, wal = 0, 0.0, 0
    for turn in range(-2, times):
        chosen = [keys[(turn + 2) * size + place] for place in range(size)]
        await conn.execute("TRUNCATE written")
        await conn.execute("INSERT INTO written SELECT * FROM base WHERE key = ANY ($1)", chosen)
        before, log, start = cpu(conn), await _log(conn), perf_counter()
        await conn.execute(statement)
        if turn >= 0:
            wall, spent, wal = wall + perf_counter() - start, spent + cpu(conn) - before, wal + await _log(conn) - log
    if "gin" in design.indexes:
        before, log = cpu(conn), await _log(conn)
        await conn.execute("SELECT gin_clean_pending_list('resource_hashes')")
        spent, wal = spent + cpu(conn) - before, wal + await _log(conn) - log
    rows = size * times
    return {"rows": size, "cpu": round(spent / rows / 1000), "wall": round(wall / rows * 1e6), "wal": round(wal / rows)}


async def _log(conn: asyncpg.Connection) -> int:
    return (await conn.fetch("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"))[0][0]


def cpu(conn: asyncpg.Connection) -> int:
    """Nanoseconds of processor that this connection's backend has had (Linux)."""
    return int(Path(f"/proc/{conn.get_server_pid()}/schedstat").read_text().split()[0])


async def searched(conn: asyncpg.Connection, design: Design, search: Search, values: Sequence[tuple[Any, ...]]) -> Result:
    """Both ways of planning, of which `settled` says which is the project's; and the ids that were found."""
    text = search.sql(design)
    found: Result = {"settled": search.settled, "ids": []}
    for mode in _MODES:
        await conn.execute(f"SET plan_cache_mode = force_{mode}_plan")
        explained = [await _explained(conn, text, each) for each in values]
        found[mode] = _medians(explained) | {"plan": _shape(explained[0]["Plan"]), "plans": len(_shapes(explained))}
        found[mode]["cpu"] = await _processor(conn, text, values)
        found[mode]["most_buffers"] = max(map(_buffers, explained))
    for each in values:
        found["ids"].append([row["id"] for row in await conn.fetch(text, *each)])
    found["rows"] = median(map(len, found["ids"]))
    return found


async def _explained(conn: asyncpg.Connection, text: str, values: tuple[Any, ...]) -> Result:
    await conn.execute(f"PREPARE asked AS {text}")
    said = ", ".join(map(_literal, values))
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked ({said})"
    await conn.fetch(explain)  # the second finds what it looks at in memory, and a plan that is kept
    told = await conn.fetch(explain)
    await conn.execute("DEALLOCATE asked")
    return json.loads(told[0][0])[0]


def _literal(value: Any) -> str:
    if isinstance(value, int):
        return f"({value})"
    text = value.isoformat() if isinstance(value, datetime) else value
    return "'" + text.replace("'", "''") + "'"


async def _processor(conn: asyncpg.Connection, text: str, values: Sequence[tuple[Any, ...]]) -> int:
    """Microseconds of the backend's processor for one execution."""
    statement = await conn.prepare(text)
    for each in values[:5]:
        await statement.fetch(*each)
    before = cpu(conn)
    for turn in range(EXECUTIONS):
        await statement.fetch(*values[turn % len(values)])
    return round((cpu(conn) - before) / EXECUTIONS / 1000)


def _medians(explained: Sequence[Result]) -> Result:
    return {
        "planning_ms": round(median(one["Planning Time"] for one in explained), 2),
        "execution_ms": round(median(one["Execution Time"] for one in explained), 2),
        "buffers": median(map(_buffers, explained)),
    }


def _buffers(explained: Result) -> int:
    plan = explained["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _shapes(explained: Sequence[Result]) -> set[str]:
    return {_shape(one["Plan"]) for one in explained}


def _shape(plan: Result) -> str:
    """The scans of a plan in order, without the law's."""
    return " > ".join(dict.fromkeys(_scans(plan)))


def _scans(plan: Result) -> Iterator[str]:
    if plan.get("Relation Name") in ("care_relation", "block"):
        return
    index = plan.get("Index Name")
    if index or plan["Node Type"] in ("Seq Scan", "Sort", "Hash Join"):
        yield f"{plan['Node Type']} {index or plan.get('Relation Name') or ''}".strip()
    for part in plan.get("Plans", ()):
        yield from _scans(part)
