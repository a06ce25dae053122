"""What an entry of the table of functions is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kedja.fhirpath.items import Context, Evaluator, Items
from kedja.fhirpath.nodes import FhirPathError, Node

Compile = Callable[[Node], Evaluator]


@dataclass(frozen=True, slots=True)
class Function:
    """`make` turns the arguments into what is done with the input; between `least` and `most` arguments are taken."""

    make: Callable[[tuple[Node, ...], Compile], Evaluator]
    least: int = 0
    most: int = 0


def plain(rule: Callable[[Items], Items]) -> Function:
    """A function of its input alone."""
    return Function(lambda _arguments, _compile: lambda items, _context: rule(items))


def each(criterion: Evaluator, items: Items, context: Context) -> list[Items]:
    """The criterion's result for each item, as `$this` with its `$index`."""
    return [criterion([item], replace(context, this=item, index=position)) for position, item in enumerate(items)]


def whole_number(items: Items) -> int:
    """An argument that says how many or which. Raises FhirPathError for anything but one integer."""
    if len(items) != 1 or not isinstance(items[0].value, int) or isinstance(items[0].value, bool):
        raise FhirPathError("expected one whole number")
    return items[0].value
