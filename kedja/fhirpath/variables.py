"""What the variables stand for (FHIRPath 2.0, section 9; FHIR R4 2.9.1.5.2)."""

from __future__ import annotations

from typing import Final

from kedja.fhirpath.env import Context, Evaluator
from kedja.fhirpath.items import Item, Items, integer, of_resource, string
from kedja.fhirpath.nodes import FhirPathError
from kedja.fhirpath.references import Resource

_SYSTEMS: Final = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_PREFIXES: Final = {
    "vs-": "http://hl7.org/fhir/ValueSet/",
    "ext-": "http://hl7.org/fhir/StructureDefinition/",
}


def variable(name: str) -> Evaluator:
    """The evaluator of `$this` or `%resource`, with its sign; those of the environment are looked up when they are asked for."""
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    if name.startswith("$"):
        raise FhirPathError(f"there is no variable `{name}`")
    local = name[1:]
    text = _constant(local)

    def evaluate(_items: Items, context: Context) -> Items:
        found = context.run.env.variables.get(local)
        if found is None and text is None:
            raise FhirPathError(f"there is no variable `{name}`")
        return string(text) if found is None and text is not None else found or []

    return evaluate


def _constant(name: str) -> str | None:
    """`ucum`, `vs-administrative-gender`, `ext-patient-birthTime`: their URLs."""
    for sign, url in _PREFIXES.items():
        if name.startswith(sign):
            return url + name[len(sign) :]
    return _SYSTEMS.get(name)


def _this(_items: Items, context: Context) -> Items:
    return [context.this]


def _index(_items: Items, context: Context) -> Items:
    return [] if context.position is None else integer(context.position)


def _total(_items: Items, context: Context) -> Items:
    return context.total or []


def _context(_items: Items, context: Context) -> Items:
    return [context.run.start]


def _resource(_items: Items, context: Context) -> Items:
    return [_item(context.run.env.resource, context)]


def _root(_items: Items, context: Context) -> Items:
    env = context.run.env
    return [_item(env.resource if env.root is None else env.root, context)]


def _item(resource: Resource, context: Context) -> Item:
    start = context.run.start
    return start if start.value is resource else of_resource(resource)


_BUILT_IN: Final[dict[str, Evaluator]] = {
    "$this": _this,
    "$index": _index,
    "$total": _total,
    "%context": _context,
    "%resource": _resource,
    "%rootResource": _root,
}
