"""What a reference leads to, as far as its text and what it stands in tell (FHIR R4 2.3.0.1, 2.36.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from kedja import spec

Resource = dict[str, Any]


def target(reference: Any, resource: Resource) -> Resource | None:
    """The contained resource that a Reference (or a uri) leads to, or one with the type and id that its text names.

    The type can also stand in `Reference.type`. None where nothing tells the type (`urn:uuid:...`).
    """
    text = literal(reference)
    if text is not None and text.startswith("#"):
        return contained(text[1:], resource)
    named = type_and_id(text) if text is not None else None
    if named is not None:
        return {"resourceType": named[0], "id": named[1]}
    declared = cast("Resource", reference).get("type") if isinstance(reference, dict) else None
    return {"resourceType": declared} if isinstance(declared, str) and spec.is_resource_type(declared) else None


def literal(reference: Any) -> str | None:
    """The text of a Reference or of a uri; None without any."""
    found = cast("Resource", reference).get("reference") if isinstance(reference, dict) else reference
    return found if isinstance(found, str) else None


def type_and_id(reference: str) -> tuple[str, str] | None:
    """(`Patient`, `1`) of `Patient/1`, `https://x.org/fhir/Patient/1` and either with `/_history/2`; else None."""
    parts = reference.partition("/_history/")[0].rsplit("/", 2)[-2:]
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1] and spec.is_resource_type(parts[0]) else None


def contained(id: str, resource: Resource) -> Resource | None:
    """The resource with this id that is contained in another."""
    return next((inner for inner in _resources(resource.get("contained")) if inner.get("id") == id), None)


def entries(bundle: Resource) -> dict[str, Resource]:
    """The resources of a Bundle by their fullUrl, and by its last two parts: `Patient/1`. Empty for another resource."""
    found: dict[str, Resource] = {}
    for entry in _objects(bundle.get("entry")) if bundle.get("resourceType") == "Bundle" else ():
        url = entry.get("fullUrl")
        resource = next(_resources([entry.get("resource")]), None)
        if isinstance(url, str) and resource is not None:
            found.setdefault(url, resource)
            found.setdefault("/".join(url.rsplit("/", 2)[-2:]), resource)
    return found


def _resources(values: Any) -> Iterator[Resource]:
    return (found for found in _objects(values) if isinstance(found.get("resourceType"), str))


def _objects(values: Any) -> Iterator[Resource]:
    for value in cast("list[Any]", values) if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield cast("Resource", value)
