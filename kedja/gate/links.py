"""References within a transaction: what entries call each other becomes where they are stored (FHIR R4 3.1.0.11.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from kedja import spec

Resource = dict[str, Any]
_IN_NARRATIVE: Final = re.compile(r"""(<(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*["'])([^"'#]+)""")
_TAIL: Final = re.compile(r"(#.*|/_history/[A-Za-z0-9.\-]{1,64})$")
_RELATIVE: Final = re.compile(r"[A-Za-z]+/[A-Za-z0-9.\-]{1,64}")
_RESTFUL: Final = re.compile(r"(https?://\S+/)[A-Za-z]+/[A-Za-z0-9.\-]{1,64}")


def is_conditional(reference: object) -> bool:
    """Whether it is a search instead of an address: `Patient?identifier=...`."""
    return isinstance(reference, str) and spec.is_resource_type(reference.partition("?")[0]) and "?" in reference


def conditional_references(resource: Any, place: str) -> Iterator[tuple[str, str]]:
    """(reference, where it stands) of each reference that is a search."""
    if isinstance(resource, dict):
        for name, member in cast("Resource", resource).items():
            if name == "reference" and is_conditional(member):
                yield cast(str, member), f"{place}.reference"
            elif isinstance(member, (dict, list)):
                yield from conditional_references(member, f"{place}.{name}")
    elif isinstance(resource, list):
        for position, item in enumerate(cast("list[Any]", resource)):
            yield from conditional_references(item, f"{place}[{position}]")


def relink(resource: Resource, places: Mapping[str, str], full_url: str = "") -> Resource:
    """The resource with every string that is a key of `places` in its new form, `Type/id`.

    References may have a version or a fragment behind, narrative links are found in the text, and a relative reference counts
    from the root of the entry's own `full_url` (FHIR R4 2.36.4.1).
    """
    if not places:
        return resource
    root = match[1] if (match := _RESTFUL.fullmatch(full_url)) else ""
    return cast("Resource", _relinked(resource, "", places, root))


def _relinked(value: Any, name: str, places: Mapping[str, str], root: str) -> Any:
    """What has nothing to change in it is given back as it is, not copied."""
    if isinstance(value, str):
        if name == "div":
            return _IN_NARRATIVE.sub(lambda match: match[1] + places.get(match[2], match[2]), value)
        return _target(value, name, places, root)
    if isinstance(value, dict):
        members = cast("Resource", value)
        changed: Resource = {}
        for key, member in members.items():
            if isinstance(member, (str, dict, list)) and (made := _relinked(member, key, places, root)) is not member:
                changed[key] = made
        return {**members, **changed} if changed else members
    if isinstance(value, list):
        items = cast("list[Any]", value)
        linked = [_relinked(item, name, places, root) for item in items]
        return linked if any(one is not other for one, other in zip(linked, items)) else items
    return value


def _target(text: str, name: str, places: Mapping[str, str], root: str) -> str:
    if text in places:
        return places[text]
    if name != "reference":
        return text
    bare = _TAIL.sub("", text)
    found = places.get(bare) or (places.get(root + bare) if root and _RELATIVE.fullmatch(bare) else None)
    if found is None:
        return text
    fragment = text[len(bare) :]
    return found + fragment if fragment.startswith("#") else found
