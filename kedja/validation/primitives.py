"""The primitive types (R4 2.24.0.1): JSON kind, format and range of each. One table."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

from kedja.exactjson import MAX_DIGITS
from kedja.validation.faults import Check, Fault, kind, shown
from kedja.validation.narrative import EMPTY, narrative_fault
from kedja.validation.scope import Scope

_YEAR: Final = r"(?!0000)\d{4}"
_LEAP: Final = r"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = (
    rf"(?:{_YEAR}-(?:{_MONTH}-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?!0000){_LEAP}-02-29)"
)
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
_ZONE: Final = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_TEXT: Final = r"(?=\s*\S)[^\x00-\x08\x0b\x0c\x0e-\x1f]{1,1048576}"
_STRING_ADVICE: Final = "write 1 to 1048576 characters, not only spaces, without control characters other than tab, CR and LF"
_URI_ADVICE: Final = "write a URI without spaces"

# of each type the pattern of the whole text, and what to write
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "string": (_TEXT, _STRING_ADVICE),
    "markdown": (_TEXT, _STRING_ADVICE),
    "code": (r"[^\s\x00-\x1f]+(?: [^\s\x00-\x1f]+)*", "write a code without leading, trailing or double spaces"),
    "id": (r"[A-Za-z0-9\-.]{1,64}", "write 1 to 64 of A-Z a-z 0-9 - ."),
    "uri": (r"[^\s\x00-\x1f]+", _URI_ADVICE),
    "url": (r"[^\s\x00-\x1f]+", _URI_ADVICE),
    "canonical": (r"[^\s\x00-\x1f]+", _URI_ADVICE),
    "oid": (r"urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+", "write it as urn:oid:1.2.752"),
    "uuid": (r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "write it as urn:uuid: and a UUID in lower case"),
    "date": (rf"{_YEAR}(?:-{_MONTH})?|{_DAY}", "write a date of the calendar as YYYY, YYYY-MM or YYYY-MM-DD"),
    "dateTime": (
        rf"{_YEAR}(?:-{_MONTH})?|{_DAY}(?:T{_CLOCK}{_ZONE})?",
        "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone (Z or +01:00)",
    ),
    "instant": (rf"{_DAY}T{_CLOCK}{_ZONE}", "write YYYY-MM-DDThh:mm:ss with a time zone (Z or +01:00)"),
    "time": (_CLOCK, "write hh:mm:ss on the 24-hour clock, without a time zone"),
}

# least and most of each type
_INTEGERS: Final = {
    "integer": (-(2**31), 2**31 - 1),
    "unsignedInt": (0, 2**31 - 1),
    "positiveInt": (1, 2**31 - 1),
}

_BEYOND: Final = 10**MAX_DIGITS
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def _text(type_name: str, pattern: str, advice: str) -> Check:
    matches = re.compile(pattern, re.ASCII if type_name not in ("string", "markdown") else 0).fullmatch

    def check(value: Any, _: Scope) -> list[Fault] | None:
        if isinstance(value, str):
            return None if matches(value) else [Fault("", "value", f"{shown(value)} is no {type_name}: {advice}")]
        return [_wrong_kind(type_name, value, "a string in quotes")]

    return check


def _integer(type_name: str, least: int, most: int) -> Check:
    def check(value: Any, _: Scope) -> list[Fault] | None:
        if type(value) is not int:
            return [_wrong_kind(type_name, value, "a whole number without quotes, fraction or exponent")]
        if least <= value <= most:
            return None
        return [Fault("", "value", f"{shown(str(value))} is no {type_name}: write a whole number from {least} to {most}")]

    return check


def _decimal(value: Any, _: Scope) -> list[Fault] | None:
    if type(value) is int or isinstance(value, float):
        if -_BEYOND < value < _BEYOND if type(value) is int else isfinite(value):
            return None
        return [Fault("", "value", f"{shown(str(value))} is no decimal: write a number of at most {MAX_DIGITS} digits")]
    return [_wrong_kind("decimal", value, "a number without quotes")]


def _boolean(value: Any, _: Scope) -> list[Fault] | None:
    if value is True or value is False:
        return None
    return [_wrong_kind("boolean", value, "true or false without quotes")]


def _base64(value: Any, _: Scope) -> list[Fault] | None:
    if not isinstance(value, str):
        return [_wrong_kind("base64Binary", value, "a string in quotes")]
    packed = _SPACES.sub("", value)
    if len(packed) % 4 == 0 and _BASE64.fullmatch(packed):
        return None
    return [Fault("", "value", f"{shown(value)} is no base64Binary: write base64 (RFC 4648) with its padding")]


def _xhtml(value: Any, scope: Scope) -> list[Fault] | None:
    if not isinstance(value, str):
        return [_wrong_kind("xhtml", value, "a string in quotes")]
    fault = narrative_fault(value)
    return [Fault("", "value", fault)] if fault and (scope.asked.whole or fault != EMPTY) else None


def _wrong_kind(type_name: str, value: Any, wanted: str) -> Fault:
    return Fault("", "structure", f"{kind(value)} stands where a {type_name} is wanted: write {wanted}")


PRIMITIVE_CHECKS: Final[dict[str, Check]] = {
    **{name: _text(name, pattern, advice) for name, (pattern, advice) in _TEXTS.items()},
    **{name: _integer(name, least, most) for name, (least, most) in _INTEGERS.items()},
    "decimal": _decimal,
    "boolean": _boolean,
    "base64Binary": _base64,
    "xhtml": _xhtml,
}


def bound_code(codes: frozenset[str], advise: Callable[[str], str]) -> Check:
    """A `code` of a required binding: one of `codes`; `advise` says for another what to write."""
    plain = PRIMITIVE_CHECKS["code"]

    def check(value: Any, scope: Scope) -> list[Fault] | None:
        if isinstance(value, str) and value in codes:
            return None
        return plain(value, scope) or [Fault("", "code-invalid", advise(value))]

    return check
