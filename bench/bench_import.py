"""Importing a generated region of all four domains, and Synthea's resources where they are: resources stored a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import asyncpg

from bench.figure import Figure
from bench.region import PERSONS, load
from bench.room import Room
from kedja.demo import register
from kedja.sources import importer

RUNS = 3
_SYNTHEA = 'name = "synthea"\nkind = "fhir"\nregime = "health"\nprovider = "SE2399999998-0002"\nunit = "SE2399999998-2001"\n'


async def _size(url: str) -> int:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval("SELECT pg_database_size(current_database())")
    finally:
        await conn.close()


def _imported(room: Room, work: str) -> tuple[float, float, int]:
    """Resources a second, bytes a resource, and how many there were."""
    url = room.database()
    empty = asyncio.run(_size(url))
    start = perf_counter()
    stored = load(url, room.region) if work == "region" else _synthea(url, room)
    seconds = perf_counter() - start
    return stored / seconds, (asyncio.run(_size(url)) - empty) / stored, stored


def _synthea(url: str, room: Room) -> int:
    registration = Path(room.folder / "synthea.toml")
    registration.write_text(_SYNTHEA, encoding="utf-8")
    asyncio.run(register(url, [registration]))
    report = importer.run(url, "synthea", room.synthea or Path(), rejects=room.folder / "synthea.rejects")
    return report.counts["resources"]


def measure(room: Room) -> Iterator[Figure]:
    runs = [_imported(room, "region") for _ in range(RUNS)]
    yield Figure(f"import of a region of {PERSONS} persons", "/s", tuple(run[0] for run in runs))
    yield Figure("stored, with indexes, history and log, for each of them", "bytes", tuple(run[1] for run in runs))
    if room.synthea:
        rate, size, stored = _imported(room, "synthea")
        yield Figure(f"import of Synthea, {stored} resources", "/s", (rate,))
        yield Figure("stored for each of Synthea", "bytes", (size,))
