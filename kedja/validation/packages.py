"""Whether the definitions of a package can be gone by, before they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kedja import fhirpath
from kedja.definitions import current, of
from kedja.definitions.registry import TYPES
from kedja.outcome import Issue
from kedja.validation.profiles.library import Library
from kedja.validation.profiles.nodes import BrokenProfile, Node
from kedja.validation.resource import validate

Resource = dict[str, Any]


def package_faults(resources: Iterable[Resource]) -> list[Issue]:
    """What is broken in these definitions, beside those that the installation has; empty where nothing is.

    Each is a sound resource of R4 (but for what its extensions say, which is not gone by), and each profile and extension can
    be compiled: its base is here, its elements are those of its type, its constraints are FHIRPath. Logical models are kept
    and not gone by.
    """
    every = tuple(resources)
    library = Library(of([*(one for kind in TYPES for one in current().all(kind)), *every]))
    faults: list[Issue] = []
    for resource in every:
        name = f"{resource['resourceType']} {resource.get('url')}"
        found = [issue for issue in validate(resource, level="structure") if ".extension" not in issue.expression[0]]
        if not found and resource["resourceType"] == "StructureDefinition" and _is_gone_by(resource):
            found = _profile_faults(resource, library)
        faults += [Issue(issue.code, f"{name}: {issue.diagnostics}", issue.expression) for issue in found]
    return faults


def _is_gone_by(definition: Resource) -> bool:
    return definition.get("derivation") == "constraint" and definition.get("kind") != "logical"


def _profile_faults(definition: Resource, library: Library) -> list[Issue]:
    try:
        tree = library.tree(definition["url"])
        library.check(definition["url"])
    except BrokenProfile as broken:
        return [Issue("invalid", f"{broken}", ("StructureDefinition",))]
    return [] if tree is None else list(_constraint_faults(tree))


def _constraint_faults(node: Node) -> Iterable[Issue]:
    for constraint in node.constraints.values():
        try:
            fhirpath.compiled(constraint.expression)
        except fhirpath.FhirPathError as error:
            yield Issue(
                "invalid", f"the constraint {constraint.key} of {node.id} is no FHIRPath: {error}", ("StructureDefinition",)
            )
    for inner in (*node.children.values(), *node.slices.values()):
        yield from _constraint_faults(inner)
