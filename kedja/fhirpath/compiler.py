"""Nodes to closures: each node becomes one function of a collection and its context."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from kedja import spec
from kedja.fhirpath import arithmetic
from kedja.fhirpath.env import Context, Env, Evaluator, Run
from kedja.fhirpath.functions import FUNCTIONS
from kedja.fhirpath.functions.table import whole
from kedja.fhirpath.functions.typing import as_type, is_type
from kedja.fhirpath.items import Item, Items, Quantity, boolean, members
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
from kedja.fhirpath.operators import LOGIC, OPERATORS, truth
from kedja.fhirpath.parser import parse
from kedja.fhirpath.static import examine
from kedja.fhirpath.types import checked
from kedja.fhirpath.variables import variable

_TOO_DEEP: Final = "the expression is nested too deep"


@lru_cache(maxsize=4096)
def compile(expression: str, root_type: str) -> Callable[[dict[str, Any]], Items]:
    """A function of a resource (or datatype) of `root_type`, as decoded JSON, to the items that the expression selects.

    `compile("Observation.value as Quantity", "Observation")(resource)` gives `[Item({...}, "Quantity")]`.
    Raises FhirPathError for what cannot be read or is not known here; so does the function, where data do not fit.
    """
    evaluate = compiled(expression)
    return lambda resource: evaluate(Item(resource, root_type), Env(resource))


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Callable[[Item, Env], Items]:
    """A function of any item in its environment to the items that the expression selects. Errors as `compile`.

    An invariant is evaluated so: `compiled("end >= start")(Item({...}, "Period"), Env(resource))`. What it gives for an
    element is `%context`; a primitive comes with its sibling, the `_name` object.
    """
    try:
        evaluate = compile_node(parse(expression))
    except RecursionError:
        raise FhirPathError(_TOO_DEEP) from None

    def select(start: Item, env: Env) -> Items:
        try:
            return evaluate([start], Context(Run(env, start), start))
        except RecursionError:
            raise FhirPathError("the expression or the resource is nested too deep") from None

    return select


@lru_cache(maxsize=1024)
def strict(expression: str, type_name: str) -> Callable[[Item, Env], Items]:
    """As `compiled`, and refuses what cannot be right on any value of this type: `Patient.nmae`, `Observation.valueQuantity`."""
    evaluate = compiled(expression)
    try:
        examine(parse(expression), type_name)
    except RecursionError:
        raise FhirPathError(_TOO_DEEP) from None
    return evaluate


def compile_node(node: Node) -> Evaluator:
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Evaluator:
    value: Any = node.value
    if node.type == "System.Decimal":
        value = Decimal(value)
    elif node.type == "System.Quantity":
        value = Quantity(Decimal(value[0]), value[1])
    found = [Item(value, node.type)]
    return lambda _items, _context: found


def _empty(_node: Empty) -> Evaluator:
    return lambda _items, _context: []


def _variable(node: Variable) -> Evaluator:
    return variable(node.name)


def _member(node: Member) -> Evaluator:
    name = node.name
    if node.of is None:
        return _started(name) if name[0].isupper() else _walked(name)
    of, walk = compile_node(node.of), _walked(name)
    return lambda items, context: walk(of(items, context), context)


def _walked(name: str) -> Evaluator:
    def walk(items: Items, _context: Context) -> Items:
        if len(items) == 1:
            return members(items[0], name)
        return [found for item in items for found in members(item, name)]

    return walk


def _started(name: str) -> Evaluator:
    """A path may start with the type of what it is given: `Patient.name` is `name` of a Patient."""

    def start(items: Items, _context: Context) -> Items:
        return [found for item in items for found in ([item] if spec.is_type(item.type, name) else members(item, name))]

    return start


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
        position = whole(index([context.this], context), "`[]`")
        return of(items, context)[position : position + 1] if position is not None and position >= 0 else []

    return evaluate


def _sign(node: Sign) -> Evaluator:
    of = compile_node(node.of)
    if node.sign == "-":
        return lambda items, context: arithmetic.negated(of(items, context))
    return lambda items, context: arithmetic.negated(arithmetic.negated(of(items, context)))


def _operation(node: Operation) -> Evaluator:
    left, right = compile_node(node.left), compile_node(node.right)
    logic = LOGIC.get(node.operator)
    if logic is not None:
        return lambda items, context: boolean(logic(truth(left(items, context)), lambda: truth(right(items, context))))
    operator = OPERATORS[node.operator]
    return lambda items, context: operator(left(items, context), right(items, context))


def _type_operation(node: TypeOperation) -> Evaluator:
    of, name = compile_node(node.of), checked(node.type)
    apply = is_type(name) if node.operator == "is" else as_type(name)
    return lambda items, context: apply(of(items, context), context)


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
