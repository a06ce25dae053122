"""`_filter`: its text -> nodes (FHIR R4 3.1.1.1.1, search_filter). `and` binds closer than `or`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Union

from kedja.outcome import OutcomeError, refuse

OPERATORS: Final = (
    *("eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb"),
    *("pr", "po", "ss", "sb", "in", "ni", "re"),
)
MAX_TESTS: Final = 50
MAX_DEPTH: Final = 12
_TOKEN: Final = re.compile(r'\s*([()\[\]]|"(?:[^"\\]|\\.)*"|[^\s()\[\]"]+)', re.DOTALL)
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
    found = reader.either(0)
    if reader.ahead:
        raise reader.wrong("`and`, `or` or the end")
    return found


class _Reader:
    """Reads from left to right, one token ahead; `at` is where that begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at, self.ahead = next(self.tokens)
        self.tests = 0

    def _tokens(self) -> Iterator[tuple[int, str]]:
        position = 0
        while found := _TOKEN.match(self.text, position):
            position = found.end()
            yield found.start(1), found[1]
        rest = self.text[position:].strip()
        yield position, rest  # a quotation mark that is not closed, or nothing
        while True:
            yield len(self.text), ""

    def take(self) -> str:
        token = self.ahead
        self.at, self.ahead = next(self.tokens)
        return token

    def wrong(self, expected: str) -> OutcomeError:
        found = f"`{self.ahead[:40]}`" if self.ahead else "the end"
        told = f"`_filter` has {found} at character {self.at + 1}, where {expected} must stand"
        return refuse(400, "invalid", told, "?_filter")

    def either(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise refuse(400, "too-costly", f"`_filter` is nested more than {MAX_DEPTH} deep: ask for less at once", "?_filter")
        return self._joined("or", lambda: self._joined("and", lambda: self._one(depth)))

    def _joined(self, word: str, read: Callable[[], Filter]) -> Filter:
        parts = [read()]
        while self.ahead == word:
            self.take()
            parts.append(read())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _one(self, depth: int) -> Filter:
        if self.ahead == "not":
            self.take()
            return Denied(self._inside("()", depth))
        return self._inside("()", depth) if self.ahead == "(" else self._test(depth)

    def _inside(self, brackets: str, depth: int) -> Filter:
        self._expect(brackets[0])
        found = self.either(depth + 1)
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
        if not self.ahead or self.ahead in "()[]" or (self.ahead[0] == '"' and not _closed(self.ahead)):
            raise self.wrong('a value, with "quotation marks" around it where it has spaces or parentheses,')
        return Test(path, operator, _plain(self.take()))

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


def _closed(token: str) -> bool:
    return _TOKEN.fullmatch(token) is not None


def _plain(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] == '"' else token
