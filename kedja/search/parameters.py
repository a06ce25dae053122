"""The search parameters of this installation: R4's own, and the active SearchParameters that were added to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from kedja import definitions, spec
from kedja.outcome import OutcomeError
from kedja.search.added import Resource, is_active, read
from kedja.spec import SearchParameter


def stamp() -> int:
    """Another number whenever other parameters are added; 0 where there are none. For caches of what is made from them."""
    return definitions.current().stamp("SearchParameter")


def parameters_of(resource_type: str) -> Mapping[str, SearchParameter]:
    """Every search parameter of this type, by its code. Raises KeyError for what is no resource type."""
    own = spec.search_parameters(resource_type)
    added = added_parameters()
    if resource_type not in added:
        return own
    return _with(resource_type, stamp())


def added_parameters() -> Mapping[str, Mapping[str, SearchParameter]]:
    """{resource type: {code: parameter}} of those that are not R4's. What cannot be used is left out."""
    return _added(stamp())


def is_added(resource_type: str, code: str) -> bool:
    return code in added_parameters().get(resource_type, ())


@lru_cache(maxsize=1024)
def _with(resource_type: str, _stamp: int) -> Mapping[str, SearchParameter]:
    return MappingProxyType({**spec.search_parameters(resource_type), **_added(_stamp)[resource_type]})


@lru_cache(maxsize=4)
def _added(_stamp: int) -> Mapping[str, Mapping[str, SearchParameter]]:
    """Later versions of one url stand later, and count."""
    found: dict[str, dict[str, SearchParameter]] = {}
    for resource in definitions.current().all("SearchParameter"):
        for base, parameter in _usable(resource):
            found.setdefault(base, {})[parameter.code] = parameter
    return MappingProxyType({base: MappingProxyType(known) for base, known in found.items()})


def _usable(resource: Resource) -> Iterator[tuple[str, SearchParameter]]:
    """Packages carry R4's own parameters and narrower ones of the same code: those stay as R4 has them."""
    if not is_active(resource):
        return
    try:
        yield from read(resource).items()
    except OutcomeError:
        return
