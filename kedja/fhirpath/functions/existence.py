"""Existence (FHIRPath 2.0, section 5.1)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions.table import Compile, Function, each, plain
from kedja.fhirpath.items import Context, Evaluator, Items, boolean, integer
from kedja.fhirpath.nodes import Node
from kedja.fhirpath.operators import distinct, truth


def _exists(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    if not arguments:
        return lambda items, _: boolean(bool(items))
    criterion = compile(arguments[0])
    return lambda items, context: boolean(any(truth(found) for found in each(criterion, items, context)))


def _all(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    criterion = compile(arguments[0])

    def evaluate(items: Items, context: Context) -> Items:
        return boolean(all(truth(found) for found in each(criterion, items, context)))

    return evaluate


def _not(items: Items) -> Items:
    value = truth(items)
    return boolean(None if value is None else not value)


FUNCTIONS: Final = {
    "empty": plain(lambda items: boolean(not items)),
    "exists": Function(_exists, 0, 1),
    "all": Function(_all, 1, 1),
    "allTrue": plain(lambda items: boolean(all(item.value is True for item in items))),
    "anyTrue": plain(lambda items: boolean(any(item.value is True for item in items))),
    "allFalse": plain(lambda items: boolean(all(item.value is False for item in items))),
    "anyFalse": plain(lambda items: boolean(any(item.value is False for item in items))),
    "not": plain(_not),
    "count": plain(lambda items: integer(len(items))),
    "distinct": plain(distinct),
    "isDistinct": plain(lambda items: boolean(len(distinct(items)) == len(items))),
}
