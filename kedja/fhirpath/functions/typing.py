"""Types as functions (FHIRPath 2.0, sections 5.2.4 and 6.3)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions.table import Compile, Function
from kedja.fhirpath.items import Context, Evaluator, Items, boolean
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.types import is_exactly, is_of, type_name


def of_type(name: str) -> Evaluator:
    """Keeps what is of this type. `as` too: the search parameters of R4 use it on collections."""
    return lambda items, _: [item for item in items if is_exactly(item, name)]


def is_type(name: str) -> Evaluator:
    def evaluate(items: Items, _context: Context) -> Items:
        if len(items) > 1:
            raise FhirPathError(f"`is` asks for a single value, found {len(items)}")
        return boolean(is_of(items[0], name) if items else None)

    return evaluate


def _of_type(arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return of_type(type_name(arguments[0]))


def _is(arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    return is_type(type_name(arguments[0]))


FUNCTIONS: Final = {
    "ofType": Function(_of_type, 1, 1),
    "as": Function(_of_type, 1, 1),
    "is": Function(_is, 1, 1),
}
