"""The validation of one resource: every fault in one answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from kedja.outcome import Issue
from kedja.validation.compile import whole
from kedja.validation.contexts import allowed_by_path
from kedja.validation.extensions import PLACED
from kedja.validation.faults import MAX_FAULTS, Fault, unsound
from kedja.validation.profiles.library import against, library
from kedja.validation.scope import Asked, Scope, outermost

Level = Literal["shape", "structure", "full"]
_ORDER: Final = {"error": 0, "warning": 1, "information": 2}


def validate(
    resource: dict[str, Any], *, expect_type: str | None = None, profiles: Iterable[str] = (), level: Level = "full"
) -> list[Issue]:
    """Why a resource is not valid (R4 2.6.2, 2.24, 4.1.5, 5.1); empty where it is.

    `expect_type` is the type that the address or the caller names; `profiles` are canonicals that it is held against beside
    those that its `meta.profile` names and that are known here. `level` structure leaves invariants, extensions and profiles
    out; shape also what is missing (elements, the text of a narrative) and the kinds of resource that references lead to.
    At most 100 issues; when there were more, the last says so.
    """
    faults = _faults(resource, expect_type, profiles, Asked(full=level == "full", whole=level != "shape"))
    return _issues(resource, [fault for fault in faults if fault.severity == "error"]) if faults else []


def examine(resource: dict[str, Any], *, expect_type: str | None = None, profiles: Iterable[str] = ()) -> list[Issue]:
    """As `validate`, with warnings and information too; what makes the resource invalid comes first."""
    faults = _faults(resource, expect_type, profiles, Asked(warnings=True))
    return _issues(resource, sorted(faults, key=lambda fault: _ORDER.get(fault.severity, 0)))


def _faults(resource: dict[str, Any], expect_type: str | None, profiles: Iterable[str], asked: Asked) -> list[Fault]:
    scope = outermost(asked)
    faults = whole(resource, scope) or []
    if expect_type is not None and resource.get("resourceType") != expect_type:
        name = _root(resource)
        text = f"{expect_type} is wanted here and this is {name}: send it to /{name}, or correct its resourceType"
        faults = [Fault("", "invalid", text), *faults]
    if not unsound(faults):
        faults = [*faults, *_of_profiles(resource, profiles, scope)]
    return [found for fault in faults if (found := _settled(resource, fault, asked)) is not None] if faults else faults


def _of_profiles(resource: dict[str, Any], profiles: Iterable[str], scope: Scope) -> list[Fault]:
    """By the profiles that were asked for; one that is not known here is an error, since it was asked for."""
    faults: list[Fault] = []
    for canonical in profiles:
        found = against(resource, canonical, scope.of_entry(resource))
        unusable = [not fault.path and fault.code in ("not-found", "processing") for fault in found]
        faults += [fault._replace(severity="error") if bad else fault for fault, bad in zip(found, unusable)]
    return faults


def _settled(resource: dict[str, Any], fault: Fault, asked: Asked) -> Fault | None:
    """Whether an extension may stand where it stands is told by its whole path, which is only known here."""
    if fault.code != PLACED:
        return fault
    known = library(asked.definitions).extension(fault.text)
    if known is None or allowed_by_path(known, resource, fault.path):
        return None
    places = ", ".join(sorted(known.elements | known.extensions))
    return Fault(fault.path, "extension", f"the extension {fault.text} may not stand here: it is for {places}")


def _issues(resource: dict[str, Any], faults: list[Fault]) -> list[Issue]:
    root = _root(resource)
    told = dict.fromkeys(faults)
    issues = [Issue(fault.code, fault.text, (root + fault.path,), fault.severity) for fault in told][:MAX_FAULTS]
    if len(told) > MAX_FAULTS:
        issues[-1] = Issue("too-costly", f"more than {MAX_FAULTS} faults: correct these first", (root,))
    return issues


def _root(resource: dict[str, Any]) -> str:
    name = resource.get("resourceType")
    return name if isinstance(name, str) and name.isalpha() else "Resource"
