"""`_filter` (FHIR R4 3.1.3): read and applied to one resource. "Left to right, with no precedence between `and` and `or`".

In one point docs/reference/search.md decides otherwise than R4's table, by which `ne` is "an item in the set has an unequal
value": of tokens, references and uris none may be equal, since a code that is given in two systems would always have one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kedja import spec
from tests.differential.matching import date, string
from tests.differential.matching.escapes import escaped

if TYPE_CHECKING:
    from tests.differential.oracle import Oracle
    from tests.differential.world import Held

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()\[\]]|[^\s()\[\]]+)')
COMPARISONS = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_SETS = {"ss": "below", "sb": "above", "in": "in", "ni": "not-in"}


def holds(oracle: Oracle, held: Held, text: str) -> bool:
    """Whether the filter is true of the resource."""
    return _Reading(oracle, _TOKEN.findall(text)).expression(held)


class _Reading:
    """Goes through the words from left to right; every part is read, though it may be decided already."""

    def __init__(self, oracle: Oracle, words: list[str]) -> None:
        self.oracle = oracle
        self.words = words
        self.at = 0

    def take(self) -> str:
        self.at += 1
        return self.words[self.at - 1]

    def ahead(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def expression(self, held: Held) -> bool:
        found = self.part(held)
        while self.ahead() in ("and", "or"):
            word, other = self.take(), self.part(held)
            found = (found and other) if word == "and" else (found or other)
        return found

    def part(self, held: Held) -> bool:
        if self.ahead() == "not":
            self.take()
            return not self.inside(held)
        return self.inside(held) if self.ahead() == "(" else self.comparison(held)

    def inside(self, held: Held) -> bool:
        self.take()
        found = self.expression(held)
        self.take()
        return found

    def comparison(self, held: Held) -> bool:
        """`path operator value`; what stands in brackets behind a reference is asked of what it leads to."""
        there = [held]
        path = self.take()
        while self.ahead() == "[":
            *ways, last = path.strip(".").split(".")
            there = self.led(self.led_by(there, ways), last)
            begin = self.at + 1
            there = [one for one in there if self.again(begin, one)] if there else self.skipped(begin)
            self.take()
            path = self.take()
        *ways, code = path.strip(".").split(".")
        there = self.led_by(there, ways)
        operator, value = self.take(), _value(self.take())
        return any(_compared(self.oracle, one, code, operator, value) for one in there if self.oracle.knows(one.type, code))

    def again(self, begin: int, held: Held) -> bool:
        self.at = begin
        return self.expression(held)

    def skipped(self, begin: int) -> list[Held]:
        depth, self.at = 1, begin
        while depth:
            depth += {"[": 1, "]": -1}.get(self.take(), 0)
        self.at -= 1
        return []

    def led_by(self, there: list[Held], ways: list[str]) -> list[Held]:
        for way in ways:
            there = self.led(there, way)
        return there

    def led(self, there: list[Held], code: str) -> list[Held]:
        found = [target for one in there for target in self.oracle.world.targets(one, code)]
        return [one for one in found if one.reference in self.oracle.sees]


def _value(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _compared(oracle: Oracle, held: Held, code: str, operator: str, value: str) -> bool:
    kind = spec.search_parameters(held.type)[code].type
    values = oracle.world.values(held, code)
    if operator == "pr":
        return bool(values) == (value == "true")
    if kind == "string":
        return any(_TEXTS[operator](string.fold(text), string.fold(value)) for one in values for text in string.texts(one))
    if operator in _SETS:
        return oracle.meets(held, f"{code}:{_SETS[operator]}", value if kind == "token" else escaped(value))
    if operator == "po":
        lo, hi = date.span(value)
        return any(low < hi and high > lo for one in values for low, high in date.spans(one))
    if kind in ("date", "number", "quantity"):
        return oracle.meets(held, code, operator + value)
    found = oracle.meets(held, code, value)
    return found if operator in ("eq", "re") else bool(values) and not found


_TEXTS: dict[str, Any] = {
    "eq": lambda have, want: have == want,
    "ne": lambda have, want: have != want,
    "co": lambda have, want: want in have,
    "sw": lambda have, want: have.startswith(want),
    "ew": lambda have, want: have.endswith(want),
}
