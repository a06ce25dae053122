"""What is published under a canonical url is referred to by that, with or without a version (FHIR R4 2.4.1, canonical)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from kedja import fhirpath, spec
from kedja.fhirpath.paths import paths
from kedja.search.hashing import self_hash
from kedja.spec import SearchParameter

_BY_URL: Final = ("canonical", "uri")


def names(resource: Mapping[str, Any]) -> tuple[int, ...]:
    """What stands among the tokens of a resource, so that canonical references lead to it; nothing where it has no url."""
    url, version = resource.get("url"), resource.get("version")
    if not isinstance(url, str) or not has_url(resource["resourceType"]):
        return ()
    named = self_hash(url)
    return (named, self_hash(f"{url}|{version}")) if isinstance(version, str) else (named,)


def has_url(resource_type: str) -> bool:
    """Whether resources of this type are published under a canonical url."""
    return "url" in spec.search_parameters(resource_type)


def is_by_url(resource_type: str, parameter: SearchParameter) -> bool:
    """Whether the parameter leads to what it refers to by a canonical url."""
    return parameter.type == "reference" and _is_by_url(resource_type, parameter.expression)


@lru_cache(maxsize=1024)
def _is_by_url(resource_type: str, expression: str) -> bool:
    return any(path.type in _BY_URL for path in paths(fhirpath.parse(expression), resource_type) or ())
