"""Extensions (R4 2.4, 5.1.0.4): those that are known here stand where they may, have the right value, and modify or not."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja import spec
from kedja.fhirpath import Item
from kedja.validation.contexts import Known, allowed_at
from kedja.validation.faults import Check, Fault, shown, unsound
from kedja.validation.profiles.library import library
from kedja.validation.scope import Scope

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
PLACED: Final = "extension-context"  # the code of a fault that the root settles, since only there the whole path is known


def extension(plain: Check, element: spec.Element) -> Check:
    """The check of one value of `extension` or `modifierExtension` of a type."""
    holder = element.path.rpartition(".")[0]
    modifier = element.name == "modifierExtension"

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if not scope.asked.full or unsound(faults):
            return faults
        url = cast("dict[str, Any]", value).get("url")
        if not isinstance(url, str):
            return faults
        known = library(scope.asked.definitions).extension(url)
        if known is None:
            return _unknown(url, holder, modifier) or faults
        return [*(faults or []), *_known_faults(known, value, holder, modifier, scope)] or None

    return check


def _unknown(url: str, holder: str, modifier: bool) -> list[Fault] | None:
    if modifier:
        text = f"the modifier extension {shown(url)} is not known here, so what it changes is not understood"
        return [Fault("", "extension", f"{text}: add its definition, or remove it")]
    if holder != "Extension" and not _ABSOLUTE.fullmatch(url):
        return [Fault(".url", "value", f"{shown(url)} is no absolute URL: name the definition of the extension")]
    return None


def _known_faults(known: Known, value: dict[str, Any], holder: str, modifier: bool, scope: Scope) -> list[Fault]:
    faults: list[Fault] = []
    if modifier != known.modifier:
        name = "modifierExtension" if known.modifier else "extension"
        faults.append(Fault("", "extension", f"{known.url} belongs in `{name}`: move it there"))
    if not allowed_at(known, holder):
        faults.append(Fault("", PLACED, known.url, "unsettled"))
    for place, inner in enumerate(cast("list[dict[str, Any]]", value.get("extension", ()))):
        url = inner.get("url", "")
        if known.parts is not None and not _ABSOLUTE.fullmatch(url) and url not in known.parts:
            text = f"{known.url} has no part {shown(url)}: write one of {', '.join(sorted(known.parts)) or 'none'}"
            faults.append(Fault(f".extension[{place}]", "extension", text))
    return faults + library(scope.asked.definitions).held_against(Item(value, "Extension"), known.canonical, scope)
