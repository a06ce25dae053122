"""What a provider's claims say of somebody, by one table: `signin/claims.toml`, with what an installation changes of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from kedja.identity.numbers import Identifier, parse_personnummer, parse_samordningsnummer
from kedja.outcome import OutcomeError

_FILE: Final = Path(__file__).parent.parent / "claims.toml"
WORDS: Final = frozenset({"personnummer", "samordningsnummer", "hsa_id", "organisation", "name", "given", "family"})
_LONGEST: Final = 300  # characters of a claim that are looked at
_NUMBERS: Final = (("personnummer", parse_personnummer), ("samordningsnummer", parse_samordningsnummer))


class UnclearClaims(Exception):
    """The claims contradict themselves or are no numbers: nobody is signed in. The text is for the operator's log."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the claims say. `number` None: no personal number; '' for whatever else is not said. `level` 0: none that is known."""

    number: Identifier | None
    hsa_id: str
    organisation: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class _Line:
    of: str
    names: tuple[str, ...]
    before: str = ""
    like: str = ""

    def read(self, claims: Mapping[str, Any]) -> str:
        for name in self.names:
            value = claims.get(name)
            if isinstance(value, list) and len(value) == 1:  # as some providers send every attribute
                value = value[0]
            if not isinstance(value, str) or not value.strip():
                continue
            value = " ".join(value.split())[:_LONGEST]
            value = value.split(self.before, 1)[0] if self.before else value
            if not self.like or re.fullmatch(self.like, value):
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Claims:
    """The table, read."""

    lines: tuple[_Line, ...]
    levels: Mapping[str, int]

    def read(self, claims: Mapping[str, Any], today: date) -> Claimed:
        """What these claims say. Raises UnclearClaims for a number that is none, and for two numbers."""
        found: dict[str, str] = {}
        for line in self.lines:
            if not found.get(line.of):
                found[line.of] = line.read(claims)
        name = found.get("name") or " ".join(filter(None, (found.get("given"), found.get("family"))))
        level = self.levels.get(str(claims.get("acr", "")), 0)
        return Claimed(_number(found, today), found.get("hsa_id", ""), found.get("organisation", ""), name, level)

    def acr_values(self, level: int) -> list[str]:
        """The values of `acr` that are at least this level, the lowest first."""
        return [acr for acr, each in sorted(self.levels.items(), key=lambda pair: pair[1]) if each >= level]


def _number(found: Mapping[str, str], today: date) -> Identifier | None:
    """The one number of the claims. A coordination number may stand where a personnummer is meant (id.oidc.se claims, 2.1.2)."""
    numbers: set[Identifier] = set()
    for word, parse in _NUMBERS:
        if text := found.get(word):
            try:
                numbers.add(parse(text, today))
            except OutcomeError as error:
                if word != "personnummer":
                    raise UnclearClaims(f"the {word} is none") from error
                numbers.add(_coordination(text, today))
    if len(numbers) > 1:
        raise UnclearClaims("the claims hold two different personal numbers")
    return numbers.pop() if numbers else None


def _coordination(text: str, today: date) -> Identifier:
    try:
        return parse_samordningsnummer(text, today)
    except OutcomeError:
        raise UnclearClaims("the personnummer is none") from None


def claims_table(changes: Mapping[str, Any] | None = None) -> Claims:
    """The table as shipped, with `changes` of the same form: a word's lines replace all that the table has of it.

    Raises ValueError for what cannot be understood.
    """
    shipped, changes = tomllib.loads(_FILE.read_text(encoding="utf-8")), changes or {}
    own = [_line(row) for row in changes.get("claim", [])]
    replaced = {line.of for line in own}
    lines = own + [line for row in shipped["claim"] if (line := _line(row)).of not in replaced]
    levels = {**shipped["levels"], **changes.get("levels", {})}
    if wrong := [acr for acr, level in levels.items() if not isinstance(level, int) or not 0 <= level <= 4]:
        raise ValueError(f"the level of `{wrong[0]}` is not 0 to 4")
    return Claims(tuple(lines), levels)


def _line(row: Mapping[str, Any]) -> _Line:
    names: Sequence[Any] = row.get("names", ())
    if row.get("of") not in WORDS or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"a claim says of which of {', '.join(sorted(WORDS))} it tells, and its names: {dict(row)}")
    re.compile(row.get("like", ""))
    return _Line(row["of"], tuple(names), row.get("before", ""), row.get("like", ""))
