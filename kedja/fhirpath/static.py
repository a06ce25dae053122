"""What can be known of an expression without data: elements that a type does not have, conditions that are none.

For expressions that somebody writes (FHIRPath 2.0, section 10: strict evaluation). Where a type is not known, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from kedja import spec
from kedja.fhirpath.items import keys
from kedja.fhirpath.nodes import At, Call, Empty, FhirPathError, Literal, Member, Node, Operation, Sign, TypeOperation, Variable
from kedja.fhirpath.types import type_name


@dataclass(frozen=True, slots=True)
class Kind:
    """The types that values can be of (None: not known), and whether they come in an order."""

    types: frozenset[str] | None
    ordered: bool = True


UNKNOWN: Final = Kind(None)
_BOOLEAN: Final = Kind(frozenset({"System.Boolean"}))
_ABSTRACT: Final = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})
_KEEPING: Final = frozenset(
    {
        "where",
        "first",
        "last",
        "tail",
        "skip",
        "take",
        "single",
        "trace",
        "distinct",
        "intersect",
        "exclude",
        "checkModifiers",
        "sort",
    }
)
_IN_ORDER: Final = frozenset({"first", "last", "tail", "skip", "take"})
_SHUFFLING: Final = frozenset({"children", "descendants"})
_ON_EACH: Final = frozenset({"where", "select", "exists", "all", "repeat", "aggregate", "trace", "sort"})
_TRUTHS: Final = frozenset(
    """
    empty exists all allTrue anyTrue allFalse anyFalse not subsetOf supersetOf isDistinct is startsWith endsWith matches
    matchesFull hasValue memberOf conformsTo htmlChecks comparable
    """.split()  # noqa: SIM905
)
_COMPARING: Final = frozenset({"=", "!=", "~", "!~", "<", "<=", ">", ">=", "in", "contains", "and", "or", "xor", "implies"})


def examine(node: Node, root_type: str) -> None:
    """Raises FhirPathError for what cannot be right on any value of `root_type`."""
    start = Kind(frozenset({root_type}))
    _kind(node, start, start)


def _kind(node: Node, focus: Kind, this: Kind) -> Kind:
    """What the node gives; `focus` is what it is given, `this` what `$this` stands for."""
    return _RULES[type(node)](node, focus, this)


def _literal(node: Literal, _focus: Kind, _this: Kind) -> Kind:
    return Kind(frozenset({node.type}))


def _empty(_node: Empty, _focus: Kind, _this: Kind) -> Kind:
    return Kind(frozenset())


def _variable(node: Variable, _focus: Kind, this: Kind) -> Kind:
    return this if node.name == "$this" else UNKNOWN


def _member(node: Member, focus: Kind, this: Kind) -> Kind:
    if node.of is None and node.name[0].isupper() and _starts(focus, node.name):
        return focus
    of = focus if node.of is None else _kind(node.of, focus, this)
    if of.types is None or of.types & _ABSTRACT:
        return replace(UNKNOWN, ordered=of.ordered)
    found = frozenset(name for type_name in of.types for _, name in keys(type_name, node.name))
    if not found and of.types:
        raise FhirPathError(f"{' or '.join(sorted(of.types))} has no element `{node.name}`{_hint(of.types, node.name)}")
    return Kind(found, of.ordered)


def _starts(focus: Kind, name: str) -> bool:
    return focus.types is None or any(spec.is_type(type_name, name) for type_name in focus.types)


def _hint(types: frozenset[str], name: str) -> str:
    """A choice is written without its type: `value`, not `valueQuantity`."""
    for each in types:
        if spec.is_resource_type(each.partition(".")[0]) or each in spec.DATATYPES:
            element = spec.elements(each).get(name)
            if element is not None and element.choice_of:
                return f": write `{element.choice_of}`"
    return ""


def _call(node: Call, focus: Kind, this: Kind) -> Kind:
    of = focus if node.of is None else _kind(node.of, focus, this)
    if not of.ordered and node.name in _IN_ORDER:
        raise FhirPathError(f"`{node.name}` asks for an order, which children and descendants have not")
    if node.name in ("as", "ofType"):
        return Kind(frozenset({type_name(node.arguments[0])}), of.ordered) if node.arguments else UNKNOWN
    if node.name == "is":
        return _BOOLEAN
    given = [_kind(argument, *_inside(node, of, this)) for argument in node.arguments]
    if node.name == "iif" and given and given[0].types and not given[0].types & {"System.Boolean", "boolean"}:
        raise FhirPathError("the condition of `iif` is never true or false")
    if node.name in _TRUTHS:
        return _BOOLEAN
    if node.name in _KEEPING:
        return of
    if node.name == "select":
        return given[0] if given else UNKNOWN
    return Kind(None, ordered=node.name not in _SHUFFLING)


def _inside(node: Call, of: Kind, this: Kind) -> tuple[Kind, Kind]:
    """What an argument is given, and what `$this` stands for in it."""
    if node.name == "repeat":
        return UNKNOWN, UNKNOWN
    if node.name in _ON_EACH or node.name == "iif":
        return of, of
    return this, this


def _at(node: At, focus: Kind, this: Kind) -> Kind:
    of = _kind(node.of, focus, this)
    if not of.ordered:
        raise FhirPathError("`[]` asks for an order, which children and descendants have not")
    _kind(node.index, this, this)
    return of


def _sign(node: Sign, focus: Kind, this: Kind) -> Kind:
    return _kind(node.of, focus, this)


def _operation(node: Operation, focus: Kind, this: Kind) -> Kind:
    left, right = _kind(node.left, focus, this), _kind(node.right, focus, this)
    if node.operator == "|":
        known = left.types is not None and right.types is not None
        return Kind((left.types or frozenset()) | (right.types or frozenset()) if known else None, left.ordered and right.ordered)
    return _BOOLEAN if node.operator in _COMPARING else UNKNOWN


def _type_operation(node: TypeOperation, focus: Kind, this: Kind) -> Kind:
    of = _kind(node.of, focus, this)
    return _BOOLEAN if node.operator == "is" else Kind(frozenset({node.type.removeprefix("FHIR.")}), of.ordered)


_RULES: Final[dict[type[Any], Callable[[Any, Kind, Kind], Kind]]] = {
    Literal: _literal,
    Empty: _empty,
    Variable: _variable,
    Member: _member,
    Call: _call,
    At: _at,
    Sign: _sign,
    Operation: _operation,
    TypeOperation: _type_operation,
}
