"""What a delivery says of its own resources, in the words of this store: ids, and references by address or by identifier."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja import spec
from kedja.sources.mapping import resource_id
from kedja.sources.source import Source

Resource = dict[str, Any]
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PLACE: Final = re.compile(r"([A-Z][A-Za-z]+)/([^/?#|]+)")


def localised(resource: Resource, source: Source) -> Resource:
    """The resource with references to what the source itself delivers as `Type/id`; it is changed in place.

    `BASE/Type/id` by the source's `bases`; a subject that only has an identifier means the Patient that the source delivers
    without an id and with that identifier first. Where the source is not strict, an id that R4 does not allow (2.6.3) becomes
    one made from it, here and in references.
    """
    _name_subject(resource, source.name)
    lenient = source.validation != "strict"
    if lenient and isinstance(id_ := resource.get("id"), str):
        resource["id"] = _id(source.name, str(resource["resourceType"]), id_)
    if lenient or source.bases:
        _walk(resource, source, lenient)
    return resource


def _name_subject(resource: Resource, source: str) -> None:
    for name in spec.subject_elements(resource["resourceType"]):
        for holder in _objects(resource.get(name)):
            if "reference" in holder or holder.get("type", "Patient") != "Patient":
                continue
            for identifier in _objects(holder.get("identifier")):
                system, value = identifier.get("system"), identifier.get("value")
                if isinstance(system, str) and isinstance(value, str):
                    holder["reference"] = f"Patient/{resource_id(source, 'Patient', system, value)}"


def _objects(value: Any) -> list[Resource]:
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [cast("Resource", item) for item in items if isinstance(item, dict)]


def _walk(value: Any, source: Source, lenient: bool) -> None:
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            _walk(item, source, lenient)
    elif isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        for name, member in members.items():
            if name == "reference" and isinstance(member, str):
                members[name] = _reference(member, source, lenient)
            elif isinstance(member, (dict, list)):
                _walk(member, source, lenient)


def _reference(text: str, source: Source, lenient: bool) -> str:
    base = next((base for base in source.bases if text.startswith(f"{base}/")), None)
    place = text[len(base) + 1 :] if base else text
    found = _PLACE.fullmatch(place)
    if found is None or not spec.is_resource_type(found[1]):
        return text
    return f"{found[1]}/{_id(source.name, found[1], found[2])}" if lenient else place


def _id(source: str, type_name: str, id: str) -> str:
    return id if _ID.fullmatch(id) else resource_id(source, type_name, id)
