"""Codes to units (UCUM 2.2, section 2: grammar of units and unit terms)."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Final

from kedja.ucum.units import Unit, defined, is_metric, is_unit, prefixes, table

MAX_LENGTH: Final = 200
MAX_DEPTH: Final = 10
_NUMBER: Final = re.compile(r"[0-9]{1,20}(?![0-9*^])", re.ASCII)
_UNIT: Final = re.compile(r"(?:\[[!-Z\\^-~]*\]|[!-'*-\-0-Z\\^-z|~])+", re.ASCII)
_ANNOTATION: Final = re.compile(r"\{[!-z|~]*\}", re.ASCII)
_EXPONENT: Final = re.compile(r"(?P<atom>.*?[^0-9+-])(?P<exponent>[+-]?[0-9]{1,2})", re.ASCII)
_ONE: Final = Unit()


class NotUcum(ValueError):
    """The text is no code of UCUM."""


def parse(code: str) -> Unit:
    """The unit of a code. Raises NotUcum."""
    if not 0 < len(code) <= MAX_LENGTH:
        raise NotUcum(f"a unit has 1 to {MAX_LENGTH} characters")
    reader = _Reader(code)
    unit = reader.term(0)
    reader.expect_end()
    return unit


class _Reader:
    """Reads from left to right: `/` turns only what follows next, `a/b.c` is `(a/b).c`."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._at = 0

    def term(self, depth: int) -> Unit:
        if depth > MAX_DEPTH:
            raise NotUcum(f"`{self._code}` is nested deeper than {MAX_DEPTH} levels")
        unit = _ONE.times(self._component(depth), -1) if self._takes("/") else self._component(depth)
        while (operator := self._code[self._at : self._at + 1]) in (".", "/") and operator:
            self._at += 1
            unit = unit.times(self._component(depth), 1 if operator == "." else -1)
        return unit

    def expect_end(self) -> None:
        if self._at != len(self._code):
            raise self._unexpected()

    def _component(self, depth: int) -> Unit:
        unit = self._unit(depth)
        annotated = self._read(_ANNOTATION)
        if unit is None and annotated is None:
            raise self._unexpected()
        return unit or _ONE

    def _unit(self, depth: int) -> Unit | None:
        if self._takes("("):
            unit = self.term(depth + 1)
            if not self._takes(")"):
                raise self._unexpected()
            return unit
        if number := self._read(_NUMBER):
            return Unit(_factor(number))
        atom = self._read(_UNIT)
        return _simple(atom) if atom else None

    def _read(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._code, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match.group()

    def _takes(self, symbol: str) -> bool:
        taken = self._code.startswith(symbol, self._at)
        self._at += taken
        return taken

    def _unexpected(self) -> NotUcum:
        return NotUcum(f"`{self._code}` is no unit of UCUM from character {self._at + 1} on")


def _factor(text: str) -> Fraction:
    if not int(text):
        raise NotUcum("0 is no unit")
    return Fraction(int(text))


def _simple(text: str) -> Unit:
    """A unit with its prefix and exponent: `mm`, `s-2`, `10*3`; the whole is tried first, for codes that end in a digit."""
    found = _prefixed(text)
    match = None if found is not None else _EXPONENT.fullmatch(text)
    if match is not None:
        found = _prefixed(match["atom"])
        if found is not None:
            found = found.power(int(match["exponent"]))
    if found is None:
        raise NotUcum(f"UCUM has no unit `{text}`")
    return found


def _prefixed(text: str) -> Unit | None:
    if is_unit(text):
        return _atom(text)
    for length in (1, 2):
        prefix, rest = text[:length], text[length:]
        if prefix in prefixes() and is_unit(rest) and is_metric(rest):
            return _atom(rest).scaled(prefixes()[prefix])
    return None


@cache
def _atom(code: str) -> Unit:
    if code in table()["base"]:
        return Unit(powers={code: 1})
    _metric, value, definition, *function = table()["units"][code]
    return defined(value, parse(definition), code, function[0] if function else None)
