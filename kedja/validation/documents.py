"""Documents (R4 3.3.1): what the Composition refers to is in the Bundle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from kedja.validation.entries import entries_of
from kedja.validation.faults import Fault, shown
from kedja.validation.scope import Scope

Resource = dict[str, Any]
_ELEMENTS: Final = ("subject", "encounter", "author", "attester", "custodian", "event", "section")  # 3.3.1, table of contents


def document_faults(bundle: Resource, scope: Scope) -> list[Fault]:
    """References of the Composition that lead to no entry, or to several."""
    inside = list(entries_of(bundle))
    if bundle.get("type") != "document" or not inside or scope.entries is None:
        return []
    address, composition = inside[0]
    faults: list[Fault] = []
    for name in _ELEMENTS:
        for path, text in _references(composition.get(name), f".entry[0].resource.{name}"):
            if text.startswith("#") or (":" in text and not text.startswith(("urn:uuid:", "urn:oid:"))):
                continue
            number = sum(_leads(text, str(address), full_url, resource) for full_url, resource in inside)
            if number != 1:
                what = "no entry" if not number else f"{number} entries"
                told = f"{shown(text)} leads to {what} of this document: it must hold what its Composition refers to, once"
                faults.append(Fault(path, "not-found", told))
    return faults


def _references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for place, item in enumerate(cast("list[Any]", value)):
            yield from _references(item, f"{path}[{place}]")
    elif isinstance(value, dict):
        for name, member in cast("Resource", value).items():
            if name == "reference" and isinstance(member, str):
                yield f"{path}.reference", member
            elif name not in ("extension", "text"):
                yield from _references(member, f"{path}.{name}")


def _leads(text: str, source: str, full_url: Any, resource: Resource) -> bool:
    """2.36.4.1: a relative reference is taken from the base of the source's fullUrl, where that is RESTful."""
    plain, _, version = text.partition("/_history/")
    if version and str(resource.get("meta", {}).get("versionId")) != version:
        return False
    if ":" in plain:
        return full_url == plain
    base = source.rpartition("/")[0].rpartition("/")[0]
    if source.startswith(("http://", "https://")):
        return full_url == f"{base}/{plain}"
    return False
