"""The units of measure (UCUM) that the material has: each as a factor of base units, so that amounts can be compared."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import cache
from typing import NamedTuple

UCUM = "http://unitsofmeasure.org"
PREFIXES = {"": 0, "k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
BASE: dict[str, tuple[str, dict[str, int]]] = {
    "g": ("1", {"g": 1}),
    "m": ("1", {"m": 1}),
    "s": ("1", {"s": 1}),
    "L": ("0.001", {"m": 3}),
    "l": ("0.001", {"m": 3}),
    "mol": ("6.02214076E+23", {}),
    "m[Hg]": ("133322000", {"g": 1, "m": -1, "s": -2}),
    "min": ("60", {"s": 1}),
    "h": ("3600", {"s": 1}),
    "d": ("86400", {"s": 1}),
    "wk": ("604800", {"s": 1}),
    "mo": ("2629800", {"s": 1}),
    "a": ("31557600", {"s": 1}),
    "%": ("0.01", {}),
    "1": ("1", {}),
    "10*3": ("1000", {}),
    "10*6": ("1000000", {}),
    "U": ("1.0036901266666666666666666667E+16", {"s": -1}),  # a micromole a minute
}
ALONE = {"min", "d", "wk", "mo", "a", "%", "1", "10*3", "10*6", "h"}  # never with a prefix


class Measure(NamedTuple):
    """So many base units, and which: two codes can be compared when these are the same."""

    factor: Decimal
    of: tuple[tuple[str, int], ...]


@cache
def measure(code: str) -> Measure | None:
    """None for a unit that is not in the table."""
    factor, dimensions = Decimal(1), Counter[str]()
    for place, part in enumerate(re.sub(r"\{[^}]*\}", "", code).split("/")):
        for term in part.split(".") if part else []:
            found = _term(term)
            if found is None:
                return None
            sign = -1 if place else 1
            factor = factor / found[0] if place else factor * found[0]
            dimensions.update({name: power * sign for name, power in found[1].items()})
    return Measure(factor, tuple(sorted((name, power) for name, power in dimensions.items() if power)))


def _term(term: str) -> tuple[Decimal, dict[str, int]] | None:
    whole = re.fullmatch(r"(.*?)(\d?)", term) if term not in BASE else None
    name, power = (whole[1], int(whole[2] or 1)) if whole else (term, 1)
    for prefix, ten in PREFIXES.items():
        base = name.removeprefix(prefix)
        if name.startswith(prefix) and base in BASE and not (prefix and base in ALONE):
            factor, dimensions = BASE[base]
            return (Decimal(factor).scaleb(ten)) ** power, {dim: n * power for dim, n in dimensions.items()}
    return None
