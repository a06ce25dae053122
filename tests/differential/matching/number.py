"""number (FHIR R4 3.1.1.4.4): eq, ne by the digits that are written; the other prefixes by the exact value; ap: within a tenth.

Matched as quantities are, which are numbers with a unit (`RiskAssessment.probability` may be a Range besides).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

LOWEST, HIGHEST = Decimal("-1E+300"), Decimal("1E+300")


def precision(text: str) -> tuple[Decimal, Decimal]:
    """100 is [99.5, 100.5), 100.00 is [99.995, 100.005), 1e2 is [95, 105)."""
    number = Decimal(text)
    mantissa, _, power = text.lower().partition("e")
    last = int(Decimal(mantissa).as_tuple().exponent)
    if power:
        last = min(last, -1) + int(power)
    half = Decimal(5).scaleb(last - 1)
    return number - half, number + half


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def compare(have: Decimal, prefix: str, text: str) -> bool:
    number, (lo, hi) = Decimal(text), precision(text)
    return {
        "eq": lo <= have < hi,
        "ne": not lo <= have < hi,
        "gt": have > number,
        "sa": have > number,
        "lt": have < number,
        "eb": have < number,
        "ge": have >= number,
        "le": have <= number,
        "ap": abs(have - number) <= abs(number) / 10,
    }[prefix]
