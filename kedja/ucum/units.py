"""What units are: a factor over base units and their powers; and the table of those that UCUM defines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypedDict

_TABLE: Final = Path(__file__).parent / "data" / "units.json"
_NO_POWERS: Final[Mapping[str, int]] = MappingProxyType({})
_OFFSETS: Final = {  # where the zero of a temperature scale lies, in steps of that scale from absolute zero
    "Cel": Fraction("273.15"),
    "degF": Fraction("459.67"),
    "degRe": Fraction("218.52"),
}


class Table(TypedDict):
    """As tools/build_ucum.py writes it: of a unit [metric or plain, value, definition, function that is no ratio]."""

    version: str
    prefixes: dict[str, str]
    base: list[str]
    units: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Unit:
    """value in base units = value * factor + offset; `powers` of base units (of arbitrary and curved units: of themselves)."""

    factor: Fraction = Fraction(1)
    powers: Mapping[str, int] = field(default_factory=lambda: _NO_POWERS)
    offset: Fraction = Fraction(0)

    @property
    def dimension(self) -> str:
        """The powers in one normal form: `g.m-3`; `1` without any."""
        parts = (f"{name}{power if power != 1 else ''}" for name, power in sorted(self.powers.items()))
        return ".".join(parts) or "1"

    def times(self, other: Unit, sign: int) -> Unit:
        """The product (sign 1) or quotient (sign -1); a temperature in it is a difference of temperatures."""
        powers = {name: self.powers.get(name, 0) + sign * other.powers.get(name, 0) for name in {*self.powers, *other.powers}}
        return Unit(self.factor * other.factor**sign, {name: power for name, power in powers.items() if power})

    def power(self, exponent: int) -> Unit:
        powers = {name: power * exponent for name, power in self.powers.items() if exponent}
        return Unit(self.factor**exponent, powers)

    def scaled(self, factor: Fraction) -> Unit:
        """The same with a prefix: the zero of the scale stays where it is."""
        return Unit(self.factor * factor, self.powers, self.offset)


@cache
def table() -> Table:
    return json.loads(_TABLE.read_bytes())


@cache
def prefixes() -> Mapping[str, Fraction]:
    return MappingProxyType({code: Fraction(value) for code, value in table()["prefixes"].items()})


@cache
def is_metric(code: str) -> bool:
    """Whether the unit takes prefixes."""
    return code in table()["base"] or table()["units"].get(code, ["plain"])[0] == "metric"


def is_unit(code: str) -> bool:
    return code in table()["units"] or code in table()["base"]


def defined(value: str, definition: Unit, code: str, function: str | None) -> Unit:
    """The unit of a row of the table, whose definition has been read."""
    if function in _OFFSETS:
        step = Fraction(value) * definition.factor
        return Unit(step, definition.powers, step * _OFFSETS[function])
    if function is not None:
        return Unit(powers={code: 1})
    return Unit(Fraction(value) * definition.factor, definition.powers)
