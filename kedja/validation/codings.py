"""Coding.system and Attachment.size: what R4 says of them in words alone (R4 2.24.0.4, 2.24.0.11)."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from kedja.validation.faults import Check, Fault, shown, unsound
from kedja.validation.scope import Scope

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_VALUE_SET: Final = "http://hl7.org/fhir/ValueSet/"
_CHARACTERS: Final = re.compile(r"[^A-Za-z0-9+/]")


def coding(plain: Check) -> Check:
    """A system is an absolute URI, and names a code system; `#id` a contained one."""

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        if unsound(faults) or not scope.asked.full:
            return faults
        system = cast("dict[str, Any]", value).get("system")
        if system is None or (_ABSOLUTE.match(system) and not system.startswith(_VALUE_SET)) or system[0] == "#":
            return faults
        text = "names a value set: write the code system" if _ABSOLUTE.match(system) else "is relative: write the whole URI"
        return [*(faults or []), Fault(".system", "value", f"the system {shown(system)} {text}")]

    return check


def attachment(plain: Check) -> Check:
    """`size` is the number of bytes of `data` before base64."""

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        faults = plain(value, scope)
        members = cast("dict[str, Any]", value)
        if unsound(faults) or not scope.asked.full or "size" not in members or "data" not in members:
            return faults
        size = len(_CHARACTERS.sub("", members["data"])) * 3 // 4
        if members["size"] == size:
            return faults
        return [
            *(faults or []),
            Fault(".size", "value", f"`data` has {size} bytes and `size` says {members['size']}: correct it"),
        ]

    return check
