"""The profiles that an installation knows, each compiled when first needed, and what is held against them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from threading import RLock
from typing import Any, Final, cast

from kedja import spec
from kedja.definitions import Definitions
from kedja.fhirpath import Item
from kedja.validation.contexts import Known, known_of
from kedja.validation.faults import Fault, invalid
from kedja.validation.profiles.checks import ItemCheck, value_check
from kedja.validation.profiles.elements import Grower
from kedja.validation.profiles.members import member_check
from kedja.validation.profiles.nodes import BrokenProfile, Node, TypeRef
from kedja.validation.profiles.targets import target_faults
from kedja.validation.scope import Scope

CORE: Final = "http://hl7.org/fhir/StructureDefinition/"
_URLS: Final = 5000  # extensions that are remembered
_KEPT: Final = 4  # libraries of former states, for validations that still run
_DEPTH: Final = 40  # bases of bases

Definition = Mapping[str, Any]
_kept: Final[dict[int, Library]] = {}  # by the stamp of the StructureDefinitions


class Library:
    """The StructureDefinitions of one state of the installation, as trees and as checks."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._trees: dict[str, Node | None] = {}
        self._checks: dict[str, ItemCheck | None] = {}
        self._extensions: dict[str, Known | None] = {}
        self._lock = RLock()

    def definition(self, canonical: str) -> Definition | None:
        """A profile or extension by its canonical: R4's own, which nobody writes over, or of this installation."""
        found = spec.profile(canonical) or self._definitions.find("StructureDefinition", canonical)
        url, _, version = canonical.partition("|")
        if found is None and version:  # 1.2 stands for every 1.2.x, the latest of them
            every = self._definitions.all("StructureDefinition")
            fitting = [one for one in every if one["url"] == url and str(one.get("version", "")).startswith(f"{version}.")]
            return fitting[-1] if fitting else None
        return found

    def extension(self, url: str) -> Known | None:
        """Where an extension may stand and what it has; None where it is not known here."""
        if url in self._extensions:
            return self._extensions[url]
        if len(self._extensions) > _URLS:
            self._extensions.clear()  # urls come from outside
        found = self.definition(url)
        known = None if found is None or found.get("type") != "Extension" else self._known(url, found)
        self._extensions[url] = known
        return known

    def _known(self, url: str, definition: Definition) -> Known | None:
        tree = self.known_tree(url)
        if tree is None:
            return None
        inner = tree.children.get("extension")
        slices = list(inner.slices.values()) if inner is not None else []
        urls = [held.children["url"].fixed for held in slices if "url" in held.children]
        parts = frozenset(str(fixed[1]) for fixed in urls if fixed) if slices and len(urls) == len(slices) else None
        modifier = any(element.get("isModifier") is True for element in _root_elements(definition))
        return known_of(url, definition, parts, modifier)

    def known_tree(self, canonical: str) -> Node | None:
        """As `tree`; None for one that is broken too, which is told where a value is held against it."""
        try:
            return self.tree(canonical)
        except BrokenProfile:
            return None

    def tree(self, canonical: str) -> Node | None:
        """What the profile says; None where it is not known here. Raises BrokenProfile."""
        if canonical not in self._trees:
            with self._lock:
                url, _, id_ = canonical.partition("#")
                found = self.definition(url)
                whole = None if found is None else tree_of(found, self)
                self._trees[canonical] = _named(whole, id_) if whole is not None and id_ else whole
        return self._trees[canonical]

    def check(self, canonical: str) -> ItemCheck | None:
        """The check of a profile; None where it is not known here. Raises BrokenProfile."""
        if canonical not in self._checks:
            with self._lock:
                tree = self.tree(canonical)
                self._checks[canonical] = None if tree is None else _Profile(tree, self).check
        return self._checks[canonical]

    def conforms(self, item: Item, canonical: str, scope: Scope) -> bool | None:
        """Whether a value fits a profile, or is of the type that the canonical names; None where it is not known here."""
        name = canonical.partition("|")[0].removeprefix(CORE)
        if spec.is_known(name):
            return spec.is_type(item.type, name)
        if self.definition(canonical.partition("#")[0]) is None:
            return None
        return not invalid(self.held_against(item, canonical, scope))

    def held_against(self, item: Item, canonical: str, scope: Scope) -> list[Fault]:
        """What is wrong with a value by a profile. A profile that is not known here says nothing but that."""
        name = canonical.partition("|")[0].removeprefix(CORE)
        if spec.is_known(name):
            return [] if spec.is_type(item.type, name) else [_wrong_type(item.type, name, canonical)]
        try:
            tree, check = self.tree(canonical), self.check(canonical)
        except BrokenProfile as broken:
            return [
                Fault("", "processing", f"the profile {canonical} cannot be gone by: {broken}. Correct the profile", "warning")
            ]
        if tree is None or check is None:
            return [
                Fault("", "not-found", f"the profile {canonical} is not known here: add it to hold this against it", "warning")
            ]
        if "#" not in canonical and not spec.is_type(item.type, tree.name):
            return [_wrong_type(item.type, tree.name, canonical)]
        return self._guarded(item, canonical, check, scope)

    def _guarded(self, item: Item, canonical: str, check: ItemCheck, scope: Scope) -> list[Fault]:
        """Resources that refer to each other are held against the same profile once."""
        key = (id(item.value), canonical)
        if key in scope.busy:
            return []
        scope.busy.add(key)
        try:
            return check(item, scope)
        finally:
            scope.busy.discard(key)

    def target(self, item: Item, entry: TypeRef, scope: Scope) -> list[Fault]:
        return target_faults(item, entry, scope, self)


class _Profile:
    """One profile being compiled: its nodes with the library around them."""

    def __init__(self, tree: Node, library: Library) -> None:
        self._tree = tree
        self._library = library
        self._contents: dict[str, ItemCheck] = {}
        self.known_tree, self.conforms = library.known_tree, library.conforms
        self.held_against, self.target = library.held_against, library.target
        self.check = value_check(tree, self)

    def members(self, node: Node) -> ItemCheck:
        if node.content is None:
            return member_check(node, self)
        own = member_check(node, self)
        return lambda item, scope: [*own(item, scope), *self._content(node.content or "")(item, scope)]

    def _content(self, id_: str) -> ItemCheck:
        """What the profile says of the element that a content reference names, compiled when it is first met."""
        if id_ not in self._contents:
            named = _named(self._tree, id_)
            self._contents[id_] = member_check(named, self) if named is not None else lambda _item, _scope: []
        return self._contents[id_]


def tree_of(definition: Definition, library: Library, depth: int = 0) -> Node:
    """The tree of a StructureDefinition: of its snapshot, or of its differential over the tree of its base."""
    url, type_name = definition.get("url"), definition.get("type")
    if depth > _DEPTH:
        raise BrokenProfile(f"{url} has more than {_DEPTH} bases")
    if definition.get("kind") == "logical" or not isinstance(type_name, str) or not spec.is_known(type_name):
        raise BrokenProfile(f"{url} is on `{type_name}`, which is no type of FHIR R4")
    snapshot, differential = (_elements(definition, name) for name in ("snapshot", "differential"))
    root = Node(type_name, type_name, type_name) if snapshot else _base_tree(definition, type_name, library, depth)
    grower = Grower(root)
    for element in snapshot or differential:
        grower.add(element)
    root.min = root.max = None
    root.types = ()
    return root


def _base_tree(definition: Definition, type_name: str, library: Library, depth: int) -> Node:
    base = definition.get("baseDefinition")
    if not isinstance(base, str):
        raise BrokenProfile(f"{definition.get('url')} has no snapshot and names no base: add baseDefinition")
    if spec.is_known(base.partition("|")[0].removeprefix(CORE)):
        return Node(type_name, type_name, type_name)
    found = library.definition(base)
    if found is None:
        raise BrokenProfile(f"its base {base} is not known here: add the package that has it")
    return copy.deepcopy(tree_of(found, library, depth + 1))


def _elements(definition: Definition, name: str) -> list[dict[str, Any]]:
    part = definition.get(name)
    found = cast("dict[str, Any]", part).get("element") if isinstance(part, dict) else None
    return cast("list[dict[str, Any]]", found) if isinstance(found, list) else []


def _root_elements(definition: Definition) -> list[dict[str, Any]]:
    every = _elements(definition, "snapshot") + _elements(definition, "differential")
    return [element for element in every if element.get("path") == definition.get("type")]


def _named(root: Node, id_: str) -> Node | None:
    node: Node | None = root
    for part in id_.split(".")[1:]:
        name, _, slice_name = part.partition(":")
        node = node.children.get(name.removesuffix("[x]")) if node is not None else None
        if node is not None and slice_name:
            node = node.slices.get(slice_name)
    return node


def _wrong_type(type_name: str, wanted: str, canonical: str) -> Fault:
    return Fault(
        "", "structure", f"the profile {canonical} is of {wanted}, and this is {type_name}: name a profile of {type_name}"
    )


def library(definitions: Definitions) -> Library:
    """The library of these definitions; compiled profiles are kept as long as the StructureDefinitions are the same."""
    stamp = definitions.stamp("StructureDefinition")
    found = _kept.get(stamp)
    if found is None:
        while len(_kept) >= _KEPT:
            _kept.pop(next(iter(_kept)), None)
        found = _kept[stamp] = Library(definitions)
    return found


def conforms(item: Item, canonical: str, scope: Scope) -> bool | None:
    """As `Library.conforms`, by the definitions of this validation."""
    return library(scope.asked.definitions).conforms(item, canonical, scope)


def claimed(resource: dict[str, Any], scope: Scope) -> list[Fault]:
    """What is wrong with a resource by the profiles that its `meta.profile` names and that are known here (R4 5.1.0.13)."""
    meta = resource.get("meta")
    urls = cast("dict[str, Any]", meta).get("profile") if isinstance(meta, dict) else None
    if not isinstance(urls, list):
        return []
    known = library(scope.asked.definitions)
    faults: list[Fault] = []
    for place, url in enumerate(cast("list[Any]", urls)):
        if isinstance(url, str):
            found = against(resource, url, scope, known)
            faults += [
                fault.below(f".meta.profile[{place}]") if fault.code == "not-found" and not fault.path else fault
                for fault in found
                if fault.severity == "error" or scope.asked.warnings
            ]
    return faults


def against(resource: dict[str, Any], canonical: str, scope: Scope, known: Library | None = None) -> list[Fault]:
    """What is wrong with a resource by one profile; each fault names it."""
    found = (known or library(scope.asked.definitions)).held_against(
        Item(resource, str(resource.get("resourceType"))), canonical, scope
    )
    return [fault if canonical in fault.text else fault._replace(text=f"{fault.text} (profile {canonical})") for fault in found]
