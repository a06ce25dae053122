"""The codes of value sets that elements are bound to with strength `required` (R4 4.1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from kedja.spec.tables import entry


@cache
def required_systems(valueset_url: str) -> Mapping[str, frozenset[str]] | None:
    """{system: its codes in this value set}; a version after `|` is ignored.

    None where the value set is not one of a required binding, or follows a grammar (media types, UCUM, currencies).
    """
    found = entry("codes", valueset_url.partition("|")[0], dict[str, list[str]])
    if found is None:
        return None
    return MappingProxyType({system: frozenset(codes) for system, codes in found.items()})


@cache
def required_codes(valueset_url: str) -> frozenset[str] | None:
    """The codes of all systems together; None as `required_systems`."""
    systems = required_systems(valueset_url)
    return None if systems is None else frozenset(code for codes in systems.values() for code in codes)
