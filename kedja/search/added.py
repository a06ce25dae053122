"""A SearchParameter resource to what search goes by (FHIR R4 SearchParameter, 3.1.1.1)."""

from __future__ import annotations

import re
from typing import Any, Final, cast, get_args

from kedja import fhirpath, spec
from kedja.outcome import Issue, OutcomeError
from kedja.spec import Component, SearchParameter
from kedja.spec.parameters import ParameterType

Resource = dict[str, Any]

_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_LEADING: Final = re.compile(r"[\s(]*([A-Za-z]+)")
_TYPES: Final = tuple(name for name in get_args(ParameterType) if name != "special")
_EVERY: Final = ("Resource", "DomainResource")


def check(resource: Resource) -> None:
    """Raises OutcomeError 422 where the resource is an active SearchParameter that cannot be searched by."""
    if resource.get("resourceType") == "SearchParameter" and is_active(resource):
        read(resource)


def is_active(resource: Resource) -> bool:
    return resource.get("status") == "active"


def read(resource: Resource) -> dict[str, SearchParameter]:
    """{resource type: the parameter}. Raises OutcomeError 422 with an issue for each reason why it cannot be searched by."""
    issues: list[Issue] = []
    code, kind, bases = resource.get("code"), resource.get("type"), _texts(resource.get("base"))
    if not isinstance(code, str) or not _CODE.fullmatch(code) or code.startswith("_"):
        issues.append(_wrong("code", f"`code` is {code!r}: give letters, digits, - or _, with a letter first"))
    if kind not in _TYPES:
        issues.append(_wrong("type", f"`type` is {kind!r}, which is not indexed: give one of {', '.join(_TYPES)}"))
    types = _resource_types(bases, issues)
    if issues:
        raise OutcomeError(422, *issues)
    found: dict[str, SearchParameter] = {}
    for name in types:
        parameter = _parameter(resource, str(code), cast("ParameterType", kind), name, bases, issues)
        if parameter is not None:
            found[name] = parameter
    if issues:
        raise OutcomeError(422, *issues[:20])
    return found


def _resource_types(bases: tuple[str, ...], issues: list[Issue]) -> tuple[str, ...]:
    unknown = [base for base in bases if base not in _EVERY and not spec.is_resource_type(base)]
    issues += [_wrong("base", f"`{base}` is no resource type of FHIR R4") for base in unknown]
    if not bases:
        issues.append(_wrong("base", "`base` is missing: name the resource types that the parameter is of"))
    named = {name for base in bases for name in (spec.TYPES if base in _EVERY else (base,)) if spec.is_resource_type(name)}
    plain = {name for name in named if "DomainResource" not in bases or spec.is_domain_resource(name) or name in bases}
    return tuple(sorted(named if "Resource" in bases else plain))


def _parameter(
    resource: Resource, code: str, kind: ParameterType, name: str, bases: tuple[str, ...], issues: list[Issue]
) -> SearchParameter | None:
    url = str(resource.get("url", ""))
    own = spec.search_parameters(name).get(code)
    if own is not None:
        if own.url == url:
            return None
        issues.append(_wrong("code", f"`{code}` of {name} is a parameter of FHIR R4 itself ({own.url}): choose another code"))
        return None
    expression = _of_type(resource.get("expression"), name)
    if not expression:
        issues.append(_wrong("expression", f"`expression` has no part that starts from {name}: write FHIRPath as `{name}.name`"))
        return None
    try:
        fhirpath.compile(expression, name)
    except fhirpath.FhirPathError as error:
        issues.append(_wrong("expression", f"`{expression[:200]}` is no FHIRPath that can be used for {name}: {error}"))
        return None
    targets = tuple(target for target in _texts(resource.get("target")) if spec.is_resource_type(target))
    components = _components(resource, name, issues) if kind == "composite" else ()
    return SearchParameter(code, kind, expression, url, targets, components)


def _components(resource: Resource, name: str, issues: list[Issue]) -> tuple[Component, ...]:
    """Parts that are parameters of R4: by their definition's canonical."""
    by_url = {own.url: own.code for own in spec.search_parameters(name).values()}
    found: list[Component] = []
    listed = resource.get("component")
    for part in cast("list[Any]", listed) if isinstance(listed, list) else []:
        url, expression = (str(part.get(key, "")) for key in ("definition", "expression"))
        code = by_url.get(url.partition("|")[0])
        if code is None or not expression:
            issues.append(_wrong("component", f"`{url[:200]}` is no parameter of {name} in FHIR R4: a part must be one"))
        else:
            found.append(Component(code, expression))
    if len(found) < 2 and not issues:
        issues.append(_wrong("component", "a composite has two parts or more: name them in `component`"))
    return tuple(found)


def _of_type(expression: Any, name: str) -> str:
    """The parts of the union that start from this type, or from whatever the resource is."""
    if not isinstance(expression, str):
        return ""
    parts = [part.strip() for part in _alternatives(expression)]
    return " | ".join(part for part in parts if part and _starts_from(part, name))


def _starts_from(part: str, name: str) -> bool:
    leading = _LEADING.match(part)
    return leading is None or not spec.is_type(leading[1], "Resource") or spec.is_type(name, leading[1])


def _alternatives(expression: str) -> list[str]:
    """Split at each `|` that stands in no parentheses and no text."""
    depth, quoted, start, found = 0, False, 0, list[str]()
    for place, letter in enumerate(expression):
        if letter == "'" and (place == 0 or expression[place - 1] != "\\"):
            quoted = not quoted
        elif not quoted and letter in "()[]":
            depth += 1 if letter in "([" else -1
        elif letter == "|" and not quoted and depth == 0:
            found.append(expression[start:place])
            start = place + 1
    return [*found, expression[start:]]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in cast("list[Any]", value) if isinstance(text, str)) if isinstance(value, list) else ()


def _wrong(element: str, diagnostics: str) -> Issue:
    return Issue("business-rule", diagnostics, (f"SearchParameter.{element}",))
