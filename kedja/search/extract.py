"""The index values of a resource: hashes for exact comparison, rows for text, dates and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kedja.search.extract_dates import date_range
from kedja.search.extract_found import CompositeRow, Found
from kedja.search.extract_numbers import number_range
from kedja.search.extract_plan import Evaluated, evaluated, follow, plan, selected
from kedja.search.extract_references import literal, reference_texts
from kedja.search.extract_text import fold
from kedja.search.parameters import parameters_of, stamp
from kedja.search.published import names

__all__ = ["Index", "date_range", "extract", "fold", "literal", "number_range", "reference_values"]


@dataclass(frozen=True, slots=True)
class Index:
    """Sorted and without repetitions, so that equal resources have equal indexes, whatever the order of their keys.

    A parameter that has any value has also the token (reference) of the empty text, by which `:missing` is answered:
    `token_hash(type, code, "")` in `tokens`, `reference_hash(type, code, "")` in `refs`.
    """

    tokens: list[int]  # token_hash of each text of token and uri parameters
    refs: list[int]  # reference_hash of each reference
    strings: list[tuple[int, str, str]]  # param_hash, folded, exact (its first 600 characters)
    dates: list[tuple[int, datetime, datetime]]  # param_hash, [lo, hi) in UTC; open ends: the first and last datetime
    numbers: list[
        tuple[int, Decimal, Decimal, Decimal, int, int]
    ]  # param_hash, value, lo, hi, hash64("system|code"), hash64(code)
    composites: list[CompositeRow]
    texts: list[tuple[int, int, str]]  # token_hash, param_hash, folded: what the tokens of `:text` stand for


def extract(resource: dict[str, Any], base: str = "") -> Index:
    """The values of every R4 search parameter of the resource, and of those that were added; not `_id` and `_lastUpdated`.

    `base` is our own address (`https://x.org/fhir`): absolute references under it count as `Type/id`. Odd values are
    passed over. Raises KeyError where `resourceType` is no type of R4.
    """
    resource_type = resource["resourceType"]
    found = Found(resource, base)
    follow(plan(resource_type), resource_type, found)
    found.tokens.update(names(resource))
    return Index(
        sorted(found.tokens),
        sorted(found.refs),
        sorted((param, folded, exact) for (param, exact), folded in found.strings.items()),
        sorted(found.dates),
        sorted((param, *row, unit, code) for (param, _, unit, code, *_), row in found.numbers.items()),
        sorted(found.composites),
        sorted((hashed, *text) for hashed, text in found.texts.items()),
    )


def reference_values(resource: dict[str, Any], param: str, base: str = "") -> list[str]:
    """What the reference parameter `param` of the resource leads to: `Type/id`, or an absolute address; sorted.

    Raises KeyError for an unknown type or parameter.
    """
    items = selected(_evaluated(resource["resourceType"], param, stamp()), resource)
    return sorted({text for item in items for text in reference_texts(item.value, base)})


@lru_cache(maxsize=4096)
def _evaluated(resource_type: str, param: str, _stamp: int) -> Evaluated:
    return evaluated(parameters_of(resource_type)[param], resource_type)
