"""Types as functions (FHIRPath 2.0, sections 5.2.4, 6.3 and 8.2)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.functions.table import Compile, Function, plain
from kedja.fhirpath.items import Item, Items, boolean
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.types import is_exactly, is_of, named, type_name


def of_type(name: str) -> Evaluator:
    """Keeps what is of this type."""
    return lambda items, _: [item for item in items if is_exactly(item, name)]


def as_type(name: str) -> Evaluator:
    """As `ofType` of a single value; of several too unless strict, since the search parameters of R4 use it so."""

    def evaluate(items: Items, context: Context) -> Items:
        if len(items) > 1 and context.run.env.strict:
            raise FhirPathError(f"`as` asks for a single value, found {len(items)}: use `ofType`")
        return [item for item in items if is_exactly(item, name)]

    return evaluate


def is_type(name: str) -> Evaluator:
    def evaluate(items: Items, _context: Context) -> Items:
        if len(items) > 1:
            raise FhirPathError(f"`is` asks for a single value, found {len(items)}")
        return boolean(is_of(items[0], name) if items else None)

    return evaluate


def _of_type(arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return of_type(type_name(arguments[0]))


def _as(arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return as_type(type_name(arguments[0]))


def _is(arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return is_type(type_name(arguments[0]))


def _type(items: Items) -> Items:
    return [Item(dict(zip(("namespace", "name"), named(item))), "System.TypeInfo") for item in items]


FUNCTIONS: Final = {
    "ofType": Function(_of_type, 1, 1),
    "as": Function(_as, 1, 1),
    "is": Function(_is, 1, 1),
    "type": plain(_type),
}
