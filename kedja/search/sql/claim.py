"""A claim about a person, in the statement that rests on it: both see the same moment of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kedja.search.claim import Claim
from kedja.search.sql.facts import TABLES
from kedja.search.sql.writer import Writer

_PATIENT: Final = "ROW(p.id, p.regime, p.provider, p.unit, p.source, p.labels, p.doc_start, p.doc_end)"
_SEED: Final = 5


def digest(person: str, tables: Sequence[str]) -> str:
    """SQL of an array with a number for all Patients of a person, and one for all their facts of each table; null for none.

    Raises KeyError for what is no table of facts.
    """
    numbers = [
        f"(SELECT bit_xor(hash_record_extended({_PATIENT}, {_SEED})) FROM resource p\n"
        f"    WHERE p.type = 'Patient' AND p.person = {person})"
    ]
    for table in tables:
        if table not in TABLES:
            raise KeyError(table)
        numbers.append(f"(SELECT bit_xor(hash_record_extended(f, {_SEED})) FROM {table} f WHERE f.person = {person})")
    return f"ARRAY[{', '.join(numbers)}]::bigint[]"


def claimed(claim: Claim, writer: Writer) -> None:
    """Let the statement be asked again where the claim no longer holds. It must be the first part: it is about what is now."""
    now = digest(writer.bind(claim.person, "bigint"), claim.tables)
    known = writer.bind(list(claim.digest), "bigint[]")
    writer.part("claim", f"  SELECT {now} IS DISTINCT FROM {known} AS broken", how="MATERIALIZED")
    writer.again.append("(SELECT broken FROM claim)")
