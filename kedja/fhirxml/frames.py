"""What is being read: one frame for each XML element that is open, with the JSON that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from kedja.fhirxml.shape import Place, Shape

Json = dict[str, Any]


@dataclass(slots=True)
class Frame:
    """An open element. `members` is its JSON object; of a primitive that is what stands beside its value (`_name`)."""

    tag: str
    shape: Shape | None  # None: the holder of a resource, as `contained`
    members: Json
    place: Place | None = None  # where it stands in its parent; None for a resource
    value: Any = None  # of a primitive
    last: Place | None = None  # the latest child
    type: str = ""
    levels: int = 1  # of JSON, this one too
    faulty: bool = False  # a child was not taken
    pairs: dict[str, tuple[list[Any], list[Any]]] = field(default_factory=dict[str, tuple[list[Any], list[Any]]])

    def add(self, place: Place, value: Any) -> None:
        """A child that is an object, a resource or a narrative."""
        if place.is_list:
            self.members.setdefault(place.name, []).append(value)
        else:
            self.members[place.name] = value

    def add_primitive(self, place: Place, value: Any, beside: Json) -> None:
        name = place.name
        if place.is_list:
            pair = self.pairs.get(name)
            if pair is None:
                pair = self.pairs[name] = ([], [])
                self.members[name], self.members[f"_{name}"] = pair
            pair[0].append(value)
            pair[1].append(beside or None)
            return
        if value is not None:
            self.members[name] = value
        if beside:
            self.members[f"_{name}"] = beside

    def close(self) -> None:
        """Arrays of primitives lose the half that says nothing."""
        for name, (values, siblings) in self.pairs.items():
            if all(value is None for value in values):
                del self.members[name]
            if all(sibling is None for sibling in siblings):
                del self.members[f"_{name}"]


def location(frames: list[Frame], tag: str = "") -> str:
    """The FHIRPath location of the innermost open element, or of its child `tag`."""
    steps: list[str] = []
    parent: Frame | None = None
    for frame in frames:
        if frame.place is not None and parent is not None:
            steps.append(frame.tag + (f"[{_held(parent, frame.tag)}]" if frame.place.is_list else ""))
        elif parent is None:
            steps.append(frame.tag)
        parent = frame
    return ".".join([*steps, tag] if tag else steps)


def _held(parent: Frame, name: str) -> int:
    found = parent.members.get(name)
    return len(cast("list[Any]", found)) if isinstance(found, list) else 0
