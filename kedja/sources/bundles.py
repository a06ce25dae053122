"""FHIR Bundles as records: references between entries resolved, each entry as the bytes it was received in (R4 3.1.0.11.2)."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import BinaryIO, Final

import msgspec

from kedja.exactjson import MAX_BYTES
from kedja.outcome import OutcomeError, refuse

_CHUNK: Final = 1 << 20
_REFERENCE: Final = re.compile(rb'("reference"\s*:\s*")([^"\\]+)(")')
_decode: Final = JSONDecoder().raw_decode


class _Request(msgspec.Struct):
    method: str | None = None
    url: str | None = None


class _RawEntry(msgspec.Struct):
    fullUrl: str | None = None
    resource: msgspec.Raw = msgspec.Raw(b"null")
    request: _Request | None = None


class _Bundle(msgspec.Struct):
    entry: list[msgspec.Raw] = []


class _Head(msgspec.Struct):
    resourceType: str | None = None
    id: str | None = None


_entry_decoder: Final = msgspec.json.Decoder(_RawEntry)
_head_decoder: Final = msgspec.json.Decoder(_Head | None)
_bundle_decoder: Final = msgspec.json.Decoder(_Bundle)
Names = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place in the bundle from 0, the resource's JSON or a refusal; `once` for POST."""

    number: int
    body: bytes | OutcomeError
    type: str | None = None
    id: str | None = None
    once: bool = False


def entries_of(bundle: bytes) -> Iterator[Entry]:
    """The entries of a Bundle that fits in memory."""
    try:
        raw = _bundle_decoder.decode(bundle).entry
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield Entry(0, refuse(400, "structure", f"the Bundle is not as FHIR has it: {error}", "Bundle.entry"))
        return
    names = names_of(bytes(item) for item in raw)
    for number, item in enumerate(raw):
        yield entry_of(bytes(item), number, names)


def names_of(items: Iterable[bytes]) -> Names:
    """`Type/id` of each entry by its fullUrl, for references within the bundle."""
    names: dict[bytes, bytes] = {}
    for item in items:
        try:
            entry = _entry_decoder.decode(item)
            head = _head_decoder.decode(entry.resource) or _Head()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if entry.fullUrl and head.resourceType and head.id:
            names[entry.fullUrl.encode()] = f"{head.resourceType}/{head.id}".encode()
    return names


def entry_of(item: bytes, number: int, names: Names) -> Entry:
    """The entry of this JSON, its references to other entries replaced by `Type/id`."""
    try:
        entry = _entry_decoder.decode(item)
        head = _head_decoder.decode(entry.resource) or _Head()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Entry(number, refuse(400, "structure", f"the entry is not as FHIR has it: {error}", f"Bundle.entry[{number}]"))
    method = entry.request.method if entry.request else None
    if method not in (None, "POST", "PUT"):
        return Entry(
            number, refuse(422, "not-supported", f"an import takes POST and PUT, not {method}", f"Bundle.entry[{number}].request")
        )
    body = bytes(entry.resource)
    if body == b"null":
        return Entry(number, refuse(422, "required", "the entry has no resource", f"Bundle.entry[{number}].resource"))
    if names:
        body = _REFERENCE.sub(lambda m: m[1] + names.get(m[2], m[2]) + m[3], body)
    return Entry(number, body, head.resourceType, head.id, method == "POST")


def split_array(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The JSON of each item of a large array, or of a large Bundle's `entry`, holding one item at a time.

    `head` is what was read of the stream already. Raises OutcomeError 400 `structure`, 413 when one item is too long.
    """
    text = _Text(head, stream)
    if text.take("[{") == "{" and not _to_entries(text):
        return
    if text.peek() == "]":
        return
    yield text.value().encode()
    while text.take(",]") == ",":
        yield text.value().encode()


def _to_entries(text: _Text) -> bool:
    """Up to the first item of the member `entry`; False when the object has no such member."""
    if text.peek() == "}":
        return False
    while True:
        name = text.value()
        text.take(":")
        if name == '"entry"':
            text.take("[")
            return True
        text.value()
        if text.take(",}") == "}":
            return False


class _Text:
    """The text of a stream, decoded as it is needed and forgotten as it is passed."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8")()
        self._text = self._decoder.decode(head)
        self._at = 0

    def peek(self) -> str:
        """The next character that is not white space; '' at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """Pass one of these characters and give it."""
        found = self.peek()
        if not found or found not in wanted:
            raise refuse(
                400, "structure", f"the file is not JSON: `{found or 'the end'}` stands where one of {' '.join(wanted)} should"
            )
        self._at += 1
        return found

    def value(self) -> str:
        """Pass the value that stands here and give its text."""
        self.peek()
        while True:
            try:
                end = _decode(self._text, self._at)[1]
            except (JSONDecodeError, RecursionError):
                end = None
            if end is not None and end < len(self._text):
                found, self._at = self._text[self._at : end], end
                return found
            if len(self._text) - self._at > MAX_BYTES or not self._more():
                raise refuse(400, "structure", f"the file is not JSON, or one entry is longer than {MAX_BYTES} bytes")

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        try:
            self._text = self._text[self._at :] + self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise refuse(400, "structure", "the file is not valid UTF-8") from None
        self._at = 0
        return bool(chunk)
