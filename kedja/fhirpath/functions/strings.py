"""Strings (FHIRPath 2.0, section 5.6)."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote

from kedja.fhirpath.arithmetic import MAX_TEXT
from kedja.fhirpath.functions.table import Function, text, valued, whole
from kedja.fhirpath.items import Items, boolean, integer, string
from kedja.fhirpath.nodes import FhirPathError


def bounded(value: str) -> Items:
    """The string, unless it is too long. Raises FhirPathError."""
    if len(value) > MAX_TEXT:
        raise FhirPathError(f"the text would be longer than {MAX_TEXT} characters")
    return string(value)


def of_text(name: str, rule: Callable[[str], Items]) -> Function:
    """A function of one string; empty where it is."""
    return _of_texts(name, rule, 0)


def of_two(name: str, rule: Callable[[str, str], Items]) -> Function:
    """A function of a string and of another; empty where one of them is."""
    return _of_texts(name, rule, 1)


def of_three(name: str, rule: Callable[[str, str, str], Items]) -> Function:
    """A function of a string and of two others; empty where one of them is."""
    return _of_texts(name, rule, 2)


def _of_texts(name: str, rule: Callable[..., Items], count: int) -> Function:
    def apply(items: Items, *arguments: Items) -> Items:
        values = [text(found, f"`{name}`") for found in (items, *arguments)]
        return [] if None in values else rule(*values)

    return valued(apply, count, count)


def _substring(items: Items, start: Items, length: Items | None = None) -> Items:
    value, begin = text(items, "`substring`"), whole(start, "`substring`")
    if value is None or begin is None or not 0 <= begin < len(value):
        return []
    count = None if length is None else whole(length, "`substring`")
    return string(value[begin:] if count is None else value[begin : begin + max(count, 0)])


def _replace(value: str, old: str, new: str) -> Items:
    if new and (value.count(old) if old else len(value) + 1) * len(new) > MAX_TEXT:
        raise FhirPathError(f"the text would be longer than {MAX_TEXT} characters")
    return bounded(value.replace(old, new))


def _join(items: Items, separator: Items | None = None) -> Items:
    between = "" if separator is None else text(separator, "`join`") or ""
    values = [value for item in items if (value := text([item], "`join`")) is not None]
    if sum(map(len, values)) + len(between) * len(values) > MAX_TEXT:
        raise FhirPathError(f"the text would be longer than {MAX_TEXT} characters")
    return string(between.join(values)) if items else []


def _split(value: str, separator: str) -> Items:
    return [found for part in (value.split(separator) if separator else value) for found in string(part)]


def _encode(value: str, form: str) -> Items:
    try:
        return bounded(_known(form, _ENCODERS)(value))
    except UnicodeEncodeError:
        raise FhirPathError(f"`{value[:20]!a}` has half of a surrogate pair") from None


def _decode(value: str, form: str) -> Items:
    try:
        return string(_known(form, _DECODERS)(value))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise FhirPathError(f"`{value[:20]}` is not {form}: {error}") from None


def _escape(value: str, form: str) -> Items:
    return bounded(_known(form, _ESCAPES)(value))


def _unescape(value: str, form: str) -> Items:
    try:
        return string(_known(form, _UNESCAPES)(value))
    except ValueError as error:
        raise FhirPathError(f"`{value[:20]}` is not escaped for {form}: {error}") from None


def _known(form: str, forms: dict[str, Callable[[str], str]]) -> Callable[[str], str]:
    if form not in forms:
        raise FhirPathError(f"`{form[:20]}` is not known: use one of {', '.join(forms)}")
    return forms[form]


def _unescape_json(value: str) -> str:
    """Quotes may stand in it as they are."""
    quoted = _QUOTE.sub(lambda match: match[0] if len(match[0]) > 1 else '\\"', value)
    found: Any = json.loads(f'"{quoted}"', strict=False)
    return str(found)


_QUOTE: Final = re.compile(r'\\.|"', re.DOTALL)
_ENCODERS: Final[dict[str, Callable[[str], str]]] = {
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "urlbase64": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "url": lambda value: quote(value, safe=""),
}
_DECODERS: Final[dict[str, Callable[[str], str]]] = {
    "base64": lambda value: base64.b64decode(value, validate=True).decode(),
    "urlbase64": lambda value: base64.b64decode(value, altchars=b"-_", validate=True).decode(),
    "hex": lambda value: bytes.fromhex(value).decode(),
    "url": lambda value: unquote(value, errors="strict"),
}
_ESCAPES: Final[dict[str, Callable[[str], str]]] = {
    "html": lambda value: html.escape(value, quote=True),
    "json": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
}
_UNESCAPES: Final[dict[str, Callable[[str], str]]] = {"html": html.unescape, "json": _unescape_json}

FUNCTIONS: Final = {
    "indexOf": of_two("indexOf", lambda value, part: integer(value.find(part))),
    "lastIndexOf": of_two("lastIndexOf", lambda value, part: integer(value.rfind(part))),
    "substring": valued(_substring, 1, 2),
    "startsWith": of_two("startsWith", lambda value, part: boolean(value.startswith(part))),
    "endsWith": of_two("endsWith", lambda value, part: boolean(value.endswith(part))),
    "contains": of_two("contains", lambda value, part: boolean(part in value)),
    "upper": of_text("upper", lambda value: string(value.upper())),
    "lower": of_text("lower", lambda value: string(value.lower())),
    "replace": of_three("replace", _replace),
    "length": of_text("length", lambda value: integer(len(value))),
    "toChars": of_text("toChars", lambda value: _split(value, "")),
    "trim": of_text("trim", lambda value: string(value.strip())),
    "split": of_two("split", _split),
    "join": valued(_join, 0, 1),
    "encode": of_two("encode", _encode),
    "decode": of_two("decode", _decode),
    "escape": of_two("escape", _escape),
    "unescape": of_two("unescape", _unescape),
}
