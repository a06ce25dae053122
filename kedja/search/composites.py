"""Composite parameters: which elements they are about, and what of each element has to go together (FHIR R4 3.1.1.4.13)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kedja import fhirpath
from kedja.fhirpath.paths import Path, Step, paths
from kedja.search.groups import Group, groups
from kedja.search.parameters import parameters_of, stamp
from kedja.spec import Component, SearchParameter

_WHOLE: Final = "%resource."
DISCRETE: Final = frozenset({"token", "reference", "uri"})
RANGED: Final = frozenset({"number", "quantity"})
# R4 has the expressions of the two parts in each other's place (DocumentReference-relationship).
_AS_MEANT: Final = {
    ("DocumentReference", "relationship"): (Component("relatesto", "target"), Component("relation", "code")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """`paths` lead from the element to the values; from the resource where `whole`. `kind` is the part's search type."""

    definition: SearchParameter
    paths: tuple[Path, ...]
    whole: bool
    groups: tuple[Group, ...]  # where the same values are indexed by themselves

    @property
    def kind(self) -> str:
        return self.definition.type


@dataclass(frozen=True, slots=True)
class Place:
    """The elements at `steps`, whose parts go together. `name` stands for them in the index.

    Where the element is the resource itself (no steps) there is one alone: the parts are asked for side by side.
    """

    name: str
    codes: tuple[str, ...]
    steps: tuple[Step, ...]
    type: str
    parts: tuple[Part, ...]

    @property
    def is_exact(self) -> bool:
        """Whether all of its parts are compared for equality."""
        return all(part.kind in DISCRETE for part in self.parts)


def places(resource_type: str, code: str) -> tuple[Place, ...]:
    """The elements that a composite parameter is about."""
    return tuple(place for place in all_places(resource_type) if code in place.codes)


def all_places(resource_type: str) -> tuple[Place, ...]:
    """Of every composite parameter of the type; those with the same elements and parts share a place."""
    return _places(resource_type, stamp())


@lru_cache(maxsize=1024)
def _places(resource_type: str, _stamp: int) -> tuple[Place, ...]:
    gathered: dict[tuple[Path, tuple[str, ...]], list[tuple[SearchParameter, tuple[Part, ...]]]] = {}
    for parameter in parameters_of(resource_type).values():
        if parameter.type != "composite":
            continue
        components = _AS_MEANT.get((resource_type, parameter.code), parameter.components)
        for element in paths(fhirpath.parse(parameter.expression), resource_type) or ():
            parts = tuple(_part(resource_type, element, component) for component in components)
            gathered.setdefault((element, tuple(each.expression for each in components)), []).append((parameter, parts))
    return tuple(_place(element, found) for (element, _), found in gathered.items())


def _place(element: Path, found: list[tuple[SearchParameter, tuple[Part, ...]]]) -> Place:
    codes = tuple(sorted(parameter.code for parameter, _ in found))
    return Place("+".join(codes), codes, element.steps, element.type, found[0][1])


def _part(resource_type: str, element: Path, component: Component) -> Part:
    definition = parameters_of(resource_type)[component.code]
    whole = component.expression.startswith(_WHOLE)
    start = resource_type if whole else element.type
    expression = component.expression.removeprefix(_WHOLE)
    ends = paths(fhirpath.parse(expression), start) or ()
    absolute = {(() if whole else element.steps) + path.steps for path in ends}
    own = groups(resource_type, component.code)
    near = tuple(group for group in own if any(path.steps in absolute for path in group.paths))
    return Part(definition, ends, whole, near or (own if not element.steps else ()))
