"""What indexes a value: one action for each search type and FHIR type (FHIR R4 3.1.1.4, table of types)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, cast

from kedja.search.extract_dates import date_values
from kedja.search.extract_found import Found
from kedja.search.extract_numbers import IN_BASE_UNITS, number_of, quantity_rows
from kedja.search.extract_references import REFERENCES, reference_action
from kedja.search.extract_text import exact_text, fold
from kedja.search.extract_tokens import TOKENS, URIS, Action, Owners
from kedja.search.hashing import param_hash

_PARTS: Final = {
    "HumanName": ("text", "family", "given", "prefix", "suffix"),
    "Address": ("text", "line", "city", "district", "state", "postalCode", "country"),
}
_DATES: Final = frozenset({"date", "dateTime", "instant", "Period", "Timing"})
_NUMBERS: Final = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})
_QUANTITIES: Final = frozenset({"Quantity", "Age", "Duration", "Count", "Distance", "Money", "Range", "SampledData"})

Codes = tuple[str, ...]


@cache
def action(kind: str, type_name: str, resource_type: str, codes: Codes) -> Action | None:
    """What indexes a value of this FHIR type for these parameters of one search type; None where R4 gives them no meaning."""
    make = ACTIONS.get(kind)
    return make(type_name, resource_type, codes) if make else None


def _token(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    make = TOKENS.get(type_name)
    return make(Owners(resource_type, codes)) if make else None


def _uri(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    make = URIS.get(type_name)
    return make(Owners(resource_type, codes)) if make else None


def _reference(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    return reference_action(resource_type, codes) if type_name in REFERENCES else None


def _string(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    params = _params(resource_type, codes)

    def add(value: Any, found: Found) -> None:
        if isinstance(value, str):
            exact, folded = exact_text(value), fold(value)
            for param in params:
                found.strings[param, exact] = folded

    if type_name in ("string", "markdown"):
        return add
    return _parts(_PARTS[type_name], add) if type_name in _PARTS else None


def _parts(names: Sequence[str], add: Action) -> Action:
    def add_parts(value: Any, found: Found) -> None:
        if not isinstance(value, dict):
            return
        holder = cast("dict[str, Any]", value)
        for name in names:
            part = holder.get(name)
            for text in cast("list[Any]", part) if isinstance(part, list) else (part,):
                add(text, found)

    return add_parts


def _date(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    params = _params(resource_type, codes)

    def add(value: Any, found: Found) -> None:
        for lo, hi in date_values(value, type_name):
            for param in params:
                found.dates.add((param, lo, hi))

    return add if type_name in _DATES else None


def _number(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    if type_name == "Range":
        return _quantity(type_name, resource_type, codes)
    params = _params(resource_type, codes)

    def add(value: Any, found: Found) -> None:
        if (number := number_of(value)) is not None:
            for param in params:
                found.add_number(param, *number, 0, 0)

    return add if type_name in _NUMBERS else None


def _quantity(type_name: str, resource_type: str, codes: Codes) -> Action | None:
    in_base_units = _params(resource_type, tuple(f"{code}:{IN_BASE_UNITS}" for code in codes))
    params = _params(resource_type, codes)

    def add(value: Any, found: Found) -> None:
        rows, in_base = quantity_rows(value, type_name)
        for row in rows:
            for param in params:
                found.add_number(param, *row)
        if in_base is not None:
            for param in in_base_units:
                found.add_number(param, *in_base)

    return add if type_name in _QUANTITIES else None


def _params(resource_type: str, codes: Codes) -> tuple[int, ...]:
    return tuple(param_hash(resource_type, code) for code in codes)


# `composite` and `special` have no entry: the first is answered from the parts of the resource, the second by its own rule.
ACTIONS: Final[dict[str, Callable[[str, str, Codes], Action | None]]] = {
    "token": _token,
    "uri": _uri,
    "reference": _reference,
    "string": _string,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
}
