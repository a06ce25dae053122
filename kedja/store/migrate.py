"""Brings a database to this program's schema: `schema/*.sql` in order, each once, each in a transaction of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from asyncpg import Connection

from kedja.config import CannotRun

_FOLDER = Path(__file__).parent / "schema"
_LOCK = 0x6B65646A61  # one migration at a time, also between machines
_OLDEST, _NEWEST = 15, 18

_TABLE = """
CREATE TABLE IF NOT EXISTS schema_version (
    number    integer PRIMARY KEY,
    name      text NOT NULL,
    checksum  text NOT NULL,
    applied   timestamptz NOT NULL DEFAULT now()
)"""

_APPLIED = "INSERT INTO schema_version (number, name, checksum) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the schema: `001_foundation.sql` has number 1."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def steps(folder: Path = _FOLDER) -> list[Step]:
    """The schema's files in their order."""
    files = sorted(folder.glob("*.sql"))
    return [Step(int(file.name.split("_", 1)[0]), file.stem, file.read_text(encoding="utf-8")) for file in files]


async def migrate(conn: Connection, wanted: list[Step] | None = None) -> list[str]:
    """Apply what is missing and give the names of what was applied.

    Raises CannotRun when the server is not PostgreSQL 15 to 18 in UTF-8, when the store is newer than this program, or
    when a step that was applied reads differently now.
    """
    await _check_server(conn)
    wanted = steps() if wanted is None else wanted
    await conn.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        await conn.execute(_TABLE)
        missing = _missing(wanted, {row["number"]: row for row in await conn.fetch("SELECT * FROM schema_version")})
        for step in missing:
            async with conn.transaction():
                await conn.execute(step.text)
                await conn.execute(
                    "INSERT INTO schema_version (number, name, checksum) VALUES ($1, $2, $3)",
                    step.number,
                    step.name,
                    step.checksum,
                )
    finally:
        await conn.execute("SELECT pg_advisory_unlock($1)", _LOCK)
    return [step.name for step in missing]


async def _check_server(conn: Connection) -> None:
    version = conn.get_server_version().major
    if not _OLDEST <= version <= _NEWEST:
        raise CannotRun(f"The server is PostgreSQL {version}, but Kedja runs on PostgreSQL {_OLDEST} to {_NEWEST}.")
    encoding = await conn.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise CannotRun(f"The database's encoding is {encoding}, but must be UTF8: create it with ENCODING 'UTF8'.")


def _missing(wanted: list[Step], applied: dict[int, dict[str, str]]) -> list[Step]:
    known = {step.number for step in wanted}
    newer = [row["name"] for number, row in applied.items() if number not in known]
    if newer:
        raise CannotRun(f"The store is of a newer Kedja (it has `{newer[0]}`): run that version or a later one.")
    for step in wanted:
        if step.number in applied and applied[step.number]["checksum"] != step.checksum:
            raise CannotRun(
                f"The store was made with another `{step.name}` than this program has: set KEDJA_HOME to another folder."
            )
    return [step for step in wanted if step.number not in applied]
