"""Utilities: tracing and the clock (FHIRPath 2.0, section 5.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.functions.table import Compile, Function, each, text
from kedja.fhirpath.items import Item, Items
from kedja.fhirpath.nodes import FhirPathError, Node


def _trace(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    name, *projection = (compile(argument) for argument in arguments)

    def evaluate(items: Items, context: Context) -> Items:
        called = text(name([context.this], context), "`trace`")
        if called is None:
            raise FhirPathError("`trace` asks for a name")
        shown = [item for found in each(projection[0], items, context) for item in found] if projection else items
        if context.run.env.trace is not None:
            context.run.env.trace(called, shown)
        return items

    return evaluate


def _clock(type_name: str, form: str, end: int | None = None, zone: bool = False) -> Function:
    def show(now: datetime) -> str:
        return now.strftime(form)[:end] + (_offset(now) if zone else "")

    def make(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
        return lambda _items, context: [Item(show(context.run.now()), type_name)]

    return Function(make)


def _offset(now: datetime) -> str:
    plain = now.strftime("%z")
    return f"{plain[:3]}:{plain[3:5]}"


FUNCTIONS: Final = {
    "trace": Function(_trace, 1, 2),
    "now": _clock("System.DateTime", "%Y-%m-%dT%H:%M:%S.%f", -3, zone=True),
    "today": _clock("System.Date", "%Y-%m-%d"),
    "timeOfDay": _clock("System.Time", "T%H:%M:%S.%f", -3),
}
