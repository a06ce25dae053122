"""The nodes of a profile -> checks of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from kedja import spec
from kedja.exactjson import dumps
from kedja.fhirpath import FhirPathError, Item
from kedja.fhirpath.equality import order
from kedja.validation.faults import Fault, shown
from kedja.validation.invariants import rules
from kedja.validation.profiles.discriminators import Profiles
from kedja.validation.profiles.matching import equals, fits
from kedja.validation.profiles.nodes import Node, TypeRef
from kedja.validation.scope import Scope
from kedja.validation.terms import membership

ItemCheck = Callable[[Item, Scope], "list[Fault]"]
_TEXTS: Final = ("string", "code", "uri", "url", "canonical", "markdown", "id")
_CODED: Final = ("code", "Coding", "CodeableConcept", "Quantity", "string", "uri")


class Compiler(Profiles, Protocol):
    """What a node needs of its profile and of the library."""

    def held_against(self, item: Item, canonical: str, scope: Scope) -> list[Fault]: ...

    def target(self, item: Item, entry: TypeRef, scope: Scope) -> list[Fault]: ...

    def members(self, node: Node) -> ItemCheck: ...


def value_check(node: Node, compiler: Compiler) -> ItemCheck:
    """The check of one value of this element, and of all below it."""
    tests = [make(node, compiler) for make, wanted in _MAKERS if wanted(node)]
    if len(tests) == 1:
        return tests[0]

    def check(item: Item, scope: Scope) -> list[Fault]:
        return [fault for test in tests for fault in test(item, scope)]

    return check


def _types(node: Node, compiler: Compiler) -> ItemCheck:
    """Its type is one of those that are left, and it fits a profile on that type."""

    def check(item: Item, scope: Scope) -> list[Fault]:
        entries = [entry for entry in node.types if is_of(item.type, entry.code)]
        if not entries and spec.is_known(item.type):
            names = " or ".join(dict.fromkeys(entry.code for entry in node.types))
            return [Fault("", "structure", f"the profile allows {names} here, and this is {item.type}: give that type")]
        if not entries or any(not entry.profiles and not entry.targets for entry in entries):
            return []
        return _least_faulty([_of_type(entry, item, scope, compiler) for entry in entries])

    return check


def is_of(type_name: str, code: str) -> bool:
    """Whether a value of this type is of the type that an ElementDefinition names; inline elements are of BackboneElement."""
    return spec.is_type(type_name, code) or ("." in type_name and code in ("Element", "BackboneElement"))


def _of_type(entry: TypeRef, item: Item, scope: Scope, compiler: Compiler) -> list[Fault]:
    faults = _least_faulty([compiler.held_against(item, url, scope) for url in entry.profiles]) if entry.profiles else []
    return faults + (compiler.target(item, entry, scope) if entry.targets and entry.code == "Reference" else [])


def _least_faulty(answers: list[list[Fault]]) -> list[Fault]:
    """Of several profiles one is enough; where none fits, the faults of the one that is nearest."""
    return min(answers, key=lambda faults: sum(fault.severity == "error" for fault in faults))


def _fixed(node: Node, _: Compiler) -> ItemCheck:
    assert node.fixed is not None
    wanted = node.fixed[1]

    def check(item: Item, _: Scope) -> list[Fault]:
        return (
            [] if equals(item.value, wanted) else [Fault("", "value", f"the profile fixes this to {_json(wanted)}: write that")]
        )

    return check


def _pattern(node: Node, _: Compiler) -> ItemCheck:
    assert node.pattern is not None
    wanted = node.pattern[1]

    def check(item: Item, _: Scope) -> list[Fault]:
        text = f"the profile wants at least {_json(wanted)} here: add what is missing"
        return [] if fits(item.value, wanted) else [Fault("", "value", text)]

    return check


def _range(node: Node, _: Compiler) -> ItemCheck:
    def check(item: Item, _: Scope) -> list[Fault]:
        faults: list[Fault] = []
        if node.least is not None and _order(item, node.least) == -1:
            faults.append(Fault("", "value", f"the profile wants at least {_json(node.least)}: correct the value"))
        if node.most is not None and _order(item, node.most) == 1:
            faults.append(Fault("", "value", f"the profile wants at most {_json(node.most)}: correct the value"))
        return faults

    return check


def _order(item: Item, limit: Any) -> int | None:
    """-1, 0 or 1; None where the two have no order."""
    try:
        return order(item, Item(limit, item.type))
    except FhirPathError:
        return None


def _length(node: Node, _: Compiler) -> ItemCheck:
    most = node.max_length or 0

    def check(item: Item, _: Scope) -> list[Fault]:
        if not isinstance(item.value, str) or len(item.value) <= most:
            return []
        return [Fault("", "too-long", f"{shown(item.value)} has {len(item.value)} characters: write at most {most}")]

    return check


def _bound(node: Node, _: Compiler) -> ItemCheck:
    """required: a code of the value set. extensible: one where it has one that fits, so another is only advised against."""
    assert node.binding is not None
    strength, url = node.binding
    severity = "error" if strength == "required" else "warning"

    def check(item: Item, scope: Scope) -> list[Fault]:
        if item.type not in _CODED or item.value is None or (severity == "warning" and not scope.asked.warnings):
            return []
        told = membership(item.value, item.type, url)
        if told is None and scope.asked.warnings:
            return [Fault("", "not-found", f"{_coded(item)} cannot be held against {url}: its codes are not here", "information")]
        if told is not False:
            return []
        advice = "give a code of it" if strength == "required" else "give a code of it if one fits"
        return [Fault("", "code-invalid", f"{_coded(item)} is not in {url} ({strength}): {advice}", severity)]

    return check


def _coded(item: Item) -> str:
    return shown(item.value) if isinstance(item.value, str) else _json(item.value)


def _constraints(node: Node, _: Compiler) -> ItemCheck:
    held: dict[str, Any] = {}

    def check(item: Item, scope: Scope) -> list[Fault]:
        if item.type not in held:
            held[item.type] = rules(node.constraints.values(), item.type)
        return held[item.type].broken(item if item.type in spec.PRIMITIVES else item.value, scope) or []

    return check


def _members(node: Node, compiler: Compiler) -> ItemCheck:
    return compiler.members(node)


def _json(value: Any) -> str:
    text = dumps(value).decode()
    return f"`{text[:79]}…`" if len(text) > 80 else f"`{text}`"


_MAKERS: Final[tuple[tuple[Callable[[Node, Compiler], ItemCheck], Callable[[Node], bool]], ...]] = (
    (_types, lambda node: bool(node.types)),
    (_fixed, lambda node: node.fixed is not None),
    (_pattern, lambda node: node.pattern is not None),
    (_range, lambda node: node.least is not None or node.most is not None),
    (_length, lambda node: node.max_length is not None),
    (_bound, lambda node: node.binding is not None and node.binding[0] in ("required", "extensible")),
    (_constraints, lambda node: bool(node.constraints)),
    (_members, lambda node: bool(node.children) or node.content is not None),
)
