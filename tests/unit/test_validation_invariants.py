"""Invariants: those written by hand say what their FHIRPath says, and each is told with its key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja import fhirpath, spec
from kedja.fhirpath import Env, Item
from kedja.validation import examine, validate
from kedja.validation.hand import HAND

UCUM = "http://unitsofmeasure.org"
TEXTS = st.sampled_from(["a", "home", "entered-in-error", "resolved", UCUM, "transaction", "history", "searchset"])
SYSTEMS = [
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
]
CODINGS = st.fixed_dictionaries({}, optional={"system": st.sampled_from(SYSTEMS), "code": TEXTS})
CONCEPTS = st.fixed_dictionaries({}, optional={"coding": st.lists(CODINGS, min_size=1, max_size=2), "text": TEXTS}).filter(bool)
QUANTITIES = st.fixed_dictionaries(
    {"value": st.integers(-3, 3)}, optional={"unit": st.just("g"), "code": st.just("g"), "system": st.just(UCUM)}
)
DATES = st.sampled_from(["2024", "2024-02", "2024-02-03", "2024-02-03T10:00:00Z", "2024-02-03T11:00:00+02:00", "2025-01-01"])
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "decimal": st.integers(-3, 3),
    "integer": st.integers(-3, 3),
    "unsignedInt": st.integers(0, 3),
    "positiveInt": st.integers(1, 3),
    "dateTime": DATES,
    "instant": st.just("2024-02-03T10:00:00Z"),
    "Coding": CODINGS.filter(bool),
    "CodeableConcept": CONCEPTS,
    "Quantity": QUANTITIES,
    "Duration": QUANTITIES,
    "Range": st.fixed_dictionaries({}, optional={"low": QUANTITIES, "high": QUANTITIES}).filter(bool),
}
# Of each invariant that is written by hand, one place where it holds.
PLACES = {
    (held.key, held.expression): path
    for name in (*spec.TYPES, *spec.DATATYPES, "DomainResource")
    for path, every in spec.constraints(name).items()
    for held in every
    if held.key in HAND
}
KEYS = sorted((path, key, expression) for (key, expression), path in PLACES.items())


def type_at(path: str) -> str:
    """The type of what a constraint at this path holds for."""
    parent, _, name = path.rpartition(".")
    element = spec.elements(parent).get(name) if parent else None
    return element.type if element is not None else path


def values(type_name: str, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a type, of which each choice has one form; what is below is drawn to two levels."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    required: dict[str, st.SearchStrategy[Any]] = {}
    taken: set[str] = set()
    for name, element in spec.elements(type_name).items():
        if element.name in ("id", "extension", "modifierExtension", "contained", "text") or element.choice_of in taken:
            continue
        if element.choice_of:
            taken.add(element.choice_of)
        one = OF_TYPE.get(element.type)
        if one is None and element.type in spec.PRIMITIVES:
            one = TEXTS
        if one is None:
            one = (
                values(element.type, depth - 1)
                if depth and element.type.startswith(type_name)
                else st.just({"id": "x", "display": "y"})
            )
        (required if element.min else members)[name] = st.lists(one, min_size=1, max_size=2) if element.is_list else one
    return st.fixed_dictionaries(required, optional=members)


@pytest.mark.parametrize(
    ("path", "key", "expression"), KEYS, ids=lambda part: part if isinstance(part, str) and len(part) < 30 else ""
)
@settings(max_examples=25)
@given(data=st.data())
def test_a_hand_written_invariant_agrees_with_its_fhirpath(path: str, key: str, expression: str, data: st.DataObject) -> None:
    type_name = type_at(path)
    value = data.draw(values(type_name))
    resource = value if spec.is_resource_type(type_name) else data.draw(st.fixed_dictionaries({}, optional={"type": TEXTS}))
    told = HAND[key](value, resource)
    found = fhirpath.compiled(expression)(Item(value, type_name), Env({**resource, "resourceType": type_name.partition(".")[0]}))
    if told is not None:
        assert told == (not found or found[0].value is not False)


def test_every_hand_written_invariant_is_one_of_the_specification() -> None:
    assert set(HAND) - {key for _, key, _ in KEYS} == set()


OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "s:y", "code": "a"}]},
}


@pytest.mark.parametrize(
    ("members", "key", "location"),
    [
        ({"valueInteger": 1, "dataAbsentReason": {"text": "x"}}, "obs-6", "Observation"),
        ({"valueInteger": 1, "component": [{"code": OBSERVATION["code"]}]}, "obs-7", "Observation"),
        ({"referenceRange": [{"type": {"text": "x"}}]}, "obs-3", "Observation.referenceRange[0]"),
        ({"effectivePeriod": {"start": "2024-02-02", "end": "2024-02-01"}}, "per-1", "Observation.effective"),
        ({"valueQuantity": {"value": 1, "code": "g"}}, "qty-3", "Observation.value"),
        ({"referenceRange": [{"low": {"value": 1, "comparator": "<"}}]}, "sqty-1", "Observation.referenceRange[0].low"),
        ({"valueRange": {"low": {"value": 2}, "high": {"value": 1}}}, "rng-2", "Observation.value"),
        ({"effectiveTiming": {"repeat": {"period": 1}}}, "tim-2", "Observation.effective.repeat"),
        ({"effectiveTiming": {"repeat": {"offset": 1, "when": ["CM"]}}}, "tim-9", "Observation.effective.repeat"),
        ({"valueRatio": {"numerator": {"value": 1}}}, "rat-1", "Observation.value"),
    ],
)
def test_a_broken_invariant_is_told_with_its_key_at_its_place(members: dict[str, Any], key: str, location: str) -> None:
    (issue,) = validate({**OBSERVATION, **members})
    assert (issue.code, issue.expression, issue.severity) == ("invariant", (location,), "error")
    assert issue.diagnostics.startswith(f"{key} does not hold: ")


def test_an_invariant_that_is_a_warning_never_refuses() -> None:
    assert validate(OBSERVATION) == []
    assert [(issue.severity, issue.diagnostics[:5]) for issue in examine(OBSERVATION)] == [("warning", "dom-6")]


def test_the_structure_alone_can_be_asked_for() -> None:
    broken = {**OBSERVATION, "valueInteger": 1, "dataAbsentReason": {"text": "x"}}
    assert validate(broken, level="structure") == []
