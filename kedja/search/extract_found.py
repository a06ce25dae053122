"""What is gathered while one resource is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

# (param, which of the elements, which part, hashes of its discrete parts, value, lo, hi, unit, code)
CompositeRow = tuple[int, int, int, tuple[int, ...], Decimal, Decimal, Decimal, int, int]
# (param, value, unit, code, and of what is a range and no number its lo and hi)
NumberKey = tuple[int, Decimal, int, int, Decimal | None, Decimal | None]


@dataclass(slots=True)
class Found:
    """Sets, so that nothing is there twice. `base` is our own address, by which absolute references are known as ours."""

    resource: dict[str, Any]
    base: str
    tokens: set[int] = field(default_factory=set[int])
    refs: set[int] = field(default_factory=set[int])
    strings: dict[tuple[int, str], str] = field(default_factory=dict[tuple[int, str], str])  # (param, exact): folded
    dates: set[tuple[int, datetime, datetime]] = field(default_factory=set[tuple[int, datetime, datetime]])
    numbers: dict[NumberKey, tuple[Decimal, Decimal, Decimal]] = field(
        default_factory=dict["NumberKey", tuple[Decimal, Decimal, Decimal]]
    )  # value, lo, hi
    texts: dict[int, tuple[int, str]] = field(default_factory=dict[int, tuple[int, str]])  # token hash: (param, folded)
    composites: set[CompositeRow] = field(default_factory=set[CompositeRow])
    items: dict[int, int] = field(default_factory=dict[int, int])

    def next_item(self, param: int) -> int:
        """A number for one more element that this composite is about."""
        self.items[param] = self.items.get(param, -1) + 1
        return self.items[param]

    def add_number(self, param: int, value: Decimal, lo: Decimal, hi: Decimal, unit: int, code: int) -> None:
        """Equal numbers of different precision (5.4 and 5.40) are one row, with the more precise text and both ranges.

        A range (`<5`) stays beside the number 5: one row of both would be neither.
        """
        if lo + hi != value + value:
            self.numbers[param, value, unit, code, lo, hi] = (value, lo, hi)
            return
        key = (param, value, unit, code, None, None)
        if key in self.numbers:
            known, known_lo, known_hi = self.numbers[key]
            value = max(known, value, key=Decimal.as_tuple)
            lo, hi = min(known_lo, lo), max(known_hi, hi)
        self.numbers[key] = (value, lo, hi)
