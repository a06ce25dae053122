"""The records of a file, in order: what the workers turn into resources. One reader for each form."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from zlib import crc32

import msgspec

from kedja.exactjson import MAX_BYTES
from kedja.outcome import OutcomeError, refuse
from kedja.sources import applehealth
from kedja.sources.bundles import Entry, entries_of, entry_of, names_of, split_array
from kedja.sources.inputs import InputFile, Meter
from kedja.sources.mapping import TableMapping
from kedja.sources.source import Source
from kedja.sources.tables import rows_of

# Patients come before what refers to them; entries that only create come after what replaces.
PATIENTS, CREATED_PATIENTS, REST, CREATED_REST = range(4)


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `line` is its line in the file, `entry` its place in a bundle; `key` decides which worker gets it.

    `once`: it is only created, never replaces. `payload` is bytes of JSON, a row, or an element; or its refusal.
    """

    line: int
    payload: Any
    key: int
    stage: int = REST
    entry: int | None = None
    once: bool = False


class Head(msgspec.Struct):
    """What must be known of a resource to sort it; everything else is skipped unread."""

    resourceType: str | None = None
    id: str | None = None


_head: Final = msgspec.json.Decoder(Head)


def records_of(file: InputFile, source: Source, mapping: TableMapping | None, meter: Meter) -> Iterator[Record]:
    """Every record of the file, in order. Raises OutcomeError when the file cannot be read on; what came before counts."""
    if mapping is not None:
        yield from _rows(file, mapping, meter)
    elif source.kind == "apple-health":
        yield from _elements(file, meter)
    elif file.form == "lines":
        yield from _lines(file, meter, source)
    else:
        yield from _whole(file, meter, source)


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | OutcomeError]]:
    """Lines that are not blank with their numbers; one that is too long is passed by and answered with its refusal."""
    number = 0
    while line := stream.readline(MAX_BYTES + 2):
        number += 1
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if len(line) > MAX_BYTES + 1:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            yield number, refuse(413, "too-long", f"the line has more than {MAX_BYTES} bytes: split it")
        elif line := line.strip():
            yield number, line


def _lines(file: InputFile, meter: Meter, source: Source) -> Iterator[Record]:
    with file.open(meter) as stream:
        for number, line in read_lines(stream):
            yield from _json_records(line, number, source)


def _json_records(line: bytes | OutcomeError, number: int, source: Source) -> Iterator[Record]:
    if isinstance(line, OutcomeError) or source.kind != "fhir":
        yield Record(number, line, number if isinstance(line, OutcomeError) else crc32(line))
        return
    try:
        head = _head.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield Record(number, line, crc32(line))  # the worker says what is wrong
        return
    if head.resourceType == "Bundle" and source.bundles == "entries":
        for entry in entries_of(line):
            yield _entry_record(entry, number)
    else:
        yield _resource_record(head, line, number)


def _resource_record(head: Head, body: bytes, number: int) -> Record:
    stage = PATIENTS if head.resourceType == "Patient" else REST
    return Record(number, body, _key(head.resourceType, head.id or body), stage)


def _entry_record(entry: Entry, number: int) -> Record:
    if isinstance(entry.body, OutcomeError):
        return Record(number, entry.body, number, entry=entry.number)
    patient = entry.type == "Patient"
    stage = (CREATED_PATIENTS if patient else CREATED_REST) if entry.once else (PATIENTS if patient else REST)
    return Record(number, entry.body, _key(entry.type, entry.id or entry.body), stage, entry.number, entry.once)


def _key(type_name: str | None, id: str | bytes) -> int:
    return crc32(f"{type_name}/{id}".encode() if isinstance(id, str) else id)


def _whole(file: InputFile, meter: Meter, source: Source) -> Iterator[Record]:
    """One resource, data point or Bundle; or an array of them. A large array, or Bundle of entries, is streamed."""
    with file.open(meter) as stream:
        body = stream.read(MAX_BYTES + 1).removeprefix(BOM_UTF8)
        if len(body) <= MAX_BYTES:
            if body.lstrip()[:1] != b"[":
                yield from _json_records(body, 1, source)
                return
            items: Iterator[Any] = iter(_array(body))
        else:
            items = split_array(body, stream)
            if source.kind == "fhir" and body.lstrip()[:1] == b"{":
                if source.bundles == "whole":
                    raise refuse(413, "too-long", f"the resource has more than {MAX_BYTES} bytes, and may not be taken apart")
                yield from _large_bundle(file, items)
                return
        for number, item in enumerate(items, 1):
            yield from _json_records(bytes(item), number, source)


def _array(body: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refuse(400, "structure", f"the file is not JSON: {error}") from None


def _large_bundle(file: InputFile, items: Iterator[bytes]) -> Iterator[Record]:
    """Read twice: first for the names of all entries, so that references within the bundle can be resolved."""
    with file.open() as stream:
        names = names_of(split_array(stream.read(MAX_BYTES + 1).removeprefix(BOM_UTF8), stream))
    for number, item in enumerate(items):
        yield _entry_record(entry_of(item, number, names), 1)


def _rows(file: InputFile, mapping: TableMapping, meter: Meter) -> Iterator[Record]:
    person = mapping.person
    for line, row in rows_of(file, mapping, meter):
        if isinstance(row, OutcomeError):
            yield Record(line, row, line)
        else:
            who = (row.get(person) or "") if person else "\x1f".join(row.get(name) or "" for name in mapping.key)
            yield Record(line, row, crc32("".join(filter(str.isalnum, who))[-10:].encode()))


def _elements(file: InputFile, meter: Meter) -> Iterator[Record]:
    with file.open(meter) as stream:
        for found in applehealth.read_export(stream):
            if not applehealth.passed_over(found):
                key = found.attributes.get("type", "") + found.attributes.get("startDate", "")
                yield Record(found.line, found, crc32(key.encode()))
