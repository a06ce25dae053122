"""Registered sources, and how far the import of each of their files is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Connection

from kedja.store.queries import sql

Counts = Mapping[str, int]
# Advisory locks, with the hash of the source's name: one import of a source at a time, and its workers.
_IMPORT: Final = 0x6B656A69
_WORKER: Final = 0x6B656A77
_FILLED: Final = (
    *("resource", "search_string", "search_date", "search_number", "search_composite", "search_text"),
    *("care_relation", "access_log", "person", "person_identifier"),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many records of a file, or of one strand of it, are settled, and what became of them."""

    position: int
    counts: Counts
    done: bool


async def register(conn: Connection, name: str, definition: Mapping[str, Any]) -> str:
    """`registered`, `replaced` or `unchanged`."""
    row = await conn.fetchrow(sql("source_register"), name, json.dumps(definition))
    return "unchanged" if row is None else "registered" if row["fresh"] else "replaced"


async def definition(conn: Connection, name: str) -> dict[str, Any] | None:
    text = await conn.fetchval(sql("source_definition"), name)
    return None if text is None else json.loads(text)


async def definitions(conn: Connection) -> dict[str, dict[str, Any]]:
    """Every registered source's definition by its name."""
    return {row["name"]: json.loads(row["definition"]) for row in await conn.fetch(sql("source_list"))}


async def progress(conn: Connection, source: str) -> dict[str, Settled]:
    rows = await conn.fetch(sql("import_progress"), source)
    return {row["file"]: Settled(row["position"], json.loads(row["counts"]), row["done"]) for row in rows}


async def settle(conn: Connection, source: str, rows: Sequence[tuple[str, int, Counts]]) -> None:
    """Move the bookmarks of these strands to these positions and add the counts; in the transaction of the batch."""
    files, positions, counts = [row[0] for row in rows], [row[1] for row in rows], [json.dumps(row[2]) for row in rows]
    await conn.execute(sql("import_settle"), source, files, positions, counts)


async def done(conn: Connection, source: str, strands: Sequence[str], files: Sequence[tuple[str, int, Counts]]) -> None:
    """Say that these files are in, whole; their strands are forgotten."""
    names, positions, counts = [row[0] for row in files], [row[1] for row in files], [json.dumps(row[2]) for row in files]
    await conn.execute(sql("import_done"), source, list(strands), names, positions, counts)


async def measured(conn: Connection) -> None:
    """Statistics of what imports fill. What waits to enter the index of hashes enters it: searches would read through it."""
    await conn.execute(f"ANALYZE {', '.join(_FILLED)}")
    await conn.execute("SELECT gin_clean_pending_list('resource_hashes')")


async def try_lock(conn: Connection, source: str) -> bool:
    """Whether this connection now holds the source's import until it is released; False when another holds it.

    Waits for workers that outlived an importer that was killed: each settles the batch that it has, then ends.
    """
    if not await conn.fetchval("SELECT pg_try_advisory_lock($1, hashtext($2))", _IMPORT, source):
        return False
    await conn.execute("SELECT pg_advisory_lock($1, hashtext($2))", _WORKER, source)
    await conn.execute("SELECT pg_advisory_unlock($1, hashtext($2))", _WORKER, source)
    return True


async def lock_worker(conn: Connection, source: str) -> None:
    """Say, until the locks are released, that a worker of this source's import lives."""
    await conn.execute("SELECT pg_advisory_lock_shared($1, hashtext($2))", _WORKER, source)


async def unlock(conn: Connection) -> None:
    """Release every lock that this connection holds."""
    await conn.execute("SELECT pg_advisory_unlock_all()")
