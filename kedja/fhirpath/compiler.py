"""Nodes to closures: each node becomes one function of a collection and its context."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from kedja import spec
from kedja.fhirpath.functions import FUNCTIONS
from kedja.fhirpath.functions.table import whole_number
from kedja.fhirpath.functions.typing import is_type, of_type
from kedja.fhirpath.items import Context, Evaluator, Item, Items, members
from kedja.fhirpath.nodes import (
    At,
    Call,
    Empty,
    FhirPathError,
    Literal,
    Member,
    Node,
    Operation,
    Sign,
    TypeOperation,
    Variable,
)
from kedja.fhirpath.operators import OPERATORS
from kedja.fhirpath.parser import parse
from kedja.fhirpath.types import checked


@lru_cache(maxsize=4096)
def compile(expression: str, root_type: str) -> Callable[[dict[str, Any]], Items]:
    """A function of a resource (or datatype) of `root_type`, as decoded JSON, to the items that the expression selects.

    `compile("Observation.value as Quantity", "Observation")(resource)` gives `[Item({...}, "Quantity")]`.
    Raises FhirPathError for what cannot be read or is not known here; so does the function, where data do not fit.
    """
    try:
        evaluate = compile_node(parse(expression))
    except RecursionError:
        raise FhirPathError("the expression is nested too deep") from None

    def select(resource: dict[str, Any]) -> Items:
        start = Item(resource, root_type)
        try:
            return evaluate([start], Context(start))
        except RecursionError:
            raise FhirPathError("the expression or the resource is nested too deep") from None

    return select


def compile_node(node: Node) -> Evaluator:
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Evaluator:
    found = [Item(node.value, node.type)]
    return lambda _items, _context: found


def _empty(_node: Empty) -> Evaluator:
    return lambda _items, _context: []


def _variable(node: Variable) -> Evaluator:
    if node.name not in _VARIABLES:
        raise FhirPathError(f"there is no variable `{node.name}`")
    return _VARIABLES[node.name]


def _this(items: Items, context: Context) -> Items:
    return [context.this] if context.this is not None else items


def _index(_items: Items, context: Context) -> Items:
    return [] if context.index is None else [Item(context.index, "System.Integer")]


def _resource(_items: Items, context: Context) -> Items:
    return [context.resource]


def _member(node: Member) -> Evaluator:
    name = node.name
    if node.of is None:
        return lambda items, _context: [found for item in items for found in _started(item, name)]
    of = compile_node(node.of)
    return lambda items, context: [found for item in of(items, context) for found in members(item, name)]


def _started(item: Item, name: str) -> Items:
    """A path may start with the type of what it is given: `Patient.name` is `name` of a Patient."""
    return [item] if name[0].isupper() and spec.is_type(item.type, name) else members(item, name)


def _call(node: Call) -> Evaluator:
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise FhirPathError(f"there is no function `{node.name}` here")
    if not function.least <= len(node.arguments) <= function.most:
        raise FhirPathError(f"`{node.name}` does not take {len(node.arguments)} arguments")
    apply = function.make(node.arguments, compile_node)
    if node.of is None:
        return apply
    of = compile_node(node.of)
    return lambda items, context: apply(of(items, context), context)


def _at(node: At) -> Evaluator:
    of, index = compile_node(node.of), compile_node(node.index)

    def evaluate(items: Items, context: Context) -> Items:
        position = whole_number(index(items, context))
        return of(items, context)[position : position + 1] if position >= 0 else []

    return evaluate


def _sign(node: Sign) -> Evaluator:
    match node.of:
        case Literal(int(value), "System.Integer"):
            return _literal(Literal(-value if node.sign == "-" else value, "System.Integer"))
        case Literal(str(value), "System.Decimal"):
            return _literal(Literal(node.sign.strip("+") + value, "System.Decimal"))
        case _:
            raise FhirPathError(f"`{node.sign}` is only known before a number here")


def _operation(node: Operation) -> Evaluator:
    operator = OPERATORS.get(node.operator)
    if operator is None:
        raise FhirPathError(f"there is no operator `{node.operator}` here")
    left, right = compile_node(node.left), compile_node(node.right)
    return lambda items, context: operator(left(items, context), right(items, context))


def _type_operation(node: TypeOperation) -> Evaluator:
    of, name = compile_node(node.of), checked(node.type)
    apply = is_type(name) if node.operator == "is" else of_type(name)
    return lambda items, context: apply(of(items, context), context)


_VARIABLES: Final[dict[str, Evaluator]] = {
    "$this": _this,
    "$index": _index,
    "%resource": _resource,
    "%rootResource": _resource,
    "%context": _resource,
}
_COMPILERS: Final[dict[type[Any], Callable[[Any], Evaluator]]] = {
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
