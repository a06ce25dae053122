"""What FHIR adds to the language (FHIR R4 2.9.1.5.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kedja import spec
from kedja.fhirpath.env import Context, Env, Evaluator
from kedja.fhirpath.functions.table import Compile, Function, plain, single, text, valued
from kedja.fhirpath.items import Item, Items, boolean, members, of_resource
from kedja.fhirpath.nodes import FhirPathError, Node
from kedja.fhirpath.references import Resource, contained, literal, target
from kedja.fhirpath.types import is_of, to_system

_DEFINITIONS: Final = "http://hl7.org/fhir/StructureDefinition/"


def _resolve(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    """Contained resources, entries of the same Bundle, what the hook gives; else as far as the text of the reference tells."""

    def evaluate(items: Items, context: Context) -> Items:
        found = (_resolved(item.value, context.run.env) for item in items)
        return [of_resource(resource) for resource in found if resource is not None]

    return evaluate


def _resolved(reference: Any, env: Env) -> Resource | None:
    text = literal(reference)
    root = env.resource if env.root is None else env.root
    if text == "#":
        return root
    if text is not None and text.startswith("#"):
        return contained(text[1:], env.resource) or contained(text[1:], root)
    if text is not None:
        found = env.entries.get(text) or (env.resolve(text) if env.resolve is not None else None)
        if found is not None:
            return found
    return target(reference, env.resource)


def _extension(items: Items, url: Items) -> Items:
    wanted = [found.value for found in url]
    extensions = (extension for item in items for extension in members(item, "extension"))
    return [extension for extension in extensions if extension.value.get("url") in wanted]


def _has_value(items: Items) -> Items:
    return boolean(len(items) == 1 and items[0].value is not None and not isinstance(items[0].value, dict))


def _get_value(items: Items) -> Items:
    value = single(items, "`getValue`")
    return [] if value is None or isinstance(value, dict) else [to_system(items[0])]


def _asked(name: str, ask: Callable[[Item, str, Env], bool | None]) -> Function:
    """A question with a canonical URL to what lies outside. Raises FhirPathError where there is no answer."""

    def make(arguments: tuple[Node, ...], compile: Compile) -> Evaluator:
        argument = compile(arguments[0])

        def evaluate(items: Items, context: Context) -> Items:
            url = text(argument([context.this], context), f"`{name}`")
            if url is None or single(items, f"`{name}`") is None:
                return []
            answer = ask(items[0], url, context.run.env)
            if answer is None:
                raise FhirPathError(f"`{url[:200]}` is not known here, so that `{name}` cannot tell")
            return boolean(answer)

        return evaluate

    return Function(make, 1, 1)


def _member_of(item: Item, url: str, env: Env) -> bool | None:
    return None if env.member_of is None else env.member_of(item, url)


def _conforms_to(item: Item, url: str, env: Env) -> bool | None:
    if env.conforms_to is not None:
        return env.conforms_to(item, url)
    name = url.removeprefix(_DEFINITIONS)
    return is_of(item, name) if spec.is_resource_type(name) or name in spec.DATATYPES or name in spec.PRIMITIVES else None


def _html_checks(_arguments: tuple[Node, ...], _compile: Compile) -> Evaluator:
    def evaluate(items: Items, context: Context) -> Items:
        html = context.run.env.html
        value = single(items, "`htmlChecks`")
        return [] if not isinstance(value, str) else boolean(html is None or html(value))

    return evaluate


def _check_modifiers(items: Items, *allowed: Items) -> Items:
    known = [found.value for argument in allowed for found in argument]
    for item in items:
        for extension in members(item, "modifierExtension"):
            if extension.value.get("url") not in known:
                raise FhirPathError(f"the modifier `{extension.value.get('url')}` is not understood")
    return items


FUNCTIONS: Final = {
    "resolve": Function(_resolve),
    "extension": valued(_extension, 1, 1),
    "hasValue": plain(_has_value),
    "getValue": plain(_get_value),
    "memberOf": _asked("memberOf", _member_of),
    "conformsTo": _asked("conformsTo", _conforms_to),
    "htmlChecks": Function(_html_checks),
    "checkModifiers": valued(_check_modifiers, 1, 20),
}
