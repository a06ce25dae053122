"""token (FHIR R4 3.1.1.4.10): `code`, `system|code`, `|code`, `system|`; `:text`, `:of-type`; sets of codes: `terminology`."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.differential.matching.escapes import plain, split
from tests.differential.matching.string import fold

CONTACTS = ("phone", "fax", "email", "pager", "url", "sms", "other")


class Coded(NamedTuple):
    """What a token compares. `bare`: a code, a string, a boolean or a telephone number, which has no place for a system."""

    system: str | None
    code: str | None
    bare: bool = False


def codes(value: Any) -> list[Coded]:
    """The table of types in 3.1.1.4.10: which member is the system and which the code."""
    if isinstance(value, bool):
        return [Coded(None, "true" if value else "false", bare=True)]
    if isinstance(value, str):
        return [Coded(None, value, bare=True)]
    if not isinstance(value, dict):
        return []
    if "coding" in value:
        return [one for coding in value["coding"] for one in codes(coding)]
    if value.get("system") in CONTACTS or "rank" in value:
        return [Coded(None, value["value"], bare=True)] if "value" in value else []  # ContactPoint: its system is none of tokens
    return [Coded(value.get("system"), value.get("value", value.get("code")))]


def matches(value: Any, modifier: str, asked: str) -> bool:
    """Without `:not`, which turns around the whole parameter, and without sets of codes."""
    if modifier == "text":
        return any(fold(text).startswith(fold(plain(asked))) for text in texts(value))
    if modifier == "of-type":
        return _of_type(value, [plain(part) for part in split(asked, "|")])
    return any(same(one, asked) for one in codes(value))


def same(have: Coded, asked: str) -> bool:
    system, *code = [plain(part) for part in split(asked, "|")]
    if not code:
        return have.code == system
    if have.bare:
        return False
    if system and not code[0]:
        return have.system == system
    return (have.system or "") == system and have.code == code[0]


def texts(value: Any) -> list[str]:
    """`CodeableConcept.text`, `Coding.display` or `Identifier.type.text`."""
    if not isinstance(value, dict):
        return []
    found = [value.get("text"), value.get("display"), value.get("type", {}).get("text") if "value" in value else None]
    found += [coding.get("display") for coding in value.get("coding", [])]
    return [text for text in found if isinstance(text, str)]


def _of_type(value: Any, asked: list[str]) -> bool:
    """`system|code|value`: the system and code are of `Identifier.type`, the value is the identifier's."""
    if len(asked) != 3 or not isinstance(value, dict):
        return False
    system, code, number = asked
    of = [(coding.get("system"), coding.get("code")) for coding in value.get("type", {}).get("coding", [])]
    return (system, code) in of and value.get("value") == number


def sort_values(value: Any) -> list[str]:
    return [one.code for one in codes(value) if one.code is not None]
