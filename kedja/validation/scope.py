"""What the checks of a value look at beside the value: its resource, what that is in, and how much is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from kedja.definitions import Definitions, current
from kedja.validation.entries import Entries

Resource = dict[str, Any]
_NOTHING: Final[Resource] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """How much a validation looks at. `definitions` are those beside R4's own.

    `full`: invariants, extensions and profiles too, not the structure alone. `whole`: that nothing which must be there is
    missing, and what references may lead to. `warnings`: what does not make it invalid too.
    """

    full: bool = True
    whole: bool = True
    warnings: bool = False
    definitions: Definitions = field(default_factory=current)


@dataclass(slots=True)
class Scope:
    """Of one resource. `container` is what it is contained in, or itself; `entries` are those of the Bundle around it."""

    resource: Resource
    container: Resource
    asked: Asked
    held: Mapping[str, Resource]  # the contained resources that `#id` may lead to, and itself as the empty text
    entries: Entries | None = None
    busy: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])  # (resource, profile) being held together
    env: Any = None  # what FHIRPath needs, made when first used

    def of_contained(self, resource: Resource) -> Scope:
        """The scope of a resource that this one contains."""
        return Scope(resource, self.container, self.asked, self.held, self.entries, self.busy)

    def of_entry(self, resource: Resource) -> Scope:
        """The scope of a resource that stands by itself: the root, an entry of a Bundle, a parameter."""
        entries = Entries(resource) if resource.get("resourceType") == "Bundle" else self.entries
        return Scope(resource, resource, self.asked, _held(resource), entries, self.busy)

    def inside(self, value: Any) -> Scope:
        """The scope of the members of a value: its own where it is another resource."""
        if value is self.resource or not isinstance(value, dict) or "resourceType" not in value:
            return self
        resource = cast("Resource", value)
        is_contained = any(resource is held for held in self.held.values())
        return self.of_contained(resource) if is_contained else self.of_entry(resource)

    def resolve(self, reference: str) -> Resource | None:
        """The resource that a literal reference leads to, where it is contained or in the same Bundle (R4 2.3.0.1, 2.36.4)."""
        if reference.startswith("#"):
            return self.held.get(reference[1:])
        return self.entries.find(reference, self.container) if self.entries is not None else None


def outermost(asked: Asked) -> Scope:
    """The scope around the root, in which there is nothing yet."""
    return Scope(_NOTHING, _NOTHING, asked, _NOTHING)


def _held(resource: Resource) -> Mapping[str, Resource]:
    held: dict[str, Resource] = {"": resource}
    parts = resource.get("contained")
    for part in cast("list[Any]", parts) if isinstance(parts, list) else ():
        id_ = cast("Resource", part).get("id") if isinstance(part, dict) else None
        if isinstance(id_, str):
            held[id_] = cast("Resource", part)
    return held
