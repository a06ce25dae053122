"""The searches that the designs are measured with: SQL in the project's forms, and values drawn from Synthea and its copies.

Each has the law's condition on every part, in the form that the project writes it: custody first, facts of the person behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import asyncpg

from bench.choices.index_design import PEOPLE, Design, date_param, family_param, filled, named, patient_salt, salted
from kedja.search.nodes import Tokens
from kedja.search.parse import parse
from kedja.search.resolve import resolve

PROVIDER, UNIT = "SE-0", "SE-4"
COMMON = "http://loinc.org|29463-7"  # body weight
RARE = "http://loinc.org|5792-7"  # glucose in urine, by a strip
_LAW = """CASE WHEN r.person = 0 THEN TRUE WHEN r.regime = 'health' AND r.provider = $1::text THEN (
    EXISTS (SELECT FROM care_relation c WHERE c.person = r.person AND c.provider = $1::text AND c.unit IN ('', $2::text))
    AND NOT EXISTS (SELECT FROM block b WHERE b.person = r.person AND b.provider = r.provider AND b.unit <> $2::text))
    ELSE FALSE END"""
_FIRST = "SELECT key, id, body FROM found ORDER BY key DESC LIMIT 21"
_PLACE = re.compile(r"\{(\w+)(?: ([^}]+))?\}")  # {test value} of a design, or {name} of what is said


def _found(where: str, of: str = "Observation", columns: str = "") -> str:
    """All that meet this, then the law, which the planner cannot guess."""
    rows = f"SELECT r.*{columns}, {_LAW} AS may FROM resource r WHERE r.type = '{of}' AND NOT r.deleted AND {where}"
    return f"found AS (SELECT * FROM ({rows} OFFSET 0) every_row WHERE may)"


_OWN = "r.person = $3::bigint AND {refers $4::bigint}"
_DATED = "r.person = $3::bigint AND {code $5::bigint} AND {since $6::timestamptz} AND {refers $4::bigint}"
_EVERYBODY = "{code $3::bigint} AND {since $4::timestamptz}"
_NEWEST = f"""WITH found AS (SELECT * FROM (SELECT r.*, {_LAW} AS may FROM (
    SELECT r.*, r.key + 0 AS walk FROM resource r
    WHERE r.type = 'Observation' AND NOT r.deleted ORDER BY r.key + 0 DESC LIMIT 5000) r
    WHERE {_EVERYBODY} OFFSET 0) every_row WHERE may)
SELECT key, id, body FROM found ORDER BY walk DESC LIMIT 21"""
_TARGETS = f"""targets AS MATERIALIZED (SELECT array_agg(r.self_hash # {{salt}}) AS hashes FROM resource r
    WHERE r.type = 'Patient' AND NOT r.deleted AND {{named $3::text}} AND {_LAW})"""


@dataclass(frozen=True)
class Search:
    """`settled`: the project runs it under a plan that serves all values; else it is planned for its values."""

    name: str
    text: str
    settled: bool = True

    def sql(self, design: Design) -> str:
        said = {
            "salt": f"({patient_salt()})::bigint",
            "family": str(family_param()),
            "date": str(date_param()),
            "last": "U&'\\+10FFFF'",
        }

        def place(found: re.Match[str]) -> str:
            name, value = found.groups()
            return filled(design.tests[name], {"v": value or "", **said}) if name in design.tests else said[name]

        return _PLACE.sub(place, self.text)


SEARCHES = (
    Search("Patient?family", f"WITH {_found('{named $3::text}', 'Patient')} {_FIRST}"),
    Search("Observation?patient&code&date=ge", f"WITH {_found(_DATED)} {_FIRST}"),
    Search(
        "... with _include=Observation:patient",
        f"WITH {_found(_DATED)}, page AS (SELECT * FROM found ORDER BY key DESC LIMIT 21)"
        " SELECT key, id, body FROM page UNION ALL SELECT r.key, r.id, r.body FROM resource r"
        f" WHERE r.type = 'Patient' AND NOT r.deleted AND r.self_hash IN ({{included}}) AND {_LAW}",
    ),
    Search(
        "Observation?patient&_sort=-date",
        f"WITH {_found(_OWN, columns=', {order} AS at')}"
        " SELECT key, id, body FROM found ORDER BY at DESC NULLS LAST, key DESC LIMIT 21",
    ),
    Search("Observation?code&date=ge, a common code", _NEWEST),
    Search("Observation?code&date=ge, a rare code", f"WITH {_found(_EVERYBODY)} {_FIRST}", settled=False),
    Search("Observation?patient.family&code", f"WITH {_TARGETS}, {_found('{chain} AND {code $4::bigint}')} {_FIRST}"),
    Search(
        "Patient/$everything, the first 100",
        f"SELECT r.key, r.id, r.body FROM resource r WHERE r.person = $3::bigint AND NOT r.deleted AND {_LAW}"
        " ORDER BY r.type <> 'Patient', r.key DESC LIMIT 101",
    ),
    Search(
        "read by id",
        f"SELECT r.key, r.id, r.body FROM resource r WHERE r.type = 'Observation' AND r.id = $3::text AND {_LAW}",
    ),
)


async def samples(conn: asyncpg.Connection, copies: int, each: int, seed: int = 5) -> dict[str, list[tuple[Any, ...]]]:
    """{search: values} of what is asked: observations and Patients of one provider, of any copy."""
    random = Random(seed)
    rows = await conn.fetch(
        "SELECT o.key, o.person, o.id, o.doc_start, o.body, p.self_hash, p.strings[array_position(p.string_params, $1)] AS family"
        " FROM given o JOIN given p ON p.person = o.person AND p.type = 'Patient'"
        " WHERE o.type = 'Observation' AND o.provider = $2 AND o.doc_start IS NOT NULL ORDER BY hashint8(o.key) LIMIT 2000",
        family_param(),
        PROVIDER,
    )
    found: dict[str, list[tuple[Any, ...]]] = {search.name: [] for search in SEARCHES}
    for row in random.sample(rows, each):
        for name, values in _asked(row, random.randrange(copies)).items():
            found[name].append((PROVIDER, UNIT, *values))
    return found


def _asked(row: Mapping[str, Any], copy: int) -> dict[str, tuple[Any, ...]]:
    coding = json.loads(row["body"])["code"]["coding"][0]
    code = _hash(f"{coding['system']}|{coding['code']}")
    at = row["doc_start"] + timedelta(days=copy * 37)
    person = row["person"] + copy * PEOPLE
    refers = row["self_hash"] ^ salted(copy) ^ patient_salt()
    family = named(copy) + row["family"]
    dated = (person, refers, code, at - timedelta(days=365))
    year = at.replace(month=1, day=1)
    values = (
        *((family,), dated, dated, (person, refers)),
        *((_hash(COMMON), year), (_hash(RARE), year), (family, _hash(COMMON)), (person,)),
        (row["id"] + (f"-{copy}" if copy else ""),),
    )
    return dict(zip((search.name for search in SEARCHES), values, strict=True))


def _hash(text: str) -> int:
    (tokens,) = resolve(parse("Observation", [("code", text)])).select.criteria
    assert isinstance(tokens, Tokens)
    return tokens.hashes[0]
