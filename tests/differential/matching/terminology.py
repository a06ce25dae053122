"""Sets of codes (FHIR R4 3.1.1.4.10): `:not`, `:in`, `:not-in`, `:below`, `:above`, by what is stored here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.differential.matching import token
from tests.differential.matching.escapes import plain, split

# What R4 itself defines, as far as the material has it.
BUILT_IN = {
    "http://terminology.hl7.org/CodeSystem/condition-clinical": [
        {"code": "active", "concept": [{"code": "recurrence"}, {"code": "relapse"}]},
        {"code": "inactive", "concept": [{"code": "remission"}, {"code": "resolved"}]},
    ]
}
MODIFIERS = ("in", "not-in", "above", "below")
Code = tuple[str | None, str | None]


def matches(world: Any, values: Sequence[Any], modifier: str, asked: str) -> bool:
    """`not-in` turns around the whole parameter, as `not` does."""
    have = {(one.system, one.code) for value in values for one in token.codes(value)}
    if modifier in ("in", "not-in"):
        found = any(have & _members(world, plain(each)) for each in split(asked, ","))
        return found if modifier == "in" else not found
    wanted: set[Code] = set()
    for each in split(asked, ","):
        system, code = [plain(part) for part in split(each, "|")]
        wanted |= {(system, one) for one in _kin(world, system, code, modifier)}
    return bool(have & wanted)


def _members(world: Any, url: str) -> set[Code]:
    """What the ValueSet of this address has in it: `compose.include` by concepts, by a filter `is-a`, or a whole system."""
    found: set[Code] = set()
    for held in world.of_type["ValueSet"]:
        if held.resource.get("url") == url:
            for part in held.resource["compose"]["include"]:
                found |= {(part["system"], code) for code in _of(world, part)}
    return found


def _of(world: Any, part: dict[str, Any]) -> set[str]:
    if "concept" in part:
        return {one["code"] for one in part["concept"]}
    if "filter" in part:
        return {code for one in part["filter"] for code in _kin(world, part["system"], one["value"], "below")}
    return {code for code, _ in _tree(world, part["system"])}


def _kin(world: Any, system: str, code: str, way: str) -> set[str]:
    """The code itself and what is `below` or `above` it."""
    pairs = dict(_tree(world, system))
    if way == "above":
        return {code, *pairs.get(code, ())}
    return {code, *(one for one, parents in pairs.items() if code in parents)}


def _tree(world: Any, system: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(code, all that are above it)."""
    yield from _walk(BUILT_IN.get(system, []), ())
    for held in world.of_type["CodeSystem"]:
        if held.resource.get("url") == system:
            yield from _walk(held.resource.get("concept", []), ())


def _walk(concepts: list[dict[str, Any]], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in concepts:
        yield one["code"], above
        yield from _walk(one.get("concept", []), (*above, one["code"]))
