"""`_filter`: its text -> nodes (FHIR R4 3.1.3, search_filter).

It goes from left to right, with no precedence between `and` and `or`: `a or b and c` is `(a or b) and c`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Union

from kedja.outcome import OutcomeError, refuse

OPERATORS: Final = (
    *("eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb"),
    *("pr", "po", "ss", "sb", "in", "ni", "re"),
)
MAX_TESTS: Final = 50
MAX_DEPTH: Final = 12
_TOKEN: Final = re.compile(r"\s*([()\[\]]|[^\s()\[\]]+)?")
_VALUE: Final = re.compile(r'"(?:[^"\\]|\\.)*"(?=[\s)\]]|$)|[^\s)\]"][^\s)\]]*', re.DOTALL)
_PATH: Final = re.compile(r"\.?[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*\.?")


@dataclass(frozen=True, slots=True)
class Step:
    """A parameter on the way; `where` is what the resource that it leads to must meet."""

    name: str
    where: Filter | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """`path operator value`; all but the last step are references."""

    path: tuple[Step, ...]
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Joined:
    """All of these (`and`), or at least one (`or`)."""

    word: str
    of: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    of: Filter


Filter = Union[Test, Joined, Denied]


def parse_filter(text: str) -> Filter:
    """Raises OutcomeError 400 that says where the text stops to be a filter."""
    reader = _Reader(text)
    found = reader.expression(0)
    if reader.ahead:
        raise reader.wrong("`and`, `or` or the end")
    return found


class _Reader:
    """Reads from left to right, one token ahead; `at` is where that begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at, self.ahead = 0, ""
        self.tests = 0
        self._go(0)

    def _go(self, position: int) -> None:
        found = _TOKEN.match(self.text, position)
        self.ahead = (found and found[1]) or ""
        self.at = found.start(1) if found and self.ahead else len(self.text)

    def take(self) -> str:
        token = self.ahead
        self._go(self.at + len(token))
        return token

    def value(self) -> str:
        """A value may have what elsewhere is a bracket."""
        found = _VALUE.match(self.text, self.at)
        if not found:
            raise self.wrong('a value, with "quotation marks" around it where it has spaces or parentheses,')
        self._go(found.end())
        return re.sub(r"\\(.)", r"\1", found[0][1:-1]) if found[0][0] == '"' else found[0]

    def wrong(self, expected: str) -> OutcomeError:
        found = f"`{self.ahead[:40]}`" if self.ahead else "the end"
        told = f"`_filter` has {found} at character {self.at + 1}, where {expected} must stand"
        return refuse(400, "invalid", told, "?_filter")

    def expression(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise refuse(400, "too-costly", f"`_filter` is nested more than {MAX_DEPTH} deep: ask for less at once", "?_filter")
        found = self._one(depth)
        while self.ahead in ("and", "or"):
            word = self.take()
            following = self._one(depth)
            found = Joined(word, (found, following))
        return found

    def _one(self, depth: int) -> Filter:
        if self.ahead == "not":
            self.take()
            return Denied(self._inside("()", depth))
        return self._inside("()", depth) if self.ahead == "(" else self._test(depth)

    def _inside(self, brackets: str, depth: int) -> Filter:
        self._expect(brackets[0])
        found = self.expression(depth + 1)
        self._expect(brackets[1])
        return found

    def _expect(self, bracket: str) -> None:
        if self.ahead != bracket:
            raise self.wrong(f"`{bracket}`")
        self.take()

    def _test(self, depth: int) -> Test:
        self.tests += 1
        if self.tests > MAX_TESTS:
            raise refuse(400, "too-costly", f"`_filter` makes over {MAX_TESTS} comparisons: ask in several searches", "?_filter")
        path = self._path(depth)
        if self.ahead not in OPERATORS:
            raise self.wrong(f"an operator ({' '.join(OPERATORS)})")
        operator = self.take()
        return Test(path, operator, self.value())

    def _path(self, depth: int) -> tuple[Step, ...]:
        steps: list[Step] = []
        while True:
            if not _PATH.fullmatch(self.ahead) or self.ahead.startswith(".") is not bool(steps):
                raise self.wrong("a parameter")
            names = self.take().strip(".").split(".")
            steps += [Step(name) for name in names]
            if self.ahead != "[":
                return tuple(steps)
            steps[-1] = Step(steps[-1].name, self._inside("[]", depth))
