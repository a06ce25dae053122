"""Bundles (R4 2.36): how their entries are named, and that a name leads to one of them."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja import spec
from kedja.validation.documents import document_faults
from kedja.validation.faults import Fault, shown
from kedja.validation.scope import Scope

Resource = dict[str, Any]
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_RESTFUL: Final = re.compile(r"https?://\S+/([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_UNNAMED: Final = ("transaction", "batch", "transaction-response", "batch-response", "history")  # entries may lack a fullUrl


def bundle_faults(bundle: Resource, scope: Scope) -> list[Fault]:
    """What is wrong with a Bundle whose structure is sound, beside R4's invariants."""
    faults: list[Fault] = []
    for place, entry in enumerate(cast("list[Resource]", bundle.get("entry", ()))):
        found = _entry_faults(entry, bundle.get("type"))
        faults += [fault.below(f".entry[{place}]") for fault in found]
    return faults + _link_faults(bundle) + document_faults(bundle, scope)


def _link_faults(bundle: Resource) -> list[Fault]:
    """A Bundle has one link of each relation (RFC 8288 names of pages: self, next...)."""
    seen: set[str] = set()
    faults: list[Fault] = []
    for place, link in enumerate(cast("list[Resource]", bundle.get("link", ()))):
        relation = str(link.get("relation"))
        if relation in seen:
            text = f"the relation {shown(relation)} stands twice: keep one link of it"
            faults.append(Fault(f".link[{place}].relation", "duplicate", text))
        seen.add(relation)
    return faults


def _entry_faults(entry: Resource, kind: Any) -> list[Fault]:
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(resource, dict):
        return []
    if not isinstance(url, str):
        if kind in _UNNAMED or entry.get("search", {}).get("mode") == "outcome":
            return []
        return [Fault(".fullUrl", "required", f"an entry of a {kind} Bundle has a fullUrl: add the address of the resource")]
    if not _ABSOLUTE.fullmatch(url):
        return [Fault(".fullUrl", "value", f"{shown(url)} is not absolute: write a whole URL, or urn:uuid: and a UUID")]
    return _misnamed(url, cast("Resource", resource))


def _misnamed(url: str, resource: Resource) -> list[Fault]:
    """2.36.4: a fullUrl that is an address of the RESTful interface ends with the type and id of its resource."""
    match = _RESTFUL.fullmatch(url)
    if match is None or not spec.is_resource_type(match.group(1)):
        return []
    name, id_ = resource.get("resourceType"), resource.get("id")
    if match.groups() == (name, id_):
        return []
    have = f"{name}/{id_}" if id_ is not None else f"a {name} without id"
    return [
        Fault(
            ".fullUrl", "value", f"{shown(url)} leads to {match.group(1)}/{match.group(2)}, and this is {have}: make them agree"
        )
    ]
