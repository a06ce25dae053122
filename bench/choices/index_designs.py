"""Three designs of the index, each with a part of Synthea, all of it, or several copies: bytes, writes, searches (docs/adr/0031).

`KEDJA_SHARED=... python -m bench.choices.index_designs FOLDER OUT.json SIZE...` keeps its server in FOLDER, which may be
removed afterwards; figures are added to OUT.json. A size is a number of copies, or `1/8` for what every eighth person has;
`6:mixture` is of one design alone. A copy has its own persons, names, ids and identifiers, and dates 37 days later than the copy
before. Designs are filled with fsync off and a minimal log, and measured with the server as `kedja up` starts it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction as Size
from pathlib import Path

import asyncpg

from bench.choices import index_base
from bench.choices.index_design import NAMES, design, shared, stored
from bench.choices.index_measure import Result, searched, sizes, writes
from bench.choices.index_searches import SEARCHES, samples
from bench.room import SHARED
from kedja.store import embedded

SAMPLE = 15
_FACTS = """DROP VIEW IF EXISTS given;
DROP TABLE IF EXISTS care_relation, block;
CREATE TABLE care_relation (person bigint, provider text, unit text, PRIMARY KEY (person, provider, unit));
CREATE TABLE block (person bigint, provider text, unit text, PRIMARY KEY (person, provider, unit))"""


async def fill(conn: asyncpg.Connection, size: Size, names: Sequence[str]) -> None:
    if not await conn.fetchval("SELECT to_regclass('base') IS NOT NULL"):
        await index_base.fill(conn, SHARED / "data" / "synthea")
    await conn.execute(_FACTS)
    await conn.execute(f"CREATE VIEW given AS SELECT * FROM base WHERE person = 0 OR hashint8(person) % {size.denominator} = 0")
    copies = max(size.numerator, 1)
    for copy in range(copies):
        for insert in shared("facts").split(";\n"):
            await conn.execute(stored(insert, copy, "given"))
    for name in names:
        await design(name).make(conn, copies)
        print(f"{datetime.now(UTC):%H:%M:%S} {name}: filled", flush=True)


async def logging(conn: asyncpg.Connection, *, little: bool) -> None:
    """What the server logs from its next start on."""
    for name, value in (("wal_level", "minimal"), ("max_wal_senders", "0")):
        await conn.execute(f"ALTER SYSTEM SET {name} = {value}" if little else f"ALTER SYSTEM RESET {name}")


async def measure(conn: asyncpg.Connection, size: Size, names: Sequence[str]) -> Result:
    asked = await samples(conn, size.numerator, SAMPLE)
    at, load = f"{datetime.now(UTC):%Y-%m-%d %H:%M}", round(os.getloadavg()[0], 1)
    found: Result = {"size": str(size), "at": at, "load": load, "designs": {}}
    answers: Result = {}
    for name in names:
        await conn.execute(f"SET search_path = {name}, public")
        here: Result = {"sizes": await sizes(conn, design(name)), "searches": {}}
        for search in SEARCHES:
            figures = await searched(conn, design(name), search, asked[search.name])
            ids = figures.pop("ids")
            if answers.setdefault(search.name, ids) != ids:
                raise RuntimeError(f"{search.name}: {name} finds other resources than {names[0]}")
            here["searches"][search.name] = figures
        here["writes"] = list(await writes(conn, design(name)))
        found["designs"][name] = here
        found["resources"] = here["sizes"]["resources"]
        print(f"{datetime.now(UTC):%H:%M:%S} {name}: measured", flush=True)
    return found


def run(folder: Path, work: Callable[[asyncpg.Connection], Awaitable[Result | None]], *, durable: bool) -> Result | None:
    """Do this with a server of our own, started for it."""
    server = embedded.start(folder, durable=durable)

    async def connected() -> Result | None:
        conn = await asyncpg.connect(embedded.database_url(folder, "postgres"))
        try:
            return await work(conn)
        finally:
            await conn.close()

    try:
        return asyncio.run(connected())
    finally:
        server.stop()


def main(folder: Path, out: Path, *sizes: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the database server may run as another user
    for told in sizes:
        text, _, one = told.partition(":")
        size, names = Size(text), [one] if one else NAMES
        run(folder, lambda conn: logging(conn, little=True), durable=False)
        run(folder, lambda conn, size=size, names=names: fill(conn, size, names), durable=False)
        run(folder, lambda conn: logging(conn, little=False), durable=False)
        found = run(folder, lambda conn, size=size, names=names: measure(conn, size, names), durable=True)
        known = json.loads(out.read_text()) if out.exists() else []
        kept = [one for one in known if one["size"] != str(size)]
        out.write_text(json.dumps([*kept, found], indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
