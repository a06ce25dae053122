"""Types of the specification -> checks, each compiled once, when a resource of that type is first seen."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, Final, cast

from kedja import spec
from kedja.validation import invariants
from kedja.validation.bindings import bound
from kedja.validation.bundles import bundle_faults
from kedja.validation.capabilities import capability_faults
from kedja.validation.codings import attachment, coding
from kedja.validation.contained import of_one, repeated, unused
from kedja.validation.extensions import extension
from kedja.validation.faults import Check, Fault, kind, nearest, shown, unsound
from kedja.validation.objects import Members, list_check, object_check, primitive_list_check, sibling_list_check
from kedja.validation.primitives import PRIMITIVE_CHECKS
from kedja.validation.profiles.library import claimed
from kedja.validation.questionnaires import questionnaire_faults, response_faults
from kedja.validation.references import reference
from kedja.validation.scope import Scope
from kedja.validation.structures import profile_faults

_lock: Final = RLock()
_ready: Final[dict[str, Check]] = {}  # checks of resource types whose every part is compiled
_begun: Final[dict[str, Check]] = {}  # of any type; while the lock is held some are not filled yet


def check_of(resource_type: str) -> Check:
    """The check of a resource type's members; `resourceType` itself is for the caller. Raises KeyError."""
    found = _ready.get(resource_type)
    if found is None:
        with _lock:
            found = _ready[resource_type] = _type_check(resource_type)
    return found


def _type_check(type_name: str) -> Check:
    found = _begun.get(type_name)
    if found is not None:
        return found
    members = Members(type_name)
    members.rules = invariants.of_type(type_name)
    check = _begun[type_name] = _WRAPPED.get(type_name, _as_it_is)(object_check(members))
    if spec.is_resource_type(type_name):
        members.checks["resourceType"] = _anything
    for element in spec.elements(type_name).values():
        _add(members, element)
    return check


def _add(members: Members, element: spec.Element) -> None:
    primitive = element.type in spec.PRIMITIVES
    one = _value_check(element)
    many = primitive_list_check(one) if primitive else list_check(one)
    members.checks[element.name] = many if element.is_list else one
    step = element.choice_of or element.name
    if primitive and element.type != "xhtml":
        sibling = _type_check("Element")
        members.checks[f"_{element.name}"] = sibling_list_check(sibling) if element.is_list else sibling
        members.steps[f"_{element.name}"] = step
    if element.choice_of:
        members.steps[element.name] = step
        members.choice_of[element.name] = members.choice_of[f"_{element.name}"] = element.choice_of
        if element.min:
            members.required_choices[element.choice_of] = spec.choices(members.type_name)[element.choice_of]
    elif element.min:
        members.required.add(element.name)


def _value_check(element: spec.Element) -> Check:
    if element.type == "Resource":
        return contained if element.name == "contained" else whole
    plain = PRIMITIVE_CHECKS.get(element.type) or _type_check(element.type)
    if element.type == "Reference":
        plain = reference(plain, element.targets)
    elif element.type == "Extension":
        plain = extension(plain, element)
    return _ruled(element, bound(element, plain))


def _ruled(element: spec.Element, plain: Check) -> Check:
    """With the constraints that are said of this element beyond its type."""
    rules = invariants.of_element(element)
    if not rules.strict and not rules.advice:
        return plain

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if unsound(faults) or not scope.asked.full:
            return faults
        return (faults or []) + (rules.broken(value, scope) or []) or None

    return check


def _anything(_value: Any, _scope: Scope) -> None:
    return None


def _as_it_is(plain: Check) -> Check:
    return plain


def _extended(plain: Check) -> Check:
    """ext-1: an Extension has either a value or extensions."""

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if unsound(faults):
            return faults
        members = cast("dict[str, Any]", value)
        valued = any(name.startswith(("value", "_value")) for name in members)
        if valued != ("extension" in members):
            return faults
        return [Fault("", "invariant", "an extension has either a value[x] or extensions: give exactly one of the two")]

    return check


_WRAPPED: Final[dict[str, Callable[[Check], Check]]] = {"Attachment": attachment, "Coding": coding, "Extension": _extended}


# What is said of a whole resource of a type in words alone.
_WHOLE: Final[dict[str, Callable[[dict[str, Any], Scope], list[Fault]]]] = {
    "Bundle": bundle_faults,
    "CapabilityStatement": capability_faults,
    "Questionnaire": questionnaire_faults,
    "QuestionnaireResponse": response_faults,
    "StructureDefinition": profile_faults,
}


def whole(value: Any, scope: Scope) -> list[Fault] | None:
    """A resource of any type by itself: the root, an entry of a Bundle, a parameter."""
    faults = _no_resource(value)
    if faults:
        return faults
    resource = cast("dict[str, Any]", value)
    inner = scope.of_entry(resource)
    faults = check_of(resource["resourceType"])(resource, inner)
    if not scope.asked.full or unsound(faults):
        return faults
    if "contained" in resource:
        faults = [*(faults or []), *repeated(resource), *unused(resource)]
    if resource["resourceType"] in _WHOLE:
        faults = [*(faults or []), *_WHOLE[resource["resourceType"]](resource, inner)]
    return [*(faults or []), *claimed(resource, inner)] if "meta" in resource else faults


def contained(value: Any, scope: Scope) -> list[Fault] | None:
    """A resource inside `contained`."""
    faults = _no_resource(value)
    if faults:
        return faults
    resource = cast("dict[str, Any]", value)
    inner = scope.of_contained(resource)
    faults = [*(check_of(resource["resourceType"])(resource, inner) or []), *of_one(resource)]
    return faults if unsound(faults) or not scope.asked.full else [*faults, *claimed(resource, inner)]


def _no_resource(value: Any) -> list[Fault] | None:
    if not isinstance(value, dict):
        return [Fault("", "structure", f"{kind(value)} stands where a resource is wanted")]
    name = cast("dict[str, Any]", value).get("resourceType")
    if not isinstance(name, str):
        return [Fault("", "structure", 'a resource says its type: add "resourceType"')]
    if spec.is_resource_type(name):
        return None
    close = nearest(name, spec.TYPES)
    meant = f"did you mean `{close}`?" if close else "write one that it has"
    return [Fault("", "structure", f"FHIR R4 has no resource type {shown(name)}: {meant}")]
