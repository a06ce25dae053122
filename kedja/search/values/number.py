"""number: with prefixes, and by the precision that is written (FHIR R4 3.1.1.4.4)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from kedja.search.extract_numbers import number_range
from kedja.search.nodes import NumberRange, Numbers
from kedja.search.values.context import Asking, bad_value, prefixed

_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)


def resolve(asking: Asking) -> Numbers:
    return Numbers(asking.params, tuple(number(asking, value) for value in asking.parameter.values))


def number(asking: Asking, value: str) -> NumberRange:
    """The number with its prefix, and the range that it stands for. `ap`: within a tenth."""
    prefix, text = prefixed(value)
    if not _NUMBER.fullmatch(text):
        raise bad_value(asking.parameter, value, "write a number as 5.4, ge5.40 or 1e-3")
    exact, lo, hi = number_range(text)
    if prefix == "ap":
        margin = abs(exact) / Decimal(10)
        lo, hi = exact - margin, exact + margin
    return NumberRange(prefix, exact, lo, hi)
