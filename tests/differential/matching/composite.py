"""composite (FHIR R4 3.1.1.4.13): `part$part`, every part of the same place in the resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.matching.escapes import split

Matches = Callable[[Any, str, str], bool]


def matches(place: list[tuple[str, list[Any]]], asked: str, by_type: dict[str, Matches]) -> bool:
    """`place`: (search type, values) of every part."""
    wanted = split(asked, "$")
    return len(wanted) == len(place) and all(
        any(by_type[kind](value, "", part) for value in values) for (kind, values), part in zip(place, wanted)
    )
