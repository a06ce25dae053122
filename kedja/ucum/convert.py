"""Values in one unit to values in another, without loss (UCUM 2.2, section 4: semantics)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from kedja.ucum.grammar import NotUcum, parse
from kedja.ucum.units import Unit

_KEPT: Final = 4096  # codes remembered; a clinical repository knows some hundred
_FACTOR: Final = Context(prec=60)
_VALUE: Final = Context(prec=34)


@dataclass(frozen=True, slots=True)
class Canonical:
    """value in base units = value * factor + offset; `unit` is the same for all codes that can be converted to each other."""

    factor: Decimal
    offset: Decimal
    unit: str

    def base(self, value: Decimal) -> Decimal:
        """The value in base units, rounded to 34 digits: equal amounts give equal numbers, whatever unit they came in."""
        return _VALUE.plus(_FACTOR.fma(value, self.factor, self.offset)).normalize(_VALUE)


@lru_cache(maxsize=_KEPT)
def canonical(code: str) -> Canonical | None:
    """The unit that `code` stands for, in base units (`mmol/L` is 6.02214076E+23 of `m-3`); None for what is not UCUM."""
    unit = _unit(code)
    if unit is None:
        return None
    return Canonical(_decimal(unit.factor, _FACTOR), _decimal(unit.offset, _FACTOR), unit.dimension)


def is_valid(code: str) -> bool:
    """Whether the text is a code of UCUM, case sensitive."""
    return _unit(code) is not None


def convert(value: Decimal, from_code: str, to_code: str) -> Decimal | None:
    """The value in the other unit, exact up to 34 digits; None where a code is not UCUM or the units do not measure the same.

    Units on a logarithmic or other curved scale (`[pH]`, `dB`, `[hp'_X]`) convert to their own multiples only.
    """
    source, target = _unit(from_code), _unit(to_code)
    if source is None or target is None or source.dimension != target.dimension:
        return None
    in_base = Fraction(value) * source.factor + source.offset
    return _decimal((in_base - target.offset) / target.factor, _VALUE)


def reduced(value: Decimal, code: str) -> tuple[Fraction, str] | None:
    """The exact amount in base units and their dimension, to compare quantities by; None for what is not UCUM."""
    unit = _unit(code)
    return None if unit is None else (Fraction(value) * unit.factor + unit.offset, unit.dimension)


@lru_cache(maxsize=_KEPT)
def _unit(code: str) -> Unit | None:
    try:
        return parse(code)
    except NotUcum:
        return None


def _decimal(number: Fraction, context: Context) -> Decimal:
    return context.divide(Decimal(number.numerator), Decimal(number.denominator))
