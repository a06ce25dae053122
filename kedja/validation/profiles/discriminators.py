"""Whether a value belongs to a slice (R4 5.1.0.5.1 and 5.1.0.5.2: discriminators)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol, cast

from kedja import spec
from kedja.fhirpath import Item
from kedja.validation.profiles.matching import equals, fits
from kedja.validation.profiles.nodes import Discriminator, Node, Slicing
from kedja.validation.profiles.values import Step, items_at, path_steps
from kedja.validation.scope import Scope
from kedja.validation.terms import membership

Matches = Callable[[Item, Scope], bool]
Told = Callable[[Item, Scope], "bool | None"]  # None: the slice says nothing at this path
_CORE: Final = "http://hl7.org/fhir/StructureDefinition/"
_RESOLVE: Final = Step("resolve", None, True)


class Profiles(Protocol):
    """What is asked of the library of profiles."""

    def known_tree(self, canonical: str) -> Node | None: ...

    def conforms(self, item: Item, canonical: str, scope: Scope) -> bool | None: ...


def matcher(slicing: Slicing, node: Node, library: Profiles) -> Matches | None:
    """Whether a value is of the slice `node`; None where the slicing does not say how to tell."""
    tests = [_KINDS[one.type](node, path_steps(one.path), library) for one in slicing.discriminators]
    if not tests:
        return None

    def matches(item: Item, scope: Scope) -> bool:
        told = [test(item, scope) for test in tests]
        return False not in told and True in told

    return matches


def implied(node: Node) -> Slicing | None:
    """How slices are told apart where the profile leaves it out: extensions by url, choices and resources by type."""
    if node.name in ("extension", "modifierExtension"):
        return Slicing((Discriminator("value", "url"),))
    typed = [held for held in node.slices.values() if held.types]
    return Slicing((Discriminator("type", "$this"),)) if len(typed) == len(node.slices) else None


def _value(node: Node, steps: tuple[Step, ...], library: Profiles) -> Told:
    if node.name in ("extension", "modifierExtension") and steps == (Step("url"),):
        urls = {url.partition("|")[0] for entry in node.types for url in entry.profiles}
        if urls:
            return lambda item, _: item.value.get("url") in urls

    criteria = cache(lambda: _criteria(node, steps, library))  # when first needed: profiles refer to each other

    excluded = cache(lambda: any(one.max == "0" for one in nodes_at(node, steps, library)))

    def test(item: Item, scope: Scope) -> bool | None:
        items = items_at(item, steps, scope)
        if excluded():
            return not items
        return all(any(one(found, scope) for found in items) for one in criteria()) if criteria() else None

    return test


def _criteria(node: Node, steps: tuple[Step, ...], library: Profiles) -> list[Matches]:
    """What the values at the path are, by the slice or by the profiles on the way to it."""
    said: list[Matches] = []
    for depth in range(len(steps) + 1):
        for at in nodes_at(node, steps[:depth], library):
            if depth == len(steps):
                said += _of_node(at, library)
            else:
                said += _inside(at, steps[depth:])
    return said


def _inside(node: Node, rest: tuple[Step, ...]) -> list[Matches]:
    """What a fixed value or a pattern further up has at the path."""
    whole = node.fixed or node.pattern
    if whole is None or any(step.called for step in rest):
        return []
    values = [whole[1]]
    for step in rest:
        values = [inner for value in values for inner in _members(value, step.name)]
    return [lambda item, _, wanted=value: fits(item.value, wanted) for value in values]


def _members(value: Any, name: str) -> list[Any]:
    member = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return cast("list[Any]", member) if isinstance(member, list) else [] if member is None else [member]


def _of_node(node: Node, library: Profiles) -> list[Matches]:
    if node.fixed is not None:
        return [lambda item, _, wanted=node.fixed[1]: equals(item.value, wanted)]
    if node.pattern is not None:
        return [lambda item, _, wanted=node.pattern[1]: fits(item.value, wanted)]
    inner = [_below(child, library) for child in node.children.values() if _tells(child)]
    if inner:
        return inner
    if node.binding is not None and node.binding[0] == "required":
        return [lambda item, _, url=node.binding[1]: membership(item.value, item.type, url) is True]
    if node.slices:
        return [
            lambda item, scope, one=held: all(test(item, scope) for test in _of_node(one, library))
            for held in node.slices.values()
            if held.min
        ]
    return []


def _tells(node: Node) -> bool:
    return bool(node.fixed or node.pattern) or any(_tells(child) for child in node.children.values())


def _below(child: Node, library: Profiles) -> Matches:
    tests = _of_node(child, library)
    step = (Step(child.name),)
    return lambda item, scope: any(all(test(one, scope) for test in tests) for one in items_at(item, step, scope))


def _exists(node: Node, steps: tuple[Step, ...], library: Profiles) -> Told:
    at = cache(lambda: nodes_at(node, steps, library))

    def test(item: Item, scope: Scope) -> bool | None:
        there = bool(items_at(item, steps, scope))
        if any(one.max == "0" for one in at()):
            return not there
        return there if any(one.min for one in at()) else None

    return test


def _type(node: Node, steps: tuple[Step, ...], library: Profiles) -> Told:
    wanted = cache(lambda: _types(node, steps, library))

    def test(item: Item, scope: Scope) -> bool:
        return any(spec.is_type(found.type, name) for found in items_at(item, steps, scope) for name in wanted())

    return test


def _types(node: Node, steps: tuple[Step, ...], library: Profiles) -> set[str]:
    """The types that the slice has at the path; after resolve() those of the targets."""
    resolving = bool(steps) and steps[-1] == _RESOLVE
    if resolving:
        urls = [url for at in nodes_at(node, steps[:-1], library) for entry in at.types for url in entry.targets]
        return {found for found in (_type_of(url, library) for url in urls) if found}
    found: set[str] = set()
    for at in nodes_at(node, steps, library):
        found |= {entry.code for entry in at.types}
        if not at.types and at.type_name:
            found.add(at.type_name)
    return found


def _type_of(canonical: str, library: Profiles) -> str | None:
    """The type that a profile is on."""
    name = canonical.partition("|")[0].removeprefix(_CORE)
    if spec.is_known(name):
        return name
    tree = library.known_tree(canonical)
    return tree.name if tree is not None else None


def _profile(node: Node, steps: tuple[Step, ...], library: Profiles) -> Told:
    urls = cache(lambda: _canonicals(node, steps, library))

    def test(item: Item, scope: Scope) -> bool | None:
        if not urls():
            return None
        return any(library.conforms(found, url, scope) for found in items_at(item, steps, scope) for url in urls())

    return test


def _canonicals(node: Node, steps: tuple[Step, ...], library: Profiles) -> list[str]:
    """The profiles on what is at the path; after resolve() those on the targets."""
    resolving = bool(steps) and steps[-1] == _RESOLVE
    at = nodes_at(node, steps[:-1] if resolving else steps, library)
    return [url for one in at for entry in one.types for url in (entry.targets if resolving else entry.profiles)]


def nodes_at(node: Node, steps: tuple[Step, ...], library: Profiles) -> list[Node]:
    """The nodes that say something at the path: of the slice itself, and of the profiles on its types and targets."""
    nodes = _with_profiles(node, library, False)
    for step in steps:
        following: list[Node] = []
        for one in nodes:
            if step == _RESOLVE:
                following += [tree for entry in one.types for url in entry.targets if (tree := library.known_tree(url))]
            elif step.called and step.name == "ofType":
                following.append(one)
            elif step.called:
                following += [
                    held
                    for held in (one.children["extension"].slices.values() if "extension" in one.children else ())
                    if any(step.argument in entry.profiles for entry in held.types)
                ]
            elif step.name in one.children:
                following += _with_profiles(one.children[step.name], library, True)
        nodes = following
    return nodes


def _with_profiles(node: Node, library: Profiles, inner: bool) -> list[Node]:
    trees = [tree for entry in node.types for url in entry.profiles if (tree := library.known_tree(url))]
    slices = list(node.slices.values()) if inner and len(node.slices) == 1 else []
    return [node, *slices, *trees]


_KINDS: Final[dict[str, Callable[[Node, tuple[Step, ...], Profiles], Told]]] = {
    "value": _value,
    "pattern": _value,
    "exists": _exists,
    "type": _type,
    "profile": _profile,
}
