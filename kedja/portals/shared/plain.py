"""Plain words for codes: what a person calls an analysis or a measurement, and what it says. One table: `plain.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kedja.portals.shared.language import Language
from kedja.portals.shared.read import items


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """`codes` are the codes of one and the same thing in several systems; the first stands for all."""

    codes: tuple[str, ...]
    name: dict[str, str]
    explanation: dict[str, str]


def name(concept: Any, _: Language) -> str:
    """The plain name of a CodeableConcept, or '' when the table has none."""
    found = _find(concept)
    return found.name[_.code] if found else ""


def explanation(concept: Any, _: Language) -> str:
    found = _find(concept)
    return found.explanation.get(_.code, "") if found else ""


def codes_named(word: str, _: Language) -> tuple[str, ...]:
    """The codes of what has this word in its plain name or explanation, whatever its case."""
    folded = word.casefold()
    found = (each for each in set(_table().values()) if folded in f"{each.name[_.code]} {each.explanation[_.code]}".casefold())
    return tuple(sorted(code for each in found for code in each.codes))


def same_as(code: str) -> str:
    """The code that stands for this one: HbA1c by NPU and by LOINC are one analysis."""
    found = _table().get(code)
    return found.codes[0] if found else code


def _find(concept: Any) -> Plain | None:
    table = _table()
    return next((table[code] for code in items(concept, "coding", "code") if code in table), None)


@lru_cache
def _table() -> dict[str, Plain]:
    rows = tomllib.loads(Path(__file__).with_name("plain.toml").read_text())["plain"]
    found = [
        Plain(tuple(row["codes"]), {"sv": row["sv"], "en": row["en"]}, {"sv": row.get("om", ""), "en": row.get("about", "")})
        for row in rows
    ]
    return {code: each for each in found for code in each.codes}
