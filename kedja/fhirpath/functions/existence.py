"""Existence (FHIRPath 2.0, section 5.1)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.equality import distinct, same
from kedja.fhirpath.functions.table import Compile, Function, each, paired, plain
from kedja.fhirpath.items import Items, boolean, integer
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.operators import truth


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


def _every(wanted: bool) -> Function:
    return plain(lambda items: boolean(all(value is wanted for value in _truths(items))))


def _some(wanted: bool) -> Function:
    return plain(lambda items: boolean(any(value is wanted for value in _truths(items))))


def _truths(items: Items) -> list[bool | None]:
    for item in items:
        if not (item.value is None or isinstance(item.value, bool)):
            raise FhirPathError(f"expected truth values, found {item.type}")
    return [item.value for item in items]


def _subset(items: Items, other: Items) -> Items:
    return boolean(all(any(same(item, found) for found in other) for item in items))


FUNCTIONS: Final = {
    "empty": plain(lambda items: boolean(not items)),
    "exists": Function(_exists, 0, 1),
    "all": Function(_all, 1, 1),
    "allTrue": _every(True),
    "anyTrue": _some(True),
    "allFalse": _every(False),
    "anyFalse": _some(False),
    "not": plain(_not),
    "count": plain(lambda items: integer(len(items))),
    "distinct": plain(distinct),
    "isDistinct": plain(lambda items: boolean(len(distinct(items)) == len(items))),
    "subsetOf": paired(_subset),
    "supersetOf": paired(lambda items, other: _subset(other, items)),
}
