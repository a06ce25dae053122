"""Where a protected person lives, is reached and is met, taken out of a resource; and put back into what a client returns.

What is taken out is found by the types of R4's elements (`spec.places`), so that it is the same in every resource type, in
contained resources and in extensions. In its place stands FHIR's data-absent-reason `masked`; the resource stays valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from kedja import spec
from kedja.access.spoken import without_places
from kedja.spec import Element
from kedja.spec.places import NO_PLACE, PLACE_ELEMENTS, PLACE_EXTENSIONS, PLACE_SYSTEMS, PLACES, REACHED_BY

Json = dict[str, Any]

MASKED: Final[Json] = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}
"""What stands where something was taken out."""
REDACTED: Final[Json] = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "REDACTED"}
"""The mark in `meta.security` of what is not whole."""
NARRATIVE: Final[Json] = {
    "status": "empty",
    "div": '<div xmlns="http://www.w3.org/1999/xhtml" lang="sv">Skyddade personuppgifter: texten visas inte.</div>',
}
"""What stands for a narrative: it repeats what the elements say."""
ADDRESS_FIELD: Final = "https://kedja.example/fhir/StructureDefinition/discharge-field"
"""The extension that says which part of a discharge message a text is."""
_FREE: Final = ("string", "markdown")
_NAMES: Final = ("HumanName.", "Identifier.", "Coding.", "Quantity.")  # strings that are no prose
_ADDRESS: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[^/]+)?$")


@dataclass(frozen=True, slots=True)
class Within:
    """The types of the contained resources, by the reference to them (`#1`)."""

    contained: Mapping[str, str]


def mask(resource: Json) -> Json:
    """The same resource without places, marked as redacted; not the same object where anything was taken out."""
    bare = _bare(resource)
    meta = bare.get("meta", {})
    return {**bare, "meta": {**meta, "security": [*meta.get("security", ()), REDACTED]}}


def wordless(communication: Json) -> Json:
    """A masked Communication without its words: those of a notice tell at which unit something was opened."""
    return _without_words(communication, lambda part: True)


def _without_words(communication: Json, which: Callable[[Json], bool]) -> Json:
    payload = [
        {**{name: value for name, value in one.items() if name != "contentString"}, "_contentString": MASKED}
        if "contentString" in one and which(one)
        else one
        for one in _objects(communication.get("payload"))
    ]
    return {**communication, "payload": payload} if payload else communication


def _is_address(part: Json) -> bool:
    """The registered address in a notice of admission (lag 2017:612 2 kap. 2 §)."""
    return any(one.get("url") == ADDRESS_FIELD and one.get("valueCode") == "address" for one in _objects(part.get("extension")))


def _bare(resource: Json) -> Json:
    type_name = resource.get("resourceType", "")
    if type_name in PLACES:
        return {name: resource[name] for name in ("resourceType", "id") if name in resource}
    if not spec.is_resource_type(type_name):
        return resource
    contained = _objects(resource.get("contained"))
    within = Within({f"#{one.get('id', '')}": one.get("resourceType", "") for one in contained})
    found = _complex(resource, type_name, within)
    return _without_words(found, _is_address) if type_name == "Communication" else found


def _complex(value: Json, type_name: str, within: Within) -> Json:
    """A resource, datatype or inline element, member by member. What R4 does not define is left as it is."""
    known: Mapping[str, Element] = spec.elements(type_name) if spec.is_known(type_name) else {}
    found: Json = {}
    for name, member in value.items():
        element = known.get(name.removeprefix("_"))
        if element is None:
            found[name] = member
        elif name.startswith("_"):
            if element.path in PLACE_ELEMENTS:
                found |= _primitive(name[1:], member, element)
            else:
                found[name] = _each(member, "Element", within)
        elif element.type in spec.PRIMITIVES:
            found |= _primitive(name, member, element)
        elif (masked := _member(member, element, within)) is not None:
            found[name] = masked
    return found


def _primitive(name: str, member: Any, element: Element) -> Json:
    if element.path not in PLACE_ELEMENTS:
        return {name: _spoken(member) if element.type in _FREE and not element.path.startswith(_NAMES) else member}
    return {f"_{name}": [MASKED] if isinstance(member, list) else MASKED}


def _spoken(member: Any) -> Any:
    """What is written freely, without the places that it names."""
    if isinstance(member, list):
        return [_spoken(one) for one in cast("list[Any]", member)]
    return without_places(member) if isinstance(member, str) else member


def _member(member: Any, element: Element, within: Within) -> Any:
    """The member without places; None where nothing of it may be there."""
    if element.type in REACHED_BY or element.path in PLACE_ELEMENTS:
        return [MASKED] if isinstance(member, list) else MASKED  # not even how many there are
    if element.name == "contained":
        return [_bare(one) for one in _objects(member) if one.get("resourceType") not in PLACES] or None
    if isinstance(member, list):
        return [_one(item, element, within) for item in cast("list[Any]", member)]
    return _one(member, element, within)


def _one(value: Any, element: Element, within: Within) -> Any:
    if not isinstance(value, dict):
        return value
    given = cast(Json, value)
    match element.type:
        case "Narrative" if element.path.count(".") == 1:
            return NARRATIVE
        case "Reference" if _is_to_place(given, element, within):
            return MASKED
        case "Coding" if given.get("system") in PLACE_SYSTEMS:
            return MASKED
        case "CodeableConcept" if any(one.get("system") in PLACE_SYSTEMS for one in _objects(given.get("coding"))):
            return MASKED
        case "Extension" if given.get("url") in PLACE_EXTENSIONS:
            return {"url": given["url"], **MASKED}
        case "Resource":
            return _bare(given)
        case _:
            return _complex(given, element.type, within)


def _each(value: Any, type_name: str, within: Within) -> Any:
    if isinstance(value, list):
        return [_each(item, type_name, within) for item in cast("list[Any]", value)]
    return _complex(cast(Json, value), type_name, within) if isinstance(value, dict) else value


def _is_to_place(reference: Json, element: Element, within: Within) -> bool:
    """A reference that does not tell of what type it is, is one to a place where it can be."""
    if element.name in NO_PLACE or not reference.keys() - {"id", "extension"}:
        return False
    literal = reference.get("reference")
    match = _ADDRESS.search(literal) if isinstance(literal, str) else None
    said = match[1] if match else within.contained.get(str(literal)) or reference.get("type")
    if said is not None:
        return said in PLACES
    resource_type, _, name = element.path.partition(".")
    if spec.is_resource_type(resource_type) and name in spec.subject_elements(resource_type):
        return False
    return not element.targets or bool(PLACES & set(element.targets))


def _objects(value: Any) -> list[Json]:
    return [cast(Json, item) for item in cast("list[Any]", value) if isinstance(item, dict)] if isinstance(value, list) else []
