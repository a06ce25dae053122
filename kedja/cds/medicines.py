"""What the list of medicines gives reason to look at: what the old should avoid, and a substance that stands twice. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).parent / "elderly.toml"
_LENGTH: Final = 7  # of an ATC code that names one substance


@dataclass(frozen=True, slots=True)
class Medicine:
    """One that is in use, or (`new`) about to be ordered. `atc` is '' where no code was given."""

    atc: str
    name: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind`: `elderly` or `duplicate`; `names` the medicines, `why` in both languages ('' for a duplicate), `new` an order's."""

    kind: str
    atc: str
    names: tuple[str, ...]
    why_sv: str = ""
    why_en: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class Elderly:
    """The table of `elderly.toml`: the reason by ATC code."""

    least_age: int
    source_sv: str
    source_en: str
    source_url: str
    why: Mapping[str, tuple[str, str]]


@cache
def elderly() -> Elderly:
    read: dict[str, Any] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    why = {code: (group["why_sv"], group["why_en"]) for group in read["group"] for code in group["codes"]}
    return Elderly(read["least_age"], read["source_sv"], read["source_en"], read["source_url"], why)


def findings(medicines: Iterable[Medicine], born: date | None, today: date) -> list[Finding]:
    """What there is to look at, by substance; where something is about to be ordered, only what concerns the order."""
    by_atc: dict[str, list[Medicine]] = {}
    for medicine in medicines:
        if len(medicine.atc) == _LENGTH:
            by_atc.setdefault(medicine.atc, []).append(medicine)
    ordering = any(each.new for found in by_atc.values() for each in found)
    told: list[Finding] = []
    for atc, found in sorted(by_atc.items()):
        new = any(each.new for each in found)
        if ordering and not new:
            continue
        names = tuple(dict.fromkeys(each.name for each in found))
        if born is not None and age(born, today) >= elderly().least_age and atc in elderly().why:
            told.append(Finding("elderly", atc, names, *elderly().why[atc], new))
        if len(found) > 1:
            told.append(Finding("duplicate", atc, names, new=new))
    return told


def age(born: date, today: date) -> int:
    """In whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def medicines_of(resources: Sequence[Mapping[str, Any]], *, new: bool = False) -> list[Medicine]:
    """The medicines of MedicationRequests and MedicationStatements; of those in use only what is active."""
    found: list[Medicine] = []
    for each in resources:
        if each.get("resourceType") not in ("MedicationRequest", "MedicationStatement"):
            continue
        if each.get("status") != "active" and not new:
            continue
        concept = each.get("medicationCodeableConcept")
        concept = concept if isinstance(concept, dict) else {}
        found.append(Medicine(_atc(concept), str(concept.get("text") or _atc(concept)), new))
    return found


def _atc(concept: Mapping[str, Any]) -> str:
    codings = concept.get("coding")
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict) and "atc" in str(coding.get("system", "")).lower():
            return str(coding.get("code", ""))
    return ""
