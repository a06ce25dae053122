"""Required bindings (R4 4.1.5) of `code`, `Coding` and `CodeableConcept`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final, cast

from kedja import spec, terminology
from kedja.validation.faults import Check, Fault, nearest, shown
from kedja.validation.primitives import bound_code
from kedja.validation.scope import Scope

_LANGUAGES: Final = "http://hl7.org/fhir/ValueSet/languages"
_ALL_LANGUAGES: Final = "http://hl7.org/fhir/ValueSet/all-languages"
_LISTED: Final = 12  # codes that an answer lists


def bound(element: spec.Element, plain: Check) -> Check:
    """The check of one value of this element: `plain`, and its required binding where the codes are known."""
    if element.binding is None:
        return plain
    url = element.binding.valueset
    if url == _LANGUAGES and element.type == "code":
        return _by_grammar(plain, _ALL_LANGUAGES)  # R4's maximum of what is only preferred
    if element.binding.strength != "required":
        return plain
    codes, systems = spec.required_codes(url), spec.required_systems(url)
    if codes is None or systems is None:
        return _by_grammar(plain, url) if element.type == "code" else plain
    if element.type == "code":
        return bound_code(codes, partial(_advice, url, codes))
    if element.type == "CodeableConcept":
        return _concept(plain, url, systems)
    return plain


def _by_grammar(plain: Check, url: str) -> Check:
    """A code of a value set that follows a grammar or a registry: media types, languages, currencies, UCUM."""

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if faults or _contained(url, value, scope.asked.definitions.generation) is not False:
            return faults
        return [Fault("", "code-invalid", f"{shown(value)} is not in {url}: write one of its codes")]

    return check


@lru_cache(maxsize=4096)
def _contained(url: str, code: str, _generation: int) -> bool | None:
    """By the definitions of a generation; the same few codes come again and again."""
    return terminology.contains(url, None, code)


def _advice(url: str, codes: frozenset[str], code: str) -> str:
    if len(codes) <= _LISTED:
        return f"{shown(code)} is not in {url}: write one of {', '.join(sorted(codes))}"
    close = nearest(code, codes)
    meant = f"did you mean `{close}`?" if close else "write one of its codes"
    return f"{shown(code)} is not in {url}: {meant}"


def _concept(plain: Check, url: str, systems: Mapping[str, frozenset[str]]) -> Check:
    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if faults or _has_coding(value, systems):
            return faults
        names = " or ".join(sorted(systems))
        return [Fault("", "code-invalid", f"no coding is in {url}: give one with a code of {names}")]

    return check


def _has_coding(concept: dict[str, Any], systems: Mapping[str, frozenset[str]]) -> bool:
    codings = cast("list[dict[str, Any]]", concept.get("coding", []))
    return any(coding.get("code") in systems.get(coding.get("system", ""), ()) for coding in codings)
