"""A design of the index: its tables, its indexes, how a resource is stored, and what a search asks of a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import asyncpg

from bench.choices.index_base import STEP
from kedja.search.hashing import hash64, param_salt
from kedja.search.nodes import Strings
from kedja.search.parse import parse
from kedja.search.resolve import resolve

NAMES = ("narrow", "arrays", "mixture")
SPAN = STEP << 18  # between the keys of one copy of Synthea and the next
PEOPLE = 100_000  # the same, of persons
_FILES = Path(__file__).with_name("index_sql")
_PART = re.compile(r"^-- part (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Design:
    name: str
    tables: str
    indexes: str
    store: tuple[str, ...]
    tests: dict[str, str]

    async def make(self, conn: asyncpg.Connection, copies: int) -> None:
        """The tables with so many copies of what is in `given`, then the indexes, then statistics.

        In one transaction, so that a server that writes a minimal log has nothing to write of it.
        """
        async with conn.transaction():
            await conn.execute(f"DROP SCHEMA IF EXISTS {self.name} CASCADE; CREATE SCHEMA {self.name}")
            await conn.execute(f"SET search_path = {self.name}, public")
            await conn.execute(self.tables)
            for copy in range(copies):
                for insert in self.store:
                    await conn.execute(stored(insert, copy, "given"))
            await conn.execute(self.indexes)
        names = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", self.name)
        await conn.execute(f"VACUUM ANALYZE {', '.join(row[0] for row in names)}")


@cache
def design(name: str) -> Design:
    parts = _parts(name)
    store = parts["store"].replace("{ranges}", shared("ranges")).replace("{row}", shared("row"))
    tests = dict(line.split(": ", 1) for line in parts["tests"].splitlines())
    return Design(name, parts["tables"], parts["indexes"], tuple(store.strip().split(";\n")), tests)


def shared(part: str) -> str:
    return _parts("shared")[part]


def _parts(name: str) -> dict[str, str]:
    found = _PART.split((_FILES / f"{name}.sql").read_text())
    return {part: text.strip() for part, text in zip(found[1::2], found[2::2])}


def salted(copy: int) -> int:
    """What the hashes of one copy differ by from those of Synthea: references still lead to where they did, within the copy."""
    return hash64(f"copy {copy}") if copy else 0


def named(copy: int) -> str:
    """What the names of a copy begin with."""
    return chr(96 + copy) if copy else ""


def stored(insert: str, copy: int, given: str) -> str:
    """The statement with this copy of what is in the table `given`."""
    said = {
        "given": given,
        "key": f"b.key + {copy * SPAN}",
        "copy": str(copy),
        "person": f"CASE WHEN b.person > 0 THEN b.person + {copy * PEOPLE} ELSE 0 END",
        "xor": f"({salted(copy)})::bigint",
        "shift": f"make_interval(days => {copy * 37})",
        "name": f"'{named(copy)}'",
        "date": str(date_param()),
    }
    return filled(insert, said)


def filled(text: str, said: dict[str, str]) -> str:
    """As `format`, but for braces that are SQL's; twice, since what is said has places too."""
    for _ in range(2):
        for name, value in said.items():
            text = text.replace("{" + name + "}", value)
    return text


@cache
def date_param() -> int:
    return resolve(parse("Observation", [("patient", "1"), ("_sort", "-date")])).sort[0].params[0]


@cache
def family_param() -> int:
    (strings,) = resolve(parse("Patient", [("family", "x")])).select.criteria
    assert isinstance(strings, Strings)
    return strings.params[0]


@cache
def patient_salt() -> int:
    return param_salt("Observation", "patient")
