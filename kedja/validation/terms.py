"""Whether a coded value is in a value set, as far as it can be told here (R4 4.1.5, 4.9)."""

from __future__ import annotations

from typing import Any, cast

from kedja import terminology


def membership(value: Any, type_name: str, value_set: str) -> bool | None:
    """Of a code, Coding, CodeableConcept, Quantity, string or uri. None: its value set or code system is not known here.

    Of a CodeableConcept one coding is enough; one without codings is not in it.
    """
    if isinstance(value, str):
        return terminology.contains(value_set, None, value)
    if not isinstance(value, dict):
        return None
    members = cast("dict[str, Any]", value)
    if type_name != "CodeableConcept":
        return _coding(members, value_set)
    told = [_coding(coding, value_set) for coding in members.get("coding", ())]
    return True if True in told else None if None in told else False


def _coding(coding: dict[str, Any], value_set: str) -> bool | None:
    """A code without its system means nothing outside an element of type `code`, so it is in no value set."""
    code, system = coding.get("code"), coding.get("system")
    return terminology.contains(value_set, system, code) if isinstance(code, str) and isinstance(system, str) else False
