"""Filtering, projection, navigation and choice (FHIRPath 2.0, sections 5.2, 5.5.1 and 5.8)."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Final

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.equality import order
from kedja.fhirpath.functions.table import Compile, Function, each
from kedja.fhirpath.items import Items, children
from kedja.fhirpath.nodes import FhirPathError, Node, Sign
from kedja.fhirpath.operators import truth


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
            new: Items = []
            for item in [item for result in each(projection, items, context) for item in result]:
                context.run.spend(len(found) + len(new))
                if item not in found and item not in new:
                    new.append(item)
            found += new
            items = new
        return found

    return evaluate


def _iif(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    criterion, *branches = (compile(argument) for argument in arguments)

    def evaluate(items: Items, context: Context) -> Items:
        if len(items) > 1:
            raise FhirPathError(f"`iif` asks for a single value, found {len(items)}")
        if items:
            context = context._replace(this=items[0])
        branch = branches[:1] if _condition(criterion(items, context)) else branches[1:]
        return branch[0](items, context) if branch else []

    return evaluate


def _condition(items: Items) -> bool:
    value = truth(items)
    if items and not (items[0].value is None or isinstance(items[0].value, bool)):
        raise FhirPathError(f"the condition of `iif` is {items[0].type}: it must be true or false")
    return value is True


def _children(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return lambda items, _context: [child for item in items for child in children(item)]


def _descendants(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    def evaluate(items: Items, context: Context) -> Items:
        run = context.run
        value = items[0].value if len(items) == 1 else None
        if value is not run.env.resource:
            return find(items, context)
        if id(value) not in run.known:
            run.known[id(value)] = find(items, context)
        return run.known[id(value)]

    def find(items: Items, context: Context) -> Items:
        found: Items = []
        while items:
            items = [child for item in items for child in children(item)]
            context.run.spend(len(items))
            found += items
        return found

    return evaluate


def _sort(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    """By one key after the other, `-key` downwards; what has no key comes last, downwards first."""
    keys = [(compile(key.of), -1) if isinstance(key, Sign) and key.sign == "-" else (compile(key), 1) for key in arguments]

    def evaluate(items: Items, context: Context) -> Items:
        columns = [list(each(key, items, context)) for key, _ in keys] or [[[item] for item in items]]
        signs = [sign for _, sign in keys] or [1]

        def compare(left: int, right: int) -> int:
            return next(
                (found for column, sign in zip(columns, signs) if (found := sign * _order(column[left], column[right]))), 0
            )

        return [items[position] for position in sorted(range(len(items)), key=cmp_to_key(compare))]

    return evaluate


def _order(left: Items, right: Items) -> int:
    if len(left) > 1 or len(right) > 1:
        raise FhirPathError("a key of `sort` has several values")
    if not left or not right:
        return len(right) - len(left)
    return order(left[0], right[0]) or 0


FUNCTIONS: Final = {
    "where": Function(_where, 1, 1),
    "select": Function(_select, 1, 1),
    "repeat": Function(_repeat, 1, 1),
    "iif": Function(_iif, 2, 3),
    "children": Function(_children),
    "descendants": Function(_descendants),
    "sort": Function(_sort, 0, 10),
}
