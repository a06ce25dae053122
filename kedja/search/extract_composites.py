"""Composites: of each element what has to go together, as one hash, or as a row of hashes beside a range (R4 3.1.1.4.13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, Final, cast

from kedja.fhirpath.paths import Equals, Key, LeadsTo, Path, Step
from kedja.fhirpath.references import target
from kedja.search.composites import Part, Place
from kedja.search.extract_found import Found
from kedja.search.extract_numbers import IN_BASE_UNITS, QuantityRow, number_of, quantity_rows
from kedja.search.extract_references import reference_texts
from kedja.search.extract_tokens import PRESENT, Action, coding_texts, text
from kedja.search.hashing import param_hash, token_hash

MAX_PAIRS: Final = 500  # of one element; codings beyond are those of nobody's record
Rows = list[tuple[QuantityRow, bool]]  # whether it is in base units


def composite_action(resource_type: str, place: Place) -> Action:
    """What indexes one element that the composite parameters of this place are about."""
    present = token_hash(resource_type, place.name, PRESENT)
    return _together(resource_type, place, present) if place.is_exact else _beside(resource_type, place, present)


def _together(resource_type: str, place: Place, present: int) -> Action:
    def add(value: Any, found: Found) -> None:
        texts = [list(_texts(part, value, found)) for part in place.parts]
        if all(texts):
            found.tokens.add(present)
            pairs = list(product(*texts))[:MAX_PAIRS]
            found.tokens.update(token_hash(resource_type, place.name, "$".join(pair)) for pair in pairs)

    return add


def _beside(resource_type: str, place: Place, present: int) -> Action:
    written = param_hash(resource_type, place.name)
    in_base = param_hash(resource_type, f"{place.name}:{IN_BASE_UNITS}")

    def add(value: Any, found: Found) -> None:
        hashed: list[int] = []
        ranges: list[tuple[int, Rows]] = []
        for number, part in enumerate(place.parts):
            if part.kind in _RANGES:
                ranges.append((number, _rows(part, value, found)))
            else:
                texts = list(_texts(part, value, found))
                hashed += [token_hash(resource_type, part_name(place, number), each) for each in texts]
                ranges += [] if texts else [(number, [])]
        if not all(rows for _, rows in ranges):
            return
        found.tokens.add(present)
        item = found.next_item(written)
        tokens = tuple(sorted(set(hashed)))
        for number, rows in ranges:
            for row, based in rows:
                found.composites.add((in_base if based else written, item, number, tokens, *row))

    return add


def part_name(place: Place, number: int) -> str:
    return f"{place.name}${number}"


def _texts(part: Part, element: Any, found: Found) -> Iterator[str]:
    for path in part.paths:
        read = _TEXTS.get(path.type)
        if read is not None:
            for value in values_at(found.resource if part.whole else element, path.steps, found):
                yield from read(value, found)


def _rows(part: Part, element: Any, found: Found) -> Rows:
    return [
        row
        for path in part.paths
        for value in values_at(found.resource if part.whole else element, path.steps, found)
        for row in _RANGES[part.kind](value, path)
    ]


def _quantities(value: Any, path: Path) -> Rows:
    rows, based = quantity_rows(value, path.type)
    return [*((row, False) for row in rows), *([(based, True)] if based else [])]


def _numbers(value: Any, path: Path) -> Rows:
    found = number_of(value)
    return [((*found, 0, 0), False)] if found else []


def values_at(value: Any, steps: Sequence[Step], found: Found) -> Iterator[Any]:
    """The values at the end of these steps."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from values_at(item, steps, found)
    elif not steps:
        if value is not None:
            yield value
    elif isinstance(value, dict):
        holder, step = cast("dict[str, Any]", value), steps[0]
        match step:
            case Key(name):
                yield from values_at(holder.get(name), steps[1:], found)
            case Equals(name, wanted) if holder.get(name) == wanted:
                yield from values_at(holder, steps[1:], found)
            case LeadsTo(name) if (target(holder, found.resource) or {}).get("resourceType") == name:
                yield from values_at(holder, steps[1:], found)
            case _:
                return


def _coding(value: Any, _: Found) -> Iterator[str]:
    if isinstance(value, dict):
        holder = cast("dict[str, Any]", value)
        yield from coding_texts(text(holder.get("system")), text(holder.get("code")))


def _codeable_concept(value: Any, found: Found) -> Iterator[str]:
    codings: Any = cast("dict[str, Any]", value).get("coding") if isinstance(value, dict) else None
    for coding in cast("list[Any]", codings) if isinstance(codings, list) else []:
        yield from _coding(coding, found)


def _identifier(value: Any, _: Found) -> Iterator[str]:
    if isinstance(value, dict):
        holder = cast("dict[str, Any]", value)
        yield from coding_texts(text(holder.get("system")), text(holder.get("value")))


def _plain(value: Any, _: Found) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def _boolean(value: Any, _: Found) -> Iterator[str]:
    if isinstance(value, bool):
        yield "true" if value else "false"


def _reference(value: Any, found: Found) -> Iterator[str]:
    yield from reference_texts(value, found.base)


_TEXTS: Final[dict[str, Callable[[Any, Found], Iterator[str]]]] = {
    "CodeableConcept": _codeable_concept,
    "Coding": _coding,
    "Identifier": _identifier,
    "boolean": _boolean,
    "Reference": _reference,
    **dict.fromkeys(("code", "id", "string", "uri", "url", "canonical", "oid", "uuid"), _plain),
}
_RANGES: Final[dict[str, Callable[[Any, Path], Rows]]] = {"quantity": _quantities, "number": _numbers}
