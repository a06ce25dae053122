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
from kedja.search.extract import extract
from kedja.search.extract_actions import ACTIONS, action
from kedja.search.extract_found import Found
from kedja.search.extract_plan import COLUMNS, plan

# Types that an expression can select and R4 gives no meaning for that kind of parameter.
WITHOUT_MEANING = {
    ("date", "string"),
    ("date", "Duration"),
    ("date", "Age"),
    ("date", "Range"),
    ("quantity", "SampledData"),
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


def one_by_one(resource: dict[str, Any]) -> Found:
    """Slow and obvious: every parameter by itself, by its expression."""
    found = Found(resource, "")
    resource_type = resource["resourceType"]
    for parameter in indexed(resource_type):
        for item in fhirpath.compile(parameter.expression, resource_type)(resource):
            act = action(parameter.type, item.type, resource_type, (parameter.code,))
            elsewhere = spec.is_resource_type(item.type) and item.type not in parameter.target
            if act is not None and item.value is not None and not elsewhere:
                act(item.value, found)
    return found


def test_every_published_example_is_indexed_as_its_expressions_say(shared: Callable[[str], Path]) -> None:
    seen: Counter[str] = Counter()
    with gzip.open(shared("suites/r4-examples.ndjson.gz")) as lines:
        for line in lines:
            resource = exactjson.loads(line)
            seen[resource["resourceType"]] += 1
            index = extract(resource)
            if seen[resource["resourceType"]] > 40:
                continue
            found = one_by_one(resource)
            assert (set(index.tokens), set(index.refs), set(index.dates)) == (found.tokens, found.refs, found.dates)
            assert {(param, exact): folded for param, folded, exact in index.strings} == found.strings
            assert {(row[0], row[1], *row[4:]): row[1:4] for row in index.numbers} == found.numbers
    assert len(seen) >= 140


def test_synthetic_records_are_indexed_as_their_expressions_say(shared: Callable[[str], Path]) -> None:
    for path in sorted(shared("data/synthea").glob("[A-Z]*.ndjson.gz")):
        with gzip.open(path) as lines:
            for _, line in zip(range(50), lines):
                resource = exactjson.loads(line)
                index, found = extract(resource), one_by_one(resource)
                assert (set(index.tokens), set(index.refs), set(index.dates)) == (found.tokens, found.refs, found.dates)
