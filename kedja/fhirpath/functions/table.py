"""What an entry of the table of functions is, and the ways to make one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.items import Items
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


def valued(rule: Callable[..., Items], least: int = 0, most: int = 0) -> Function:
    """A function of its input and of its arguments' values, which are evaluated once, from `$this`."""

    def make(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
        compiled = [compile(argument) for argument in arguments]

        def evaluate(items: Items, context: Context) -> Items:
            this = [context.this]
            return rule(items, *[argument(this, context) for argument in compiled])

        return evaluate

    return Function(make, least, most)


def paired(rule: Callable[[Items, Items], Items]) -> Function:
    """A function of its input and of one argument's values."""
    return valued(rule, 1, 1)


def each(criterion: Evaluator, items: Items, context: Context) -> Iterator[Items]:
    """The criterion's result for each item, as `$this` with its `$index`; evaluated one by one, as they are asked for."""
    run, total = context.run, context.total
    run.spend(len(items))
    return (criterion([item], Context(run, item, position, total)) for position, item in enumerate(items))


def single(items: Items, what: str) -> Any:
    """The value of the only item; None without any, or where it has no value. Raises FhirPathError for several."""
    if len(items) > 1:
        raise FhirPathError(f"{what} asks for a single value, found {len(items)}")
    return items[0].value if items else None


def text(items: Items, what: str) -> str | None:
    """The only string; None without any. Raises FhirPathError for several, or what is no string."""
    value = single(items, what)
    if value is not None and not isinstance(value, str):
        raise FhirPathError(f"{what} asks for a string, found {items[0].type}")
    return value


def whole(items: Items, what: str) -> int | None:
    """The only integer; None without any. Raises FhirPathError for several, or what is no integer."""
    value = single(items, what)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise FhirPathError(f"{what} asks for a whole number, found {items[0].type}")
    return value
