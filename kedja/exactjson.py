"""JSON at the edge: decimals survive exactly as written; duplicate keys, depth, NUL and size are refused.

`loads` gives dict, list, str, int, bool, None and `Number` (a float that remembers its text, so that 1.50 stays
1.50 when `dumps` writes it). FHIR R4 2.1.0.0 (decimal precision) and 2.6.2 (JSON).
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final, cast

import msgspec

from kedja.outcome import OutcomeError, refuse

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
_KEY_END: Final = re.compile(rb'"[ \t\r\n]*:')
_ESCAPED_QUOTE: Final = re.compile(rb'\\(?:\\\\)*"')


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


_decoder: Final = msgspec.json.Decoder(float_hook=Number)
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
    duplicate key; 400 `value` for a NUL character.
    """
    if len(body) > max_bytes:
        raise refuse(413, "too-long", f"the body has {len(body)} bytes; at most {max_bytes} are taken: split it into several requests")
    try:
        value = _decoder.decode(body)
        keys = _count_keys(value, MAX_DEPTH)
    except UnicodeDecodeError as error:
        raise refuse(400, "structure", f"the body is not valid UTF-8 at byte {error.start}: send UTF-8 encoded JSON") from None
    except RecursionError:
        raise refuse(400, "structure", f"the body is nested deeper than {MAX_DEPTH} levels: flatten it") from None
    except msgspec.DecodeError as error:
        raise refuse(400, "structure", f"the body is not JSON: {_where(body, str(error))}") from None
    if keys != _key_ends(body):
        _refuse_duplicate_keys(body)
    if b"\\u0000" in body:
        _refuse_nul(value, "$")
    return value


def _where(body: bytes, message: str) -> str:
    at = re.search(r"byte (\d+)", message)
    if at is None:
        return message
    offset = int(at.group(1))
    line = body.count(b"\n", 0, offset) + 1
    column = offset - (body.rfind(b"\n", 0, offset) + 1) + 1
    return f"{message} (line {line}, column {column})"


def _key_ends(body: bytes) -> int:
    """How many object keys the text has: a quote followed by a colon ends a key, unless the quote is escaped."""
    if b'\\"' in body:
        body = _ESCAPED_QUOTE.sub(lambda m: m.group()[:-1] + b"_" if len(m.group()) % 2 == 0 else m.group(), body)
    return len(_KEY_END.findall(body))


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

    try:
        JSONDecoder(object_pairs_hook=check).decode(body.decode())
    except OutcomeError:
        raise
    except JSONDecodeError as error:
        raise refuse(400, "structure", f"the body is not JSON: {error}") from None


def _refuse_nul(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise refuse(400, "value", "a string has a NUL character, which FHIR does not allow: remove it", path.removeprefix("$."))
    elif isinstance(value, dict):
        for key, member in cast("dict[str, Any]", value).items():
            _refuse_nul(key, f"{path}.{key[:20]}")
            _refuse_nul(member, f"{path}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(cast("list[Any]", value)):
            _refuse_nul(item, f"{path}[{position}]")
