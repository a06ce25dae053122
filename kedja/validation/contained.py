"""Resources inside `contained` (R4 2.3.0.1; dom-2 to dom-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, cast

from kedja.validation.faults import Fault

Resource = dict[str, Any]
_LINKED: Final = re.compile(r"""(?:src|href)\s*=\s*["'](#[^"']+)""")
_OF_THE_SERVER: Final = ("versionId", "lastUpdated", "security")


def of_one(resource: Resource) -> list[Fault]:
    """What is wrong with a resource just because it is contained."""
    faults: list[Fault] = []
    if "id" not in resource:
        faults.append(Fault(".id", "required", "a contained resource needs an `id`: add it, and refer to it as #id"))
    if "contained" in resource:
        faults.append(Fault(".contained", "structure", "a contained resource contains another: put both side by side"))
    meta = resource.get("meta")
    named = [name for name in _OF_THE_SERVER if name in meta] if isinstance(meta, dict) else []
    return faults + [
        Fault(f".meta.{name}", "invariant", f"a contained resource has no `meta.{name}` of its own: remove it") for name in named
    ]


def unused(resource: Resource) -> list[Fault]:
    """dom-3: what is contained is referred to by `#id` from the rest, or refers to its container by `#`."""
    parts = cast("list[Resource]", resource.get("contained", ()))
    named = set(_fragments(resource))
    return [
        Fault(f".contained[{place}]", "invariant", f"nothing refers to #{part['id']}: refer to it, or remove it")
        for place, part in enumerate(parts)
        if f"#{part['id']}" not in named and "#" not in set(_fragments(part))
    ]


def repeated(resource: Resource) -> list[Fault]:
    """Ids of contained resources that stand twice."""
    seen: set[str] = set()
    faults: list[Fault] = []
    for place, part in enumerate(cast("list[Resource]", resource.get("contained", ()))):
        if part["id"] in seen:
            text = f"the id `{part['id']}` stands twice among what is contained: give each its own"
            faults.append(Fault(f".contained[{place}].id", "duplicate", text))
        seen.add(part["id"])
    return faults


def _fragments(value: Any) -> Iterator[str]:
    """Every text below that starts with `#`, and every such link in a narrative."""
    if isinstance(value, str):
        if value[:1] == "#":
            yield value
        elif value[:4] == "<div":
            yield from _LINKED.findall(value)
    elif isinstance(value, dict):
        for member in cast("Resource", value).values():
            yield from _fragments(member)
    elif isinstance(value, list):
        for member in cast("list[Any]", value):
            yield from _fragments(member)
