"""Constraints (R4 2.27) as rules over values: by hand where `hand` has them, by FHIRPath where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from kedja import fhirpath, spec
from kedja.fhirpath import Item
from kedja.validation.env import env
from kedja.validation.faults import Fault
from kedja.validation.hand import HAND
from kedja.validation.scope import Scope

# What the structure itself holds: no empty element, what an extension has, what is contained, references, narratives.
STRUCTURAL: Final = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2"})

Holds = Callable[[Any, Scope], bool]


class Rule(NamedTuple):
    """One constraint: whether it holds for a value, and the fault of one for which it does not."""

    holds: Holds
    fault: Fault


class Rules(NamedTuple):
    """The rules of a type or an element; `advice` are those whose severity is a warning."""

    strict: tuple[Rule, ...]
    advice: tuple[Rule, ...]

    def broken(self, value: Any, scope: Scope) -> list[Fault] | None:
        """The faults of this value; None where there are none."""
        faults = [rule.fault for rule in self.strict if not rule.holds(value, scope)]
        if scope.asked.warnings:
            faults += [rule.fault for rule in self.advice if not rule.holds(value, scope)]
        return faults or None


def of_type(type_name: str) -> Rules:
    """What is said of every value of a resource type, a datatype or an inline element, by its base types too."""
    found: list[spec.Constraint] = []
    current: str | None = type_name
    while current:
        found = [*spec.constraints(current.partition(".")[0]).get(current, ()), *found]
        current = spec.base_type(current)
    return rules(found, type_name)


def of_element(element: spec.Element) -> Rules:
    """What is said of this element beyond its type."""
    if element.type == element.path:
        return Rules((), ())
    return rules(spec.constraints(element.path.partition(".")[0]).get(element.path, ()), element.type)


def rules(constraints: Iterable[spec.Constraint], type_name: str) -> Rules:
    """Each constraint of values of this type; those that the structure holds are left out."""
    every = [(constraint, rule(constraint, type_name)) for constraint in constraints if constraint.key not in STRUCTURAL]
    return Rules(
        tuple(found for constraint, found in every if constraint.severity == "error"),
        tuple(found for constraint, found in every if constraint.severity == "warning"),
    )


def rule(constraint: spec.Constraint, type_name: str) -> Rule:
    """One constraint of values of this type."""
    text = f"{constraint.key} does not hold: {constraint.human.rstrip('.')}. Correct what it names, so that it holds"
    fault = Fault("", "invariant", text, constraint.severity)
    slow = evaluated(constraint.expression, type_name)
    hand = HAND.get(constraint.key)
    if hand is None:
        return Rule(slow, fault)

    def holds(value: Any, scope: Scope) -> bool:
        told = hand(value, scope.resource)
        return slow(value, scope) if told is None else told

    return Rule(holds, fault)


def evaluated(expression: str, type_name: str) -> Holds:
    """The expression as a test of an Item or of a JSON value of this type, compiled when first needed.

    Only what is plainly false does not hold: an expression that selects nothing, or cannot be evaluated, refuses nothing.
    """

    def holds(value: Any, scope: Scope) -> bool:
        evaluate = _compiled(expression)
        if evaluate is None:
            return True
        try:
            items = evaluate(value if isinstance(value, Item) else Item(value, type_name), env(scope))
        except fhirpath.FhirPathError:
            return True
        return len(items) != 1 or items[0].value is not False

    return holds


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Callable[[Item, fhirpath.Env], fhirpath.Items] | None:
    try:
        return fhirpath.compiled(expression)
    except fhirpath.FhirPathError:
        return None
