"""JSON at the edge: decimals survive exactly as written; duplicate keys, depth, NUL and size are refused.

`loads` gives dict, list, str, int, bool, None and `Number` (a float that remembers its text, so that 1.50 stays
1.50 when `dumps` writes it). FHIR R4 2.1.0.0 (decimal precision) and 2.6.2 (JSON).
"""

from __future__ import annotations

import codecs
import re
from json import JSONDecoder
from math import isinf
from typing import Any, Final, cast

import msgspec

from kedja.outcome import refuse

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 100  # characters of one number
_SPACED_KEY_END: Final = re.compile(rb'"[ \t\r\n]+:')
_LARGE_EXPONENT: Final = re.compile(r"[eE][+-]?0*[1-9]\d{3}")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Number(float):
    """A JSON number with a fraction or an exponent; `raw` is its text as received."""

    __slots__ = ("raw",)
    raw: str

    def __new__(cls, raw: str) -> Number:
        number = float.__new__(cls, raw)
        number.raw = raw
        return number

    def __str__(self) -> str:
        return self.raw


def _encode(value: Any) -> Any:
    if isinstance(value, Number):
        return msgspec.Raw(value.raw.encode())
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


def _number(raw: str) -> Number:
    number = Number(raw)
    if isinf(number) or len(raw) > MAX_DIGITS or _LARGE_EXPONENT.search(raw):
        raise refuse(400, "value", f"the number {raw[:20]}… is out of range: write at most {MAX_DIGITS} digits, below 1e308")
    return number


_decoder: Final = msgspec.json.Decoder(float_hook=_number)
_encoder: Final = msgspec.json.Encoder(enc_hook=_encode)
_sorted_encoder: Final = msgspec.json.Encoder(enc_hook=_encode, order="sorted")


def dumps(value: Any) -> bytes:
    """UTF-8 JSON without spaces; every `Number` as it was written."""
    return _encoder.encode(value)


def canonical(value: Any) -> bytes:
    """As `dumps`, with sorted keys: equal content gives equal bytes."""
    return _sorted_encoder.encode(value)


def loads(body: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Decode one JSON value.

    Raises OutcomeError: 413 `too-long`; 400 `structure` for what is not JSON, nested over 64 deep, or has a
    duplicate key; 400 `value` for a NUL character or a number out of range. The integer -0 is read as 0.
    """
    if len(body) > max_bytes:
        text = f"the body has {len(body)} bytes; at most {max_bytes} are taken: split it into several requests"
        raise refuse(413, "too-long", text)
    try:
        value = _decoder.decode(body)
        _refuse_deep_or_duplicate(value, body)
    except RecursionError:
        raise refuse(400, "structure", f"the body is nested deeper than {MAX_DEPTH} levels: flatten it") from None
    except UnicodeDecodeError:
        raise refuse(400, "structure", _not_utf8(body)) from None
    except msgspec.DecodeError as error:
        raise refuse(400, "structure", f"the body is not JSON: {_reason(body, str(error))}") from None
    if b"\\u0000" in body:
        _refuse_nul(value, _root(value))
    return value


def _not_utf8(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return f"the body is not UTF-8 {_place(body, error.start)}: send UTF-8 encoded JSON"
    return "the body is not UTF-8: send UTF-8 encoded JSON"


def _reason(body: bytes, message: str) -> str:
    """What the parser found, with its place, in words that say what to do."""
    if body.startswith(_BYTE_ORDER_MARKS):
        return "it starts with a byte order mark: send UTF-8 without one"
    at = re.search(r" \(byte (\d+)\)", message)
    if at is not None:
        offset = int(at.group(1))
        place = _place(body, offset)
        if "invalid character" in message and offset < len(body) and body[offset] < 0x20:
            return f"a control character stands unescaped {place}: remove or escape it"
        return f"{message[: at.start()].removeprefix('JSON is malformed: ')} {place}"
    if "out of range" in message:
        return f"a whole number is too long: write at most {MAX_DIGITS} digits"
    if "truncated" not in message:
        return message
    if _SURROGATE.search(body):
        return "a string has half of a surrogate pair, or it ends too early: escape both halves"
    return f"it ends too early, after {len(body)} bytes: close every string, array and object"


def _place(body: bytes, offset: int) -> str:
    line = body.count(b"\n", 0, offset) + 1
    column = offset - body.rfind(b"\n", 0, offset)
    return f"at byte {offset} (line {line}, column {column})"


def _refuse_deep_or_duplicate(value: Any, body: bytes) -> None:
    """Cheap proofs first: `dumps` writes the shortest form, so a text of that length holds nothing that was dropped."""
    shortest = len(_encoder.encode(value)) == len(body.rstrip())
    if shortest and body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return
    keys = _count_keys(value, MAX_DEPTH - 1)
    if not shortest and keys != _key_ends(body):
        _refuse_duplicate_keys(body)


def _key_ends(body: bytes) -> int:
    """At least as many as the text has object keys: more where a string holds `":`, never fewer."""
    ends = body.count(b'":')
    if b" :" in body or b"\n:" in body or b"\r:" in body or b"\t:" in body:
        ends += len(_SPACED_KEY_END.findall(body))
    return ends


def _count_keys(value: Any, depth: int) -> int:
    if depth < 0:
        raise RecursionError
    if type(value) is dict:
        members = cast("dict[str, Any]", value)
        count = len(members)
        for member in members.values():
            if type(member) is dict or type(member) is list:
                count += _count_keys(member, depth - 1)
        return count
    if type(value) is list:
        count = 0
        for item in cast("list[Any]", value):
            if type(item) is dict or type(item) is list:
                count += _count_keys(item, depth - 1)
        return count
    return 0


def _refuse_duplicate_keys(body: bytes) -> None:
    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                raise refuse(400, "structure", f"the key `{key}` stands twice in one object: keep one of them")
            seen[key] = value
        return seen

    JSONDecoder(object_pairs_hook=check, parse_int=str, parse_float=str).decode(body.decode())


def _root(value: Any) -> str:
    name = cast("dict[str, Any]", value).get("resourceType") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name.isalpha() else "Resource"


def _refuse_nul(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise refuse(400, "value", "a string has a NUL character, which FHIR does not allow: remove it", path)
    elif isinstance(value, dict):
        for key, member in cast("dict[str, Any]", value).items():
            _refuse_nul(key, path)
            _refuse_nul(member, f"{path}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(cast("list[Any]", value)):
            _refuse_nul(item, f"{path}[{position}]")
