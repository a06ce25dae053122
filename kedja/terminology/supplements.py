"""Supplements: designations and properties that somebody else adds to the concepts of a code system (R4 4.8.9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

Json = dict[str, Any]
_ADDED: Final = ("designation", "property")


def added(resource: Json, supplements: Iterable[Json]) -> Json:
    """The CodeSystem with what the supplements say of its concepts; concepts of theirs that it does not have are left out."""
    found: dict[str, list[Json]] = {}
    declared = cast("list[Json]", resource.get("property", []))
    for supplement in supplements:
        declared = declared + [each for each in supplement.get("property", []) if each not in declared]
        _gather(cast("list[Json]", supplement.get("concept", [])), found)
    concepts = [_concept(each, found) for each in cast("list[Json]", resource.get("concept", []))]
    return {**resource, "concept": concepts, **({"property": declared} if declared else {})}


def of(supplements: Iterable[Json], url: str, version: str) -> list[Json]:
    """Those that are of this code system, in this version where they name one."""
    wanted = (url, f"{url}|{version}")
    return [each for each in supplements if each.get("supplements") in wanted]


def _gather(concepts: list[Json], found: dict[str, list[Json]]) -> None:
    for concept in concepts:
        found.setdefault(str(concept.get("code")), []).append(concept)
        _gather(cast("list[Json]", concept.get("concept", [])), found)


def _concept(concept: Json, found: dict[str, list[Json]]) -> Json:
    whole = dict(concept)
    for extra in found.get(str(concept.get("code")), []):
        for name in _ADDED:
            if name in extra:
                whole[name] = [*whole.get(name, []), *extra[name]]
    if "concept" in concept:
        whole["concept"] = [_concept(each, found) for each in cast("list[Json]", concept["concept"])]
    return whole
