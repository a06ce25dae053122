"""What came of it: a measure against its baseline, and what a thing is called so that two names of it are one."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

_MOST: Final = Decimal("1e12")


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


def verdict(direction: str, baseline: Decimal, value: Decimal) -> Verdict:
    """Whether a value is better than the baseline; `direction` is which way is better: `lower` or `higher`."""
    if value == baseline:
        return Verdict.SAME
    return Verdict.BETTER if (value < baseline) == (direction == "lower") else Verdict.WORSE


def reached(direction: str, target: Decimal, value: Decimal) -> bool:
    """Whether a value reaches the target."""
    return value <= target if direction == "lower" else value >= target


def amount(text: str) -> Decimal | None:
    """A number as people write it: `12,5`, `1 200`. None for what is none, or beyond 10^12."""
    try:
        value = Decimal(text.strip().replace("\xa0", "").replace(" ", "").replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < _MOST else None


def thing(name: str) -> str:
    """The name of a product, app or method as it is compared: lower case, single spaces."""
    return " ".join(name.casefold().split())
