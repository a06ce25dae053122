"""Filtering, projection and navigation (FHIRPath 2.0, sections 5.2, 5.4 and 5.8)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions.table import Compile, Function, each, plain
from kedja.fhirpath.items import Context, Evaluator, Items, children
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.operators import distinct, truth

_MAX_REPEATED: Final = 10_000


def _where(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    criterion = compile(arguments[0])

    def evaluate(items: Items, context: Context) -> Items:
        return [item for item, found in zip(items, each(criterion, items, context)) if truth(found)]

    return evaluate


def _select(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    projection = compile(arguments[0])
    return lambda items, context: [item for found in each(projection, items, context) for item in found]


def _repeat(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    projection = compile(arguments[0])

    def evaluate(items: Items, context: Context) -> Items:
        found: Items = []
        while items:
            new = [item for result in each(projection, items, context) for item in result if item not in found]
            found += new
            items = new
            if len(found) > _MAX_REPEATED:
                raise FhirPathError(f"`repeat` found more than {_MAX_REPEATED} values")
        return found

    return evaluate


def _iif(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    criterion, *branches = (compile(argument) for argument in arguments)

    def evaluate(items: Items, context: Context) -> Items:
        branch = branches[:1] if truth(criterion(items, context)) else branches[1:]
        return branch[0](items, context) if branch else []

    return evaluate


def _joined(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    other = compile(arguments[0])
    return lambda items, context: items + other(_outside(items, context), context)


def _united(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    joined = _joined(arguments, compile)
    return lambda items, context: distinct(joined(items, context))


def _outside(_items: Items, context: Context) -> Items:
    """What an argument that is no criterion starts from: `$this`, or the resource."""
    return [context.this or context.resource]


def _children(items: Items) -> Items:
    return [child for item in items for child in children(item)]


def _descendants(items: Items) -> Items:
    found: Items = []
    while items:
        items = _children(items)
        found += items
    return found


FUNCTIONS: Final = {
    "where": Function(_where, 1, 1),
    "select": Function(_select, 1, 1),
    "repeat": Function(_repeat, 1, 1),
    "iif": Function(_iif, 2, 3),
    "combine": Function(_joined, 1, 1),
    "union": Function(_united, 1, 1),
    "children": plain(_children),
    "descendants": plain(_descendants),
}
