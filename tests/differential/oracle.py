"""The slow search: looks at every resource for every parameter. What FHIR R4 3.1.1 says, as plainly as it can be said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kedja import spec
from tests.differential import filters, words
from tests.differential.matching import composite, date, quantity, reference, string, terminology, token, uri
from tests.differential.matching.escapes import plain, split
from tests.differential.world import BASE, Held, World

Pairs = Sequence[tuple[str, str]]
Matches = Callable[[Any, str, str], bool]
BY_TYPE: dict[str, Matches] = {
    "string": string.matches,
    "token": token.matches,
    "date": date.matches,
    "number": quantity.matches,
    "quantity": quantity.matches,
    "uri": uri.matches,
}
SORT_VALUES: dict[str, Callable[[Any], list[Any]]] = {
    "string": string.sort_values,
    "date": date.sort_values,
    "number": quantity.sort_values,
    "quantity": quantity.sort_values,
    "token": token.sort_values,
    "reference": reference.sort_values,
    "uri": uri.sort_values,
}
MAX_LEVELS = 5  # references that `:iterate` follows
CONTROLS = ("_sort", "_count", "_total", "_summary", "_type")


@dataclass(frozen=True)
class Asked:
    """`type` is empty for a search over all; `compartment` is the resource whose compartment is searched, or empty."""

    type: str
    pairs: tuple[tuple[str, str], ...]
    compartment: str = ""


@dataclass(frozen=True)
class Oracle:
    """`sees`: the references of what the one who asks may read; nothing else is there for them."""

    world: World
    sees: set[str]

    @cached_property
    def same(self) -> dict[str, set[str]]:
        """The Patients of one person stand for each other where the one that is named may be read."""
        return {place: places for place, places in self.world.same.items() if place in self.sees}

    def search(self, asked: Asked) -> list[Held]:
        """All matches, over all pages, in order."""
        given = [(name, value) for name, value in asked.pairs if not _is_control(name)]
        there = [one for name in _types(asked) for one in self._visible(name)]
        found = [one for one in there if all(self.meets(one, name, value) for name, value in given)]
        if asked.compartment:
            found = [one for one in found if self._in_compartment(one, asked.compartment)]
        found = sorted(found, key=lambda one: -one.key)
        for code in reversed([code for name, value in asked.pairs if name == "_sort" for code in value.split(",")]):
            found = self._sorted(found, code)
        return found

    def _visible(self, resource_type: str) -> Iterator[Held]:
        names = [resource_type] if resource_type else list(self.world.of_type)
        return (one for name in names for one in self.world.of_type.get(name, ()) if one.reference in self.sees)

    def meets(self, held: Held, name: str, value: str) -> bool:
        if name.startswith("_has:"):
            return self._has(held, name, value)
        head, dot, rest = name.partition(".")
        code, _, modifier = head.partition(":")
        if dot:
            return self._chain(held, code, modifier, rest, value)
        if code == "_list":
            return any(self._listed(held, each) for each in split(value, ","))
        if code == "_filter":
            return filters.holds(self, held, value)
        if code in _OF_THE_RESOURCE:
            return any(_OF_THE_RESOURCE[code](self, held, each) for each in split(value, ","))
        return self._parameter(held, code, modifier, value)

    def _chain(self, held: Held, code: str, wanted: str, rest: str, value: str) -> bool:
        """The parameter behind the point is asked of what is referred to, where its type has such a parameter."""
        return any(
            self.meets(one, rest, value)
            for one in self.world.targets(held, code)
            if one.reference in self.sees and wanted in ("", one.type) and self.knows(one.type, rest)
        )

    def _has(self, held: Held, name: str, value: str) -> bool:
        _, source, code, rest = name.split(":", 3)
        referring = self.world.referring(source, code).get(held.reference, ())
        return any(self.meets(one, rest, value) for one in referring if one.reference in self.sees)

    def _listed(self, held: Held, list_id: str) -> bool:
        listing = self.world.by_place.get(f"List/{plain(list_id)}")
        return bool(listing and listing.reference in self.sees and held.reference in self.world.leads_to(listing, "item"))

    def knows(self, resource_type: str, name: str) -> bool:
        code = name.split(":")[0].split(".")[0]
        return code == "_has" or code in spec.search_parameters(resource_type)

    def _parameter(self, held: Held, code: str, modifier: str, value: str) -> bool:
        definition = spec.search_parameters(held.type)[code]
        if definition.type == "composite":
            places = self.world.composed(held, code)
            return any(composite.matches(place, each, BY_TYPE) for place in places for each in split(value, ","))
        values = self.world.values(held, code)
        if modifier == "missing":
            return (not values) == (value == "true")
        if modifier in terminology.MODIFIERS and definition.type == "token":
            return terminology.matches(self.world, values, modifier, value)
        asked = split(value, ",")
        if definition.type == "reference":
            return any(
                reference.matches(one, modifier, each, BASE, definition.target, self.same) for one in values for each in asked
            )
        found = any(BY_TYPE[definition.type](one, modifier, each) for one in values for each in asked)
        return not found if modifier == "not" else found

    def _in_compartment(self, held: Held, compartment: str) -> bool:
        """One of the parameters that the compartment's definition names leads to its resource."""
        if held.reference == compartment:
            return True
        same = self.same.get(compartment, {compartment})
        codes = spec.compartment(compartment.split("/")[0]).get(held.type, ())
        return any(place in same for code in codes for place in self.world.leads_to(held, code))

    def _sorted(self, found: list[Held], code: str) -> list[Held]:
        """Stable. Of several values the least counts, downwards the greatest; what has none comes last."""
        down, name = code.startswith("-"), code.removeprefix("-")
        pick = max if down else min
        values = {one.reference: pick(of) for one in found if (of := self._sort_values(one, name))}
        with_value = [one for one in found if one.reference in values]
        ordered = sorted(set(values.values()), reverse=down)
        places = {value: place for place, value in enumerate(ordered)}
        rest = [one for one in found if one.reference not in values]
        return sorted(with_value, key=lambda one: places[values[one.reference]]) + rest

    def _sort_values(self, held: Held, code: str) -> list[Any]:
        if code == "_id":
            return [held.id]
        if code == "_lastUpdated":
            return [held.updated]
        kind = spec.search_parameters(held.type)[code].type
        return [one for value in self.world.values(held, code) for one in SORT_VALUES[kind](value)]

    def included(self, page: Sequence[str], pairs: Pairs) -> set[str]:
        """What comes with a page of these matches; with `:iterate` what comes with that too, so many references on."""
        includes = [(name, value) for name, value in pairs if name.startswith(("_include", "_revinclude"))]
        found: set[str] = set()
        ahead = list(page)
        for _ in range(MAX_LEVELS):
            fresh = {one for name, value in includes for one in self._include(ahead, name, value)} - found - set(page)
            found |= fresh
            ahead = list(fresh)
            includes = [(name, value) for name, value in includes if name.endswith(":iterate")]
        return found

    def _include(self, seeds: Sequence[str], name: str, value: str) -> set[str]:
        source, code, target = [*value.split(":"), "", ""][:3] if ":" in value else ("*", "*", "")
        held = [self.world.by_place[seed] for seed in seeds if seed in self.world.by_place]
        if name.startswith("_include"):
            of = [one for one in held if source in ("*", one.type)]
            led = [to for one in of for each in _codes(one.type, code) for to in self.world.targets(one, each)]
            found = {one.reference for one in led if target in ("", one.type)}
        else:
            types = list(self.world.of_type) if source == "*" else [source]
            wanted = [one.reference for one in held if target in ("", one.type)]
            found = {
                one.reference
                for name in types
                for each in _codes(name, code)
                for place in wanted
                for one in self.world.referring(name, each).get(place, ())
            }
        return {place for place in found if place in self.sees and place in self.world.by_place}


def _is_control(name: str) -> bool:
    return name in CONTROLS or name.startswith(("_include", "_revinclude"))


def _types(asked: Asked) -> list[str]:
    """The types that are searched: [""] for all."""
    named = [name for code, value in asked.pairs if code == "_type" for name in value.split(",")]
    return [asked.type] if asked.type else named or [""]


def _codes(resource_type: str, code: str) -> list[str]:
    known = spec.search_parameters(resource_type)
    every = [name for name, found in known.items() if found.type == "reference"]
    return every if code == "*" else [code] if code in every else []


def _last_updated(oracle: Oracle, held: Held, value: str) -> bool:
    prefix, text = date.prefixed(value)
    lo, hi = date.span(text)
    inside, after, before = lo <= held.updated < hi, held.updated >= hi, held.updated < lo
    return {
        "eq": inside,
        "ne": not inside,
        "gt": after,
        "sa": after,
        "lt": before,
        "eb": before,
        "ge": inside or after,
        "le": inside or before,
    }[prefix]


_OF_THE_RESOURCE: dict[str, Callable[[Oracle, Held, str], bool]] = {
    "_id": lambda oracle, held, value: held.id == plain(value),
    "_text": lambda oracle, held, value: words.in_narrative(held.resource, value),
    "_content": lambda oracle, held, value: words.anywhere(held.resource, value),
    "_lastUpdated": _last_updated,
}
