"""References (R4 2.3.0): their shape, the type they lead to, and `#id` into what is contained."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja import spec
from kedja.validation.faults import Check, Fault, shown, unsound
from kedja.validation.scope import Scope

_RELATIVE: Final = re.compile(r"([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_RESTFUL: Final = re.compile(r"https?://\S+/([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_ANY: Final = frozenset[str]()
_CONDITIONAL: Final = re.compile(r"([A-Z][A-Za-z]+)\?\S+")


def reference(plain: Check, targets: tuple[str, ...]) -> Check:
    """A Reference to one of `targets` (empty: any type)."""
    allowed = frozenset(targets)

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if unsound(faults):
            return faults
        return _faults(cast("dict[str, Any]", value), allowed, scope) or faults

    return check


def _faults(value: dict[str, Any], allowed: frozenset[str], scope: Scope) -> list[Fault] | None:
    allowed = allowed if scope.asked.whole else _ANY
    stated = value.get("type")
    if stated is not None and spec.is_resource_type(stated) and allowed and stated not in allowed:
        return [_not_allowed(".type", stated, allowed)]
    text = value.get("reference")
    if text is None:
        return None
    relative = _RELATIVE.fullmatch(text)
    if relative is None:
        return _other_shape(text, allowed, scope)
    target = relative.group(1)
    if not spec.is_resource_type(target):
        return [Fault(".reference", "value", f"FHIR R4 has no resource type {shown(target)}: write Type/id")]
    if allowed and target not in allowed:
        return [_not_allowed(".reference", target, allowed)]
    if stated is not None and stated != target:
        return [Fault(".type", "value", f"the type {shown(stated)} is not that of the reference {shown(text)}: make them agree")]
    return None


def _other_shape(text: str, allowed: frozenset[str], scope: Scope) -> list[Fault] | None:
    if text.startswith("#"):
        target = scope.held.get(text[1:])
        if target is not None:
            return _target(target, allowed)
        return [
            Fault(".reference", "not-found", f"nothing contained has the id {shown(text[1:])}: contain it, or refer to another")
        ]
    leads = _RESTFUL.fullmatch(text) or _CONDITIONAL.fullmatch(text)
    if leads and spec.is_resource_type(leads.group(1)):
        return [_not_allowed(".reference", leads.group(1), allowed)] if allowed and leads.group(1) not in allowed else None
    if _ABSOLUTE.fullmatch(text):
        target = scope.resolve(text)
        return None if target is None else _target(target, allowed)
    return [Fault(".reference", "value", f"{shown(text)} is no reference: write Type/id, an absolute URL, urn:uuid:... or #id")]


def _target(target: dict[str, Any], allowed: frozenset[str]) -> list[Fault] | None:
    """What a reference leads to inside the same resource or Bundle."""
    name = target.get("resourceType")
    if not allowed or not isinstance(name, str) or name in allowed:
        return None
    return [_not_allowed(".reference", name, allowed)]


def _not_allowed(path: str, target: str, allowed: frozenset[str]) -> Fault:
    return Fault(path, "value", f"a reference to {target} may not stand here: refer to {' or '.join(sorted(allowed))}")
