"""An immutable snapshot of definitions, and the one that this process goes by."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any, Final

Resource = dict[str, Any]

# The types that change how the service behaves.
TYPES: Final = ("CodeSystem", "ConceptMap", "Questionnaire", "SearchParameter", "StructureDefinition", "ValueSet")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class _OfType:
    """The definitions of one type. `stamp` is another number whenever they are others."""

    stamp: int
    every: tuple[Resource, ...]
    by_canonical: Mapping[str, Resource]  # "url" (its latest version) and "url|version"


_NOTHING: Final = _OfType(0, (), MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of an installation. What is compiled from them is kept by `generation`, or by one type's `stamp`."""

    generation: int
    _types: Mapping[str, _OfType] = field(repr=False)

    def find(self, resource_type: str, canonical: str) -> Resource | None:
        """The definition with this canonical, `url` or `url|version`; without a version the latest (R4 2.3.0.2)."""
        return self._types.get(resource_type, _NOTHING).by_canonical.get(canonical)

    def all(self, resource_type: str) -> tuple[Resource, ...]:
        """Every definition of the type, each version of each, ordered by canonical."""
        return self._types.get(resource_type, _NOTHING).every

    def stamp(self, resource_type: str) -> int:
        """A number that stays as long as the definitions of this type are the same; 0 where there are none."""
        return self._types.get(resource_type, _NOTHING).stamp


EMPTY: Final = Definitions(0, MappingProxyType({}))


def of(resources: Iterable[Resource], former: Definitions = EMPTY) -> Definitions:
    """The snapshot of these resources; those that have no `url` and those that are retired define nothing.

    Of two with the same url and version the later in the order counts. Where nothing differs from `former` it is `former`.
    """
    found: dict[str, dict[str, Resource]] = {}
    for resource in resources:
        url, kind = resource.get("url"), resource.get("resourceType")
        if isinstance(url, str) and isinstance(kind, str) and resource.get("status") != "retired":
            found.setdefault(kind, {})[f"{url}|{resource.get('version', '')}"] = resource
    types = {kind: _of_type(former, kind, versions) for kind, versions in found.items()}
    if {kind: held.stamp for kind, held in types.items()} == {kind: held.stamp for kind, held in former._types.items()}:  # pyright: ignore[reportPrivateUsage]
        return former
    return Definitions(next(_numbers), MappingProxyType(types))


def _of_type(former: Definitions, kind: str, versions: Mapping[str, Resource]) -> _OfType:
    ordered = sorted(versions.items(), key=lambda item: _order(item[0]))
    every = tuple(resource for _, resource in ordered)
    known = former.all(kind)
    if len(known) == len(every) and all(one is other for one, other in zip(known, every)):
        return former._types[kind]  # pyright: ignore[reportPrivateUsage]
    by_canonical: dict[str, Resource] = {}
    for canonical, resource in ordered:
        by_canonical[canonical.removesuffix("|")] = resource
        by_canonical[str(resource["url"])] = resource
    return _OfType(next(_numbers), every, MappingProxyType(by_canonical))


@lru_cache(maxsize=16384)  # all are put in order again with each that is written
def _order(canonical: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """By url, then by version, number parts as numbers: 4.10.0 comes after 4.9.0."""
    url, _, version = canonical.partition("|")
    return url, tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.replace("-", ".").split("."))


_current = EMPTY


def current() -> Definitions:
    """What this process goes by now."""
    return _current


def install(definitions: Definitions) -> None:
    """Go by these from now on; what already runs goes on with what it began with."""
    global _current
    _current = definitions


@contextmanager
def using(definitions: Definitions) -> Generator[Definitions]:
    """Go by these inside the block, for tests and commands."""
    former = current()
    install(definitions)
    try:
        yield definitions
    finally:
        install(former)
