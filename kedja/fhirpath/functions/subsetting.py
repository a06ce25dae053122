"""Subsetting (FHIRPath 2.0, section 5.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.fhirpath.functions.table import Compile, Function, plain, whole_number
from kedja.fhirpath.items import Context, Evaluator, Items
from kedja.fhirpath.nodes import FhirPathError, Node


def _single(items: Items) -> Items:
    if len(items) > 1:
        raise FhirPathError(f"`single` found {len(items)} values")
    return items


def _counted(cut: Callable[[Items, int], Items]) -> Function:
    def make(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
        count = compile(arguments[0])

        def evaluate(items: Items, context: Context) -> Items:
            return cut(items, max(whole_number(count([context.this or context.resource], context)), 0))

        return evaluate

    return Function(make, 1, 1)


FUNCTIONS: Final = {
    "first": plain(lambda items: items[:1]),
    "last": plain(lambda items: items[-1:]),
    "tail": plain(lambda items: items[1:]),
    "single": plain(_single),
    "skip": _counted(lambda items, count: items[count:]),
    "take": _counted(lambda items, count: items[:count]),
}
