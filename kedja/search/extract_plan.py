"""The plan by which a resource type is read: a tree of JSON names with what to do at each, made once from its parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, cast

from kedja import fhirpath, spec
from kedja.fhirpath.paths import Equals, Key, LeadsTo, Path, Step
from kedja.fhirpath.references import target
from kedja.search.composites import all_places
from kedja.search.extract_actions import ACTIONS, action
from kedja.search.extract_composites import composite_action
from kedja.search.extract_found import Found
from kedja.search.extract_near import POSITIONS, near_action
from kedja.search.extract_tokens import Action
from kedja.search.groups import all_groups, path_ends
from kedja.search.parameters import parameters_of, stamp

COLUMNS: Final = frozenset({"_id", "_lastUpdated"})  # held in columns of their own, not in the index


@dataclass(slots=True)
class Branch:
    """What to do with a value: actions, then on to its members, and on by conditions to more of the same value."""

    actions: list[Action] = field(default_factory=list[Action])
    members: dict[str, Branch] = field(default_factory=dict[str, "Branch"])
    guards: list[tuple[Callable[[Any, Found], bool], Branch]] = field(
        default_factory=list[tuple[Callable[[Any, Found], bool], "Branch"]]
    )

    def visit(self, value: Any, found: Found) -> None:
        if type(value) is list:
            for item in cast("list[Any]", value):
                if item is not None:
                    self.visit(item, found)
            return
        for act in self.actions:
            act(value, found)
        if self.guards:
            for holds, branch in self.guards:
                if holds(value, found):
                    branch.visit(value, found)
        if (members := self.members) and type(value) is dict:
            for name, member in cast("dict[str, Any]", value).items():
                if name in members:
                    members[name].visit(member, found)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A parameter whose expression is more than paths."""

    parameter: spec.SearchParameter
    select: Callable[[dict[str, Any]], fhirpath.Items]


@dataclass(frozen=True, slots=True)
class Plan:
    """`tree` reads what is nothing but paths; `evaluated` are the few others."""

    tree: Branch
    evaluated: tuple[Evaluated, ...]


def plan(resource_type: str) -> Plan:
    """The plan of a resource type, for the parameters that there are now. Raises KeyError for what is no resource type."""
    return _plan(resource_type, stamp())


@lru_cache(maxsize=1024)
def _plan(resource_type: str, _stamp: int) -> Plan:
    tree = Branch()
    by_path: defaultdict[Path, set[str]] = defaultdict(set)
    for kind, group in all_groups(resource_type):
        for path in group.paths:
            if kind == "reference":
                by_path[path].update(group.codes)
            elif group.name not in COLUMNS and (act := action(kind, path.type, resource_type, (group.name,))):
                _grow(tree, path.steps).actions.append(act)
    for path, codes in by_path.items():
        if act := action("reference", path.type, resource_type, tuple(sorted(codes))):
            _grow(tree, path.steps).actions.append(act)
    for place in all_places(resource_type):
        if place.steps:
            _grow(tree, place.steps).actions.append(composite_action(resource_type, place))
    for code, position in POSITIONS.get(resource_type, {}).items():
        _grow(tree, (Key(position),)).actions.append(near_action(resource_type, code))
    return Plan(tree, tuple(_evaluated(resource_type)))


def _evaluated(resource_type: str) -> Iterator[Evaluated]:
    for parameter in parameters_of(resource_type).values():
        if parameter.code not in COLUMNS and parameter.type in ACTIONS and path_ends(parameter, resource_type) is None:
            yield evaluated(parameter, resource_type)


def _grow(branch: Branch, steps: Sequence[Step]) -> Branch:
    """The branch at the end of these steps, made as far as it is not there."""
    for step in steps:
        if isinstance(step, Key):
            branch = branch.members.setdefault(step.name, Branch())
        else:
            following = Branch()
            branch.guards.append((_guard(step), following))
            branch = following
    return branch


def _guard(step: Equals | LeadsTo) -> Callable[[Any, Found], bool]:
    if isinstance(step, Equals):
        name, wanted = step.name, step.value
        return lambda value, _found: isinstance(value, dict) and cast("dict[str, Any]", value).get(name) == wanted
    type_name = step.type

    def leads(value: Any, found: Found) -> bool:
        resource = target(value, found.resource)
        return resource is not None and resource["resourceType"] == type_name

    return leads


def follow(plan: Plan, resource_type: str, found: Found) -> None:
    """Read one resource by its plan."""
    plan.tree.visit(found.resource, found)
    for each in plan.evaluated:
        parameter = each.parameter
        for item in selected(each, found.resource):
            act = action(parameter.type, item.type, resource_type, (parameter.code,))
            if act is not None:
                act(item.value, found)


def evaluated(parameter: spec.SearchParameter, resource_type: str) -> Evaluated:
    return Evaluated(parameter, fhirpath.compile(parameter.expression, resource_type))


def selected(each: Evaluated, resource: dict[str, Any]) -> fhirpath.Items:
    """What the parameter selects, without resources that are none of its targets (only a document starts with a Composition).

    Data that an expression does not fit is left out of the index; refusing it is for validation.
    """
    try:
        items = each.select(resource)
    except fhirpath.FhirPathError:
        return []
    return [item for item in items if not spec.is_resource_type(item.type) or item.type in each.parameter.target]
