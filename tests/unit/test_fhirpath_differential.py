"""FHIRPath of the search parameters against another implementation, over published examples."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from kedja import exactjson, fhirpath, spec

OF_EACH_TYPE = 3
# `as` leaves subtypes of a datatype out here, so that a canonical is not indexed twice; the other keeps them.
DIFFERENT_ON_PURPOSE = {"(ConceptMap.source as uri)", "(ConceptMap.target as uri)"}


def examples(path: Path) -> Iterator[bytes]:
    seen: Counter[str] = Counter()
    with gzip.open(path) as lines:
        for line in lines:
            resource_type = json.loads(line)["resourceType"]
            seen[resource_type] += 1
            if seen[resource_type] <= OF_EACH_TYPE:
                yield line


def plain(values: list[Any]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True, default=float) for value in values)


def theirs(resource: dict[str, Any], expression: str) -> list[Any]:
    """The other implementation allows `as` on single values only, but `ofType` on collections."""
    return [float(value) if isinstance(value, Decimal) else value for value in _compiled(expression)(resource)]


@cache
def _compiled(expression: str) -> Callable[[dict[str, Any]], list[Any]]:
    expression = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expression)
    expression = re.sub(r"\.as\((\w+)\)", r".ofType(\1)", expression)
    compiled: Any = fhirpathpy.compile(expression, models["r4"])
    return compiled


def test_search_parameters_select_what_another_implementation_selects(shared: Callable[[str], Path]) -> None:
    compared = 0
    for line in examples(shared("suites/r4-examples.ndjson.gz")):
        resource, their_resource = exactjson.loads(line), json.loads(line)
        resource_type = resource["resourceType"]
        for parameter in spec.search_parameters(resource_type).values():
            if "resolve()" in parameter.expression or parameter.expression in DIFFERENT_ON_PURPOSE:
                continue
            ours = fhirpath.compile(parameter.expression, resource_type)(resource)
            selected = json.loads(exactjson.dumps([item.value for item in ours]))
            assert plain(selected) == plain(theirs(their_resource, parameter.expression)), (parameter.expression, resource["id"])
            compared += 1
    assert compared > 3000
