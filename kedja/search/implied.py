"""The systems that elements without a system of their own have: of `code` by its binding, of `boolean` (FHIR R4 3.1.1.4.10).

Nothing of it is in the index: `http://hl7.org/fhir/administrative-gender|male` is asked of it as `male`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from kedja import spec
from kedja.search.groups import Group

_BOOLEANS: Final = ("http://terminology.hl7.org/CodeSystem/special-values", "http://hl7.org/fhir/special-values")
_NO_SYSTEM: Final = frozenset({"string", "id", "uri", "ContactPoint"})
# Value sets of which the codes follow a grammar: any text is one.
_GRAMMARS: Final = {
    "http://hl7.org/fhir/ValueSet/mimetypes": "urn:ietf:bcp:13",
    "http://hl7.org/fhir/ValueSet/all-languages": "urn:ietf:bcp:47",
    "http://hl7.org/fhir/ValueSet/languages": "urn:ietf:bcp:47",
    "http://hl7.org/fhir/ValueSet/currencies": "urn:iso:std:iso:4217",
    "http://hl7.org/fhir/ValueSet/ucum-units": "http://unitsofmeasure.org",
}


def texts_of(group: Group, system: str | None, code: str) -> tuple[str, ...]:
    """The texts in the index that this token is one of. `system`: None for any, `""` for none; `code` `""` for any."""
    if system is None:
        return (code,)
    if group.types == frozenset({"code"}):
        return _of_code(group, system, code)
    if group.types <= {"boolean", "System.Boolean"} and group.types:
        return _known({name: frozenset({"true", "false"}) for name in _BOOLEANS}, system, code)
    if group.types and group.types <= _NO_SYSTEM:
        return (code,) if not system else ()
    return (f"{system}|{code}",)


def _of_code(group: Group, system: str, code: str) -> tuple[str, ...]:
    if not group.valuesets:
        return (code,) if not system else ()
    if any(_GRAMMARS.get(url) == system for url in group.valuesets):
        return (code,)
    return _known(_systems(group.valuesets), system, code)


def _known(systems: Mapping[str, frozenset[str]], system: str, code: str) -> tuple[str, ...]:
    codes = systems.get(system, frozenset())
    if not code:
        return tuple(sorted(codes))
    return (code,) if code in codes else ()


@cache
def _systems(valuesets: frozenset[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for url in valuesets:
        for system, codes in (spec.required_systems(url) or {}).items():
            found[system] = found.get(system, frozenset()) | codes
    return found
