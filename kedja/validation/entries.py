"""The entries of a Bundle by the addresses that references may use (R4 2.36.4: resolving references in bundles)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, cast

Resource = dict[str, Any]
_RESTFUL: Final = re.compile(r"(.*/)?[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_VERSION: Final = "/_history/"


class Entries:
    """Finds resources of one Bundle. Anything in it that is not of the right shape is passed over."""

    __slots__ = ("_addresses", "_by_address", "_by_name")

    def __init__(self, bundle: Resource) -> None:
        self._addresses: dict[int, str] = {}  # of a resource, by its identity, its fullUrl
        self._by_address: dict[str, Resource] = {}
        self._by_name: dict[str, Resource] = {}
        for full_url, resource in entries_of(bundle):
            self._add(full_url, resource)

    def _add(self, full_url: Any, resource: Resource) -> None:
        if isinstance(full_url, str):
            self._addresses[id(resource)] = full_url
            self._by_address.setdefault(full_url, resource)
        name, id_ = resource.get("resourceType"), resource.get("id")
        if isinstance(name, str) and isinstance(id_, str):
            self._by_name.setdefault(f"{name}/{id_}", resource)

    def find(self, reference: str, source: Resource) -> Resource | None:
        """What `reference`, as it stands in `source`, leads to: by fullUrl, by the base of the source's own fullUrl, by name."""
        plain = reference.partition(_VERSION)[0]
        found = self._by_address.get(reference) or self._by_address.get(plain)
        if found is not None or ":" in plain:
            return found
        address = _RESTFUL.fullmatch(self._addresses.get(id(source), ""))
        if address is not None and address.group(1):
            found = self._by_address.get(address.group(1) + plain)
        return found or self._by_name.get(plain)

    def address(self, resource: Resource) -> str | None:
        """The fullUrl of an entry's resource."""
        return self._addresses.get(id(resource))


def entries_of(bundle: Resource) -> Iterator[tuple[Any, Resource]]:
    """(fullUrl, resource) of each entry that has a resource."""
    entries = bundle.get("entry")
    for entry in cast("list[Any]", entries) if isinstance(entries, list) else ():
        resource = cast("Resource", entry).get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield cast("Resource", entry).get("fullUrl"), cast("Resource", resource)
