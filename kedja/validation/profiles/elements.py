"""ElementDefinitions into the tree of a profile (R4 2.27, 5.1.0.5 slicing): a snapshot, or a differential over its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from kedja import spec
from kedja.validation.profiles.nodes import BrokenProfile, Discriminator, Json, Node, Slicing, TypeRef

_SYSTEM: Final = "http://hl7.org/fhirpath/"
_STRUCTURES: Final = "http://hl7.org/fhir/StructureDefinition/"
_PROFILE_ELEMENT: Final = f"{_STRUCTURES}elementdefinition-profile-element"
_INLINE: Final = ("Element", "BackboneElement")
_DISCRIMINATORS: Final = ("value", "exists", "pattern", "type", "profile")
_RULES: Final = ("closed", "open", "openAtEnd")
_STRENGTHS: Final = ("required", "extensible", "preferred", "example")

Step = tuple[str, str | None]  # name without [x], slice


class Grower:
    """Puts elements into a tree, in their order."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._open: dict[str, Node] = {root.name: root}  # by path, the element that was last said something of

    def add(self, element: Mapping[str, Any]) -> None:
        """Raises BrokenProfile for an element that is not of the profile's type, or says something impossible."""
        path = element.get("path")
        if not isinstance(path, str) or path.partition(".")[0] != self.root.name:
            raise BrokenProfile(f"the element `{path or element.get('id')}` does not start with {self.root.name}")
        steps = _steps_by_id(element, path)
        node = self._at(steps) if steps is not None else self._by_order(element, path)
        _say(node, element)
        self._open = {known: held for known, held in self._open.items() if not known.startswith(f"{path}.")}
        self._open[path] = node

    def _at(self, steps: list[Step]) -> Node:
        node = self.root
        for name, slice_name in steps:
            node = child(node, name)
            if slice_name is not None:
                node = slice_of(node, slice_name)
        return node

    def _by_order(self, element: Mapping[str, Any], path: str) -> Node:
        """Without an id that fits, an element belongs to the parent that was last named."""
        if "." not in path:
            return self.root
        parent, _, name = path.rpartition(".")
        missing: list[str] = []
        while parent not in self._open:
            parent, _, between = parent.rpartition(".")
            missing.insert(0, between)
        node = self._open[parent]
        for step in (*missing, name):
            node = child(node, step.removesuffix("[x]"))
        slice_name = element.get("sliceName")
        return slice_of(node, slice_name) if isinstance(slice_name, str) else node


def child(parent: Node, name: str) -> Node:
    """The member `name`, made where nothing was said of it. `valueQuantity` is that slice of `value`."""
    if name in parent.children:
        return parent.children[name]
    type_name = parent.type_name
    known: Mapping[str, spec.Element] = spec.elements(type_name) if type_name is not None and _is_known(type_name) else {}
    element = known.get(name)
    if element is not None and element.choice_of is not None:
        return slice_of(child(parent, element.choice_of), name, element.type)
    if name == "value" and type_name in spec.PRIMITIVES:
        parent.children[name] = Node(name, f"{parent.id}.{name}", type_name)
        return parent.children[name]
    if known and element is None and not any(found.choice_of == name for found in known.values()):
        raise BrokenProfile(f"{type_name} has no element `{name}`, of which {parent.id}.{name} speaks")
    node = Node(name, f"{parent.id}.{name}", None if element is None else element.type)
    parent.children[name] = node
    return node


def slice_of(node: Node, name: str, type_name: str | None = None) -> Node:
    """The slice `name`; `a/b` is the slice b of the slice a."""
    outer = name.rpartition("/")[0]
    holder = slice_of(node, outer) if outer in node.slices else node
    if name not in holder.slices:
        told = type_name or _type_in(node, name)
        holder.slices[name] = Node(node.name, f"{node.id}:{name}", told or node.type_name)
        if told is not None:
            holder.slices[name].types = (TypeRef(told),)
    return holder.slices[name]


def _type_in(node: Node, name: str) -> str | None:
    """The type that the name of a slice of a choice tells: `valueQuantity`."""
    if not name.startswith(node.name):
        return None
    said = name.removeprefix(node.name)
    return next((found for found in (said, said[:1].lower() + said[1:]) if _is_known(found)), None)


def _is_known(type_name: str) -> bool:
    return type_name not in ("Resource", "DomainResource") and spec.is_known(type_name)


def _steps_by_id(element: Mapping[str, Any], path: str) -> list[Step] | None:
    """The steps below the root; None where the id does not tell the same path."""
    id_ = element.get("id")
    if not isinstance(id_, str):
        return None
    steps: list[Step] = []
    parts = id_.split(".")
    names = path.split(".")
    if len(parts) != len(names):
        return None
    for part, name in zip(parts, names):
        said, _, slice_name = part.partition(":")
        if said.removesuffix("[x]") != name.removesuffix("[x]"):
            return None
        steps.append((said.removesuffix("[x]"), slice_name or None))
    return steps[1:]


def _say(node: Node, element: Mapping[str, Any]) -> None:
    """What this element says, over what was said before."""
    least, most = element.get("min"), element.get("max")
    if isinstance(least, int):
        node.min = least
    if most is not None:
        node.max = str(most)
    if isinstance(most, str) and most != "*" and not most.isdecimal():
        raise BrokenProfile(f"{node.id} has the max `{most}`: write a number or *")
    _say_types(node, cast("list[Json]", element.get("type", ())))
    for name, value in element.items():
        if name.startswith("fixed"):
            if node.fixed is not None and node.fixed[1] != value:
                raise BrokenProfile(f"{node.id} is fixed to another value than in its base: leave it, or choose another base")
            node.fixed = (name.removeprefix("fixed"), value)
        elif name.startswith("pattern"):
            node.pattern = (name.removeprefix("pattern"), value)
        elif name.startswith("minValue"):
            node.least = value
        elif name.startswith("maxValue"):
            node.most = value
    if isinstance(element.get("maxLength"), int):
        node.max_length = element["maxLength"]
    _say_binding(node, element.get("binding"))
    for constraint in cast("list[Json]", element.get("constraint", ())):
        _say_constraint(node, constraint)
    if "slicing" in element:
        node.slicing = _slicing(node, element["slicing"])
    reference = element.get("contentReference")
    if isinstance(reference, str) and "#" in reference:
        node.content = reference.partition("#")[2]


def _say_types(node: Node, entries: list[Json]) -> None:
    types = tuple(
        TypeRef(entry["code"], _profiles(entry), *(tuple(entry.get(name, ())) for name in ("targetProfile", "aggregation")))
        for entry in entries
        if isinstance(entry.get("code"), str) and _tells(entry)
    )
    if not types:
        return
    for entry in types:
        for url in entry.profiles:
            name = url.partition("|")[0].removeprefix(_STRUCTURES)
            if name != entry.code and name in spec.DATATYPES:
                raise BrokenProfile(
                    f"{node.id} has the type {entry.code} with a profile on {name}: name a profile on {entry.code}"
                )
    node.types = types
    codes = {entry.code for entry in types}
    if len(codes) == 1 and types[0].code not in _INLINE:
        node.type_name = types[0].code


def _tells(entry: Json) -> bool:
    """Whether a type says more than that the element has members."""
    return not entry["code"].startswith(_SYSTEM) and (entry["code"] not in _INLINE or "profile" in entry)


def _profiles(entry: Json) -> tuple[str, ...]:
    """The canonicals; `canonical#id` where an extension names one element of the profile."""
    urls = cast("list[str]", entry.get("profile", []))
    siblings = cast("list[Json | None]", entry.get("_profile") or [])
    named: list[str] = []
    for place, url in enumerate(urls):
        sibling = siblings[place] if place < len(siblings) else None
        ids = [one.get("valueString") for one in (sibling or {}).get("extension", ()) if one.get("url") == _PROFILE_ELEMENT]
        named.append(f"{url}#{ids[0]}" if ids else url)
    return tuple(named)


def _say_binding(node: Node, binding: Any) -> None:
    if not isinstance(binding, dict):
        return
    members = cast("Json", binding)
    strength, url = members.get("strength"), members.get("valueSet")
    if strength not in _STRENGTHS:
        raise BrokenProfile(f"the binding of {node.id} has the strength `{strength}`: write one of {', '.join(_STRENGTHS)}")
    if isinstance(url, str):
        node.binding = (strength, url)


def _say_constraint(node: Node, constraint: Json) -> None:
    key, expression = constraint.get("key"), constraint.get("expression")
    if not isinstance(key, str):
        raise BrokenProfile(f"a constraint of {node.id} has no key")
    if isinstance(expression, str) and not _is_of_the_specification(key, expression, constraint.get("source")):
        severity = "warning" if constraint.get("severity") == "warning" else "error"
        node.constraints[key] = spec.Constraint(key, severity, str(constraint.get("human", key)), expression)


def _is_of_the_specification(key: str, expression: str, source: Any) -> bool:
    """Whether the type itself has this constraint; later publications of R4's packages write some of them anew."""
    known = spec.known_constraints().get(key)
    if known is None:
        return False
    return expression in known or (isinstance(source, str) and spec.is_known(source.removeprefix(_STRUCTURES)))


def _slicing(node: Node, said: Json) -> Slicing:
    found: list[Discriminator] = []
    for discriminator in cast("list[Json]", said.get("discriminator", ())):
        kind, path = discriminator.get("type"), discriminator.get("path")
        if kind not in _DISCRIMINATORS or not isinstance(path, str):
            raise BrokenProfile(f"{node.id} is sliced by `{kind}` at `{path}`: the type is one of {', '.join(_DISCRIMINATORS)}")
        found.append(Discriminator(kind, path))
    rules = said.get("rules", "open")
    if rules not in _RULES:
        raise BrokenProfile(f"the slicing of {node.id} has the rules `{rules}`: write one of {', '.join(_RULES)}")
    return Slicing(tuple(found), rules, said.get("ordered") is True)
