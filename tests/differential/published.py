"""What a search parameter selects from a resource: its published FHIRPath expression, by another implementation of FHIRPath."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import fhirpathpy
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from kedja import spec

Resource = dict[str, Any]
Evaluate = Callable[[Any], list[Any]]


class Part(NamedTuple):
    """One side of a union; `only`: of the references, those to this resource type (`resolve() is Patient`)."""

    evaluate: Evaluate
    only: str


def load(text: str) -> Resource:
    """A resource whose decimals keep the digits that are written."""
    return json.loads(text, parse_float=Decimal)


def selected(resource: Resource, code: str) -> list[Any]:
    """The JSON values that the parameter `code` has in the resource."""
    return [value for node in nodes(resource, resource["resourceType"], code) if not_bare(value := data(node))]


def composed(resource: Resource, code: str) -> list[list[tuple[str, list[Any]]]]:
    """Of a composite, for each place where its parts stand together: (search type, values) of every part."""
    resource_type = resource["resourceType"]
    parts = spec.search_parameters(resource_type)[code].components
    kinds = [spec.search_parameters(resource_type)[part.code].type for part in parts]
    return [
        [(kind, [data(one) for one in _compiled(part.expression)(node)]) for kind, part in zip(kinds, parts)]
        for node in nodes(resource, resource_type, code)
    ]


def nodes(resource: Resource, resource_type: str, code: str) -> list[Any]:
    found: list[Any] = []
    for part in _parts(spec.search_parameters(resource_type)[code].expression):
        found += [node for node in part.evaluate(resource) if not part.only or _leads_to(data(node), resource) == part.only]
    return found


def data(node: Any) -> Any:
    return node.data if isinstance(node, ResourceNode) else node


def not_bare(value: Any) -> bool:
    """An element without a value, that has extensions alone, is none."""
    return value is not None and not (isinstance(value, dict) and list(value) == ["extension"])


def _leads_to(reference: Any, resource: Resource) -> str:
    """The resource type that a reference says it leads to, as far as it can be told without following it."""
    text = reference.get("reference", "") if isinstance(reference, dict) else ""
    if text.startswith("#"):
        inside = [one for one in resource.get("contained", []) if one.get("id") == text[1:]]
        return inside[0]["resourceType"] if inside else ""
    place = text.split("/_history/")[0].split("/")
    named = place[-2] if len(place) > 1 and spec.is_resource_type(place[-2]) else ""
    return named or reference.get("type", "")


@cache
def _parts(expression: str) -> list[Part]:
    return [_part(side) for side in re.split(r"\|(?![^(]*\))", expression)]


def _part(side: str) -> Part:
    wanted = re.search(r"\.where\(resolve\(\) is (\w+)\)", side)
    return Part(_compiled(side.replace(wanted[0], "") if wanted else side), wanted[1] if wanted else "")


@cache
def _compiled(expression: str) -> Evaluate:
    """`as` is allowed on single values only, `ofType` on collections: R4 means the latter. `DateTime` is dateTime."""
    expression = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expression)
    expression = re.sub(r"\.as\((\w+)\)", r".ofType(\1)", expression).replace("DateTime)", "dateTime)")
    compiled: Any = fhirpathpy.compile(expression, models["r4"], {"returnRawData": True})
    return compiled
