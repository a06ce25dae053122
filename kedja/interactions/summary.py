"""A part of a resource: `_summary` and `_elements` (FHIR R4 3.1.1.5.8, 3.1.1.5.9), marked as SUBSETTED."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from kedja import spec
from kedja.outcome import refuse

Json = dict[str, Any]
SUBSETTED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS: Final = frozenset(("resourceType", "id", "meta"))
_SUMMARIES: Final = ("true", "text", "data", "false")  # `count` is for the search itself


@dataclass(frozen=True, slots=True)
class View:
    """Which part is wanted: a `_summary`, or top-level `_elements`; neither: the whole."""

    summary: str = "false"
    elements: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        return self.summary == "false" and not self.elements


WHOLE: Final = View()


def view_of(wanted: Mapping[str, str], resource_type: str) -> View:
    """The view that `_summary` and `_elements` ask for; `resource_type` may be "".

    Raises OutcomeError 400 for a value that R4 does not have, and for an element that the type does not have.
    """
    view = WHOLE
    if "_summary" in wanted:
        value = wanted["_summary"]
        if value not in _SUMMARIES:
            raise refuse(400, "value", f"`_summary` is `{value[:40]}`: give true, text, data, count or false", "?_summary")
        view = replace(view, summary=value)
    if "_elements" in wanted:
        if view.summary != "false":
            raise refuse(400, "value", "`_summary` and `_elements` stand together: give one of them", "?_elements")
        names = [name.strip() for name in wanted["_elements"].split(",")]
        view = replace(view, elements=frozenset(_known(name, resource_type) for name in names))
    return view


def _known(name: str, resource_type: str) -> str:
    """The element's name without the type before it: `Patient.name` and `name`, `value`, `value[x]` and `valueQuantity`."""
    prefix, _, rest = name.rpartition(".")
    name = rest.removesuffix("[x]")
    if not name:
        raise refuse(400, "value", "`_elements` has an empty name: write names of elements with commas between", "?_elements")
    if not spec.is_resource_type(resource_type):
        return name
    known = spec.elements(resource_type)
    if name in known or name in spec.choices(resource_type) or (prefix and prefix != resource_type):
        return name
    near = get_close_matches(name, list(known), 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise refuse(400, "value", f"{resource_type} has no element `{name[:64]}`{hint}", "?_elements")


def subset(resource: Json, view: View) -> Json:
    """That part of a resource with `meta.tag` SUBSETTED; its mandatory and modifier elements and `id` are always there."""
    if view.is_whole or not spec.is_resource_type(resource.get("resourceType", "")):
        return resource
    type_name = resource["resourceType"]
    if view.summary == "true":
        part = _summary(resource, type_name)
    else:
        part = {name: value for name, value in resource.items() if _kept(type_name, name.removeprefix("_"), view)}
    part["meta"] = _marked(resource.get("meta", {}))
    return part


def _marked(meta: Json) -> Json:
    tags: list[Json] = meta.get("tag", [])
    if any((tag.get("system"), tag.get("code")) == (SUBSETTED["system"], SUBSETTED["code"]) for tag in tags):
        return meta
    return {**meta, "tag": [*tags, SUBSETTED]}


def _kept(type_name: str, name: str, view: View) -> bool:
    element = spec.elements(type_name).get(name)
    if name in _ALWAYS or element is None or element.min or element.is_modifier:
        return name in _ALWAYS or element is not None
    if view.summary == "data":
        return name != "text"
    return name == "text" if view.summary == "text" else name in view.elements or element.choice_of in view.elements


@cache
def _marks(type_name: str) -> Mapping[str, str]:
    """The members of a type that a summary has -> their type, of which it has the summary in turn; "" for primitives."""
    found: dict[str, str] = {}
    for name, element in spec.elements(type_name).items():
        if name not in _ALWAYS and not (element.is_summary or element.is_modifier or element.min):
            continue
        found[name] = "" if element.type in spec.PRIMITIVES else element.type
        if element.type in spec.PRIMITIVES:
            found[f"_{name}"] = ""
    if spec.is_resource_type(type_name):
        found |= {"resourceType": "", "id": "", "meta": ""}
    return found


def _summary(value: Json, type_name: str) -> Json:
    marks = _marks(type_name)
    return {name: _below(member, marks[name]) for name, member in value.items() if name in marks}


def _below(value: Any, type_name: str) -> Any:
    if not type_name:
        return value
    if isinstance(value, list):
        return [_below(item, type_name) for item in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("resourceType", "") if type_name == "Resource" else type_name
    return _summary(value, inner) if spec.is_resource_type(inner) or type_name != "Resource" else value


def each_resource(bundle: Json, change: Callable[[Json], Json]) -> Json:
    """The Bundle with each entry's resource changed, but not those that tell of the search itself."""
    entries = [
        {**entry, "resource": change(entry["resource"])}
        if "resource" in entry and entry.get("search", {}).get("mode") != "outcome"
        else entry
        for entry in bundle.get("entry", [])
    ]
    return {**bundle, "entry": entries} if entries else bundle
