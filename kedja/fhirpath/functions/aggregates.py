"""Aggregates (FHIRPath 2.0, section 7), and the sums that are made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.fhirpath import arithmetic
from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.equality import order
from kedja.fhirpath.functions.table import Compile, Function, plain
from kedja.fhirpath.items import Items, integer
from kedja.fhirpath.nodes import Node


def _aggregate(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    step, *start = (compile(argument) for argument in arguments)

    def evaluate(items: Items, context: Context) -> Items:
        run = context.run
        run.spend(len(items))
        total = start[0]([context.this], context) if start else []
        for position, item in enumerate(items):
            total = step([item], Context(run, item, position, total))
        return total

    return evaluate


def _sum(items: Items) -> Items:
    total = items[:1]
    for item in items[1:]:
        total = arithmetic.add(total[0], item) if total else []
    return total


def _avg(items: Items) -> Items:
    total = _sum(items)
    return arithmetic.divide(total[0], integer(len(items))[0]) if total else []


def _most(sign: int) -> Callable[[Items], Items]:
    def rule(items: Items) -> Items:
        found = items[:1]
        for item in items[1:]:
            compared = order(item, found[0])
            if compared is None:
                return []
            if compared * sign > 0:
                found = [item]
        return found

    return rule


FUNCTIONS: Final = {
    "aggregate": Function(_aggregate, 1, 2),
    "sum": plain(_sum),
    "avg": plain(_avg),
    "min": plain(_most(-1)),
    "max": plain(_most(1)),
}
