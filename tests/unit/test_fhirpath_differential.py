"""FHIRPath against another implementation, over published examples: search parameters, functions and operators."""

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
# What is left out here: the other counts `resourceType` among the children, and takes a code for a string.
EXPRESSIONS = r"""
descendants().ofType(Coding).select(system & '|' & code)
descendants().ofType(Reference).reference.where(startsWith('#').not())
descendants().ofType(HumanName).given.join(' ')
descendants().ofType(decimal).where($this > 1).count()
descendants().ofType(decimal).select(round(1)).take(4)
descendants().ofType(code).first().convertsToInteger()
descendants().ofType(code).select(upper().replace('A', 'x') & toChars().count().toString()).take(5)
descendants().ofType(code).select(substring(1, 3).length() + indexOf('a')).take(7)
descendants().ofType(code).where(matches('^[a-z]+$')).select(replaceMatches('[aeiou]', '_')).take(5)
descendants().ofType(code).select(endsWith('e') or contains('z')).take(9)
descendants().ofType(code).first() ~ descendants().ofType(code).first().upper()
descendants().ofType(dateTime).select($this > @2012-01-01)
descendants().ofType(date).select($this <= @2012-06-15)
descendants().ofType(Period).select(start <= end)
descendants().ofType(positiveInt).aggregate($this + $total, 0)
descendants().where(extension.exists()).count()
extension.url | modifierExtension.url
meta.lastUpdated.exists() implies meta.versionId.exists()
text.status = 'generated' or text.`div`.exists()
id.exists() xor identifier.exists()
identifier.where(system.exists()).select(system | value).count()
identifier.skip(1).take(1).value
identifier.tail().count() + identifier.first().count() * 2 - 7 div 2
identifier.all(value.exists())
code.coding.exists(code = 'a' or code != 'b')
code.coding.select(code in ('a' | 'b'))
name.select(iif($this is HumanName, 1, 2))
contained.id.combine(id).isDistinct()
contained.id.intersect(contained.id).count() = contained.id.distinct().count()
contained.id.exclude(contained.first().id).count()
repeat(item).linkId
repeat(concept | contains).code
(1 | 2 | 3 | 2).count()
""".strip().splitlines()
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


def test_functions_and_operators_give_what_another_implementation_gives(shared: Callable[[str], Path]) -> None:
    rest = {"Account", "Bundle", "CarePlan", "CodeSystem", "Encounter", "Observation", "Patient", "Questionnaire", "ValueSet"}
    for line in examples(shared("suites/r4-examples.ndjson.gz")):
        resource, their_resource = exactjson.loads(line), json.loads(line)
        resource_type = resource["resourceType"]
        if not rest:
            return
        if resource_type not in rest:
            continue
        rest.remove(resource_type)
        for expression in EXPRESSIONS:
            ours = [item.value for item in fhirpath.compile(expression, resource_type)(resource)]
            selected = [float(value) if isinstance(value, Decimal) else json.loads(exactjson.dumps(value)) for value in ours]
            assert plain(selected) == plain(theirs(their_resource, expression)), (expression, resource_type)
    raise AssertionError(f"no examples of {rest}")
