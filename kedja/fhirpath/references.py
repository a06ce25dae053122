"""What a reference says of its target by its text alone (FHIR R4 2.3.0.1)."""

from __future__ import annotations

from typing import Any, cast

from kedja import spec

Resource = dict[str, Any]


def target(reference: Any, resource: Resource) -> Resource | None:
    """The contained resource that a Reference (or a uri) leads to, or one with the type and id that its text names.

    The type can also stand in `Reference.type`. None where nothing tells the type (`urn:uuid:...`).
    """
    holder = cast("Resource", reference) if isinstance(reference, dict) else {"reference": reference}
    text = holder.get("reference")
    if isinstance(text, str) and text.startswith("#"):
        return _contained(text[1:], resource)
    named = type_and_id(text) if isinstance(text, str) else None
    if named is not None:
        return {"resourceType": named[0], "id": named[1]}
    declared = holder.get("type")
    return {"resourceType": declared} if isinstance(declared, str) and spec.is_resource_type(declared) else None


def type_and_id(reference: str) -> tuple[str, str] | None:
    """(`Patient`, `1`) of `Patient/1`, `https://x.org/fhir/Patient/1` and either with `/_history/2`; else None."""
    parts = reference.partition("/_history/")[0].rsplit("/", 2)[-2:]
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1] and spec.is_resource_type(parts[0]) else None


def _contained(id: str, resource: Resource) -> Resource | None:
    contained = resource.get("contained")
    for inner in cast("list[Any]", contained) if isinstance(contained, list) else []:
        if isinstance(inner, dict):
            found = cast("Resource", inner)
            if found.get("id") == id and isinstance(found.get("resourceType"), str):
                return found
    return None
