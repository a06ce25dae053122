"""What FHIR adds to the language (FHIR R4 2.9.1.5.1)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.functions.table import Compile, Function, plain
from kedja.fhirpath.items import Context, Evaluator, Item, Items, boolean, members
from kedja.fhirpath.nodes import Node
from kedja.fhirpath.references import target


def _resolve(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    """As far as the text of the reference tells: a contained resource whole, any other with its type and id alone."""

    def evaluate(items: Items, context: Context) -> Items:
        found = (target(item.value, context.resource.value) for item in items)
        return [Item(resource, resource["resourceType"]) for resource in found if resource is not None]

    return evaluate


def _extension(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
    url = compile(arguments[0])

    def evaluate(items: Items, context: Context) -> Items:
        wanted = [found.value for found in url([context.this or context.resource], context)]
        extensions = (extension for item in items for extension in members(item, "extension"))
        return [extension for extension in extensions if extension.value.get("url") in wanted]

    return evaluate


def _has_value(items: Items) -> Items:
    return boolean(len(items) == 1 and items[0].value is not None and not isinstance(items[0].value, dict))


FUNCTIONS: Final = {
    "resolve": Function(_resolve),
    "extension": Function(_extension, 1, 1),
    "hasValue": plain(_has_value),
}
