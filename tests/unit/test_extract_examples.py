"""The walk over JSON names finds in published examples what evaluating every expression finds, one by one."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kedja import exactjson, fhirpath, spec
from kedja.fhirpath.paths import paths
from kedja.search import published
from kedja.search.composites import all_places
from kedja.search.extract import extract
from kedja.search.extract_actions import ACTIONS, action
from kedja.search.extract_composites import composite_action, values_at
from kedja.search.extract_found import Found
from kedja.search.extract_near import POSITIONS, near_action
from kedja.search.extract_plan import COLUMNS, plan
from kedja.search.extract_tokens import Action
from kedja.search.groups import names

# Types that an expression can select and R4 gives no meaning for that kind of parameter.
WITHOUT_MEANING = {
    ("date", "string"),
    ("date", "Duration"),
    ("date", "Age"),
    ("date", "Range"),
    ("reference", "Attachment"),
}


def indexed(resource_type: str) -> list[spec.SearchParameter]:
    parameters = spec.search_parameters(resource_type).values()
    return [parameter for parameter in parameters if parameter.type in ACTIONS and parameter.code not in COLUMNS]


@pytest.mark.parametrize("resource_type", spec.TYPES)
def test_every_type_that_a_parameter_can_select_is_indexed(resource_type: str) -> None:
    for parameter in indexed(resource_type):
        for path in paths(fhirpath.parse(parameter.expression), resource_type) or ():
            known = action(parameter.type, path.type, resource_type, (parameter.code,)) is not None
            assert known or (parameter.type, path.type) in WITHOUT_MEANING, (parameter.code, path)


def test_few_parameters_need_their_expression_evaluated() -> None:
    others = {(name, each.parameter.code) for name in spec.TYPES for each in plan(name).evaluated}
    assert others == {("Bundle", "composition"), ("Bundle", "message"), ("Patient", "deceased")}


Values = set[tuple[Any, ...]]


def values(found: Found) -> Values:
    """What was gathered, without the precision of numbers, which is joined where two are equal."""
    every: Values = {("token", token) for token in found.tokens} | {("reference", ref) for ref in found.refs}
    every |= {("text", hashed, *text) for hashed, text in found.texts.items()}
    every |= {("string", *key, folded) for key, folded in found.strings.items()} | {("date", *row) for row in found.dates}
    return every | {("number", *key) for key in found.numbers} | {("composite", *row) for row in found.composites}


def gathered(act: Action | None, value: Any, resource: dict[str, Any]) -> Values:
    found = Found(resource, "")
    if act is not None:
        act(value, found)
    return values(found)


def index_of(resource: dict[str, Any]) -> Values:
    index = extract(resource)
    found = Found(resource, "", set(index.tokens), set(index.refs))
    found.strings = {(param, exact): folded for param, folded, exact in index.strings}
    found.texts = {hashed: (param, folded) for hashed, param, folded in index.texts}
    found.dates, found.composites = set(index.dates), set(index.composites)
    for row in index.numbers:
        found.add_number(*row)
    return values(found)


def check(resource: dict[str, Any]) -> None:
    """Slow and obvious: every parameter by itself, by its expression; each value stands in one of the parameter's places."""
    resource_type = resource["resourceType"]
    index, explained = index_of(resource), together(resource)
    for parameter in indexed(resource_type):
        for item in fhirpath.compile(parameter.expression, resource_type)(resource):
            if item.value is None or (spec.is_resource_type(item.type) and item.type not in parameter.target):
                continue
            places = (parameter.code,) if parameter.type == "reference" else names(resource_type, parameter.code)
            options = [
                gathered(action(parameter.type, item.type, resource_type, (place,)), item.value, resource) for place in places
            ]
            assert any(option <= index for option in options), (parameter.code, item)
            explained.update(*options)
    assert index <= explained


def together(resource: dict[str, Any]) -> Values:
    """What stands there of composites, of places on the earth, and the url that canonical references lead to it by."""
    resource_type = resource["resourceType"]
    found = Found(resource, "")
    found.tokens.update(published.names(resource))
    for place in all_places(resource_type):
        for element in values_at(resource, place.steps, found) if place.steps else ():
            composite_action(resource_type, place)(element, found)
    for code, element in POSITIONS.get(resource_type, {}).items():
        near_action(resource_type, code)(resource.get(element), found)
    return values(found)


def test_every_published_example_is_indexed_as_its_expressions_say(shared: Callable[[str], Path]) -> None:
    seen: Counter[str] = Counter()
    with gzip.open(shared("suites/r4-examples.ndjson.gz")) as lines:
        for line in lines:
            resource = exactjson.loads(line)
            seen[resource["resourceType"]] += 1
            extract(resource)
            if seen[resource["resourceType"]] <= 15:
                check(resource)
    assert len(seen) >= 140


def test_synthetic_records_are_indexed_as_their_expressions_say(shared: Callable[[str], Path]) -> None:
    for path in sorted(shared("data/synthea").glob("[A-Z]*.ndjson.gz")):
        with gzip.open(path) as lines:
            for _, line in zip(range(50), lines):
                check(exactjson.loads(line))
