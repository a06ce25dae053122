"""Apple Health's `export.xml`: streamed by an expat parser that never sees a document type, to Observations.

The export's document type is dropped unread (some versions of the app write one that is not well-formed), so that no
entity can be declared and none but XML's own five can be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from kedja.exactjson import Number
from kedja.outcome import refuse
from kedja.sources.wellness import Measure, codings, content_key, effective, measures, observation, percent, quantity, subject_of

Resource = dict[str, Any]
SYSTEM: Final = "https://developer.apple.com/documentation/healthkit"
_CHUNK: Final = 256 * 1024
_PROLOG: Final = 1024 * 1024
_READ: Final = ("Record", "Correlation", "Workout")
_PASSED: Final = ("ExportDate", "Me", "ActivitySummary")  # no measurement of its own: sums of records, and who the person is
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})")


@dataclass(slots=True)
class Found:
    """One element below the root: its line, name and attributes, its MetadataEntry pairs, and the Records inside."""

    line: int
    name: str
    attributes: dict[str, str]
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    inside: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@dataclass(slots=True)
class _Handler:
    depth: int = 0
    current: Found | None = None
    done: list[Found] = field(default_factory=list[Found])
    parser: Any = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1 and name != "HealthData":
            raise refuse(422, "structure", f"the file's root is `{name}`, not `HealthData`: it is no Apple Health export")
        if self.depth == 2:
            self.current = Found(self.parser.CurrentLineNumber, name, attributes)
        elif self.current is not None and name == "MetadataEntry" and self.depth == 3:
            self.current.metadata[attributes.get("key", "")] = attributes.get("value", "")
        elif self.current is not None and name == "Record":
            self.current.inside.append(attributes)

    def end(self, _name: str) -> None:
        self.depth -= 1
        if self.depth == 1 and self.current is not None:
            self.done.append(self.current)
            self.current = None


def read_export(stream: BinaryIO) -> Iterator[Found]:
    """The elements of an export, in order; memory stays flat. Raises OutcomeError 422 `structure` when it is not XML."""
    handler = _Handler()
    parser = expat.ParserCreate()
    handler.parser = parser
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.EntityDeclHandler = _refuse_entity
    parser.buffer_text = True
    chunk = _without_document_type(stream)
    while True:
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            yield from handler.done
            raise refuse(422, "structure", f"line {error.lineno}: not XML: {expat.ErrorString(error.code)}") from None
        yield from handler.done
        handler.done.clear()
        if not chunk:
            return
        chunk = stream.read(_CHUNK)


def _refuse_entity(*_: Any) -> None:
    raise refuse(422, "security", "the file declares XML entities, which no Apple Health export does")


def _without_document_type(stream: BinaryIO) -> bytes:
    """The first bytes, the document type replaced by as many line ends, so that line numbers hold."""
    head = stream.read(_CHUNK)
    start = head.find(b"<!DOCTYPE")
    if start < 0:
        return head
    while (end := re.compile(rb"\]\s*>|<HealthData").search(head, start)) is None:
        more = stream.read(_CHUNK)
        if not more or len(head) > _PROLOG:
            raise refuse(422, "structure", "the document type does not end: it is no Apple Health export")
        head += more
    stop = end.start() if end.group().startswith(b"<") else end.end()
    return head[:start] + b"\n" * head.count(b"\n", start, stop) + head[stop:]


def resources_of(found: Found, source: str, number: str) -> list[Resource]:
    """The Patient and the Observation of one element. Raises OutcomeError 422 with what is wrong."""
    if found.name not in _READ:
        raise refuse(422, "not-supported", f"`{found.name}` is not read; {', '.join(_READ)} are")
    patient = subject_of(source, number)
    made = _BUILDERS[found.name](found, source, patient)
    return [patient, made] if made else []


def passed_over(found: Found) -> bool:
    """Whether the element repeats what other elements say, or says only who the person is."""
    return found.name in _PASSED or found.attributes.get("type") in _parts()


def _record(found: Found, source: str, patient: Resource) -> Resource:
    attributes = found.attributes
    kind, unit = _required(attributes, "type"), attributes.get("unit", "")
    measure = _by_type().get(kind) or Measure(kind, kind)
    span = _span(attributes)
    own = {"system": SYSTEM, "code": kind}
    made = _base(found, source, patient, codings(measure, own, unit, span), measure.category, span)
    return made | _value(kind, attributes, unit)


def _correlation(found: Found, source: str, patient: Resource) -> Resource:
    kind = _required(found.attributes, "type")
    measure = _by_type().get(kind)
    if measure is None:
        raise refuse(422, "not-supported", f"correlation `{kind}` is not read; {', '.join(_correlations())} are")
    made = _base(
        found, source, patient, codings(measure, {"system": SYSTEM, "code": kind}), measure.category, _span(found.attributes)
    )
    made["component"] = [_part(record) for record in found.inside if record.get("type") in _parts()]
    if not made["component"]:
        raise refuse(422, "required", f"correlation `{kind}` has no record inside")
    return made


def _workout(found: Found, source: str, patient: Resource) -> Resource:
    attributes = found.attributes
    kind = _required(attributes, "workoutActivityType")
    measure = measures()["physical-activity"]
    made = _base(
        found, source, patient, codings(measure, {"system": SYSTEM, "code": "HKWorkout"}), measure.category, _span(attributes)
    )
    name = kind.removeprefix("HKWorkoutActivityType")
    made["valueCodeableConcept"] = {"coding": [{"system": SYSTEM, "code": kind}], "text": name}
    sums = [("duration", "durationUnit"), ("totalDistance", "totalDistanceUnit"), ("totalEnergyBurned", "totalEnergyBurnedUnit")]
    parts = [
        {
            "code": {"coding": [{"system": SYSTEM, "code": sum}]},
            "valueQuantity": quantity(_number(attributes[sum]), attributes.get(unit, "")),
        }
        for sum, unit in sums
        if sum in attributes
    ]
    return made | ({"component": parts} if parts else {})


_BUILDERS: Final = {"Record": _record, "Correlation": _correlation, "Workout": _workout}


def _base(found: Found, source: str, patient: Resource, coding: list[Resource], category: str, span: tuple[str, str]) -> Resource:
    key = content_key([found.name, {k: v for k, v in found.attributes.items() if k != "creationDate"}, found.inside])
    made = observation(source, patient, ("apple", key), coding, category) | effective(*span)
    if name := found.attributes.get("sourceName"):
        made["device"] = {"display": name}
    typed = found.metadata.get("HKWasUserEntered") == "1"
    made["method"] = {"text": "self-reported" if typed else "sensed"}
    return made


def _part(record: dict[str, str]) -> Resource:
    part = _parts()[record["type"]]
    value = quantity(_number(_required(record, "value")), record.get("unit", ""))
    return {"code": {"coding": codings(part, {"system": SYSTEM, "code": record["type"]})}, "valueQuantity": value}


def _value(kind: str, attributes: dict[str, str], unit: str) -> Resource:
    text = _required(attributes, "value")
    if kind.startswith("HKQuantityType"):
        number = percent(text) if unit == "%" and _NUMBER.fullmatch(text) else _number(text)
        return {"valueQuantity": quantity(number, unit)}
    return {"valueCodeableConcept": {"coding": [{"system": SYSTEM, "code": text}]}}


def _number(text: str) -> int | Number:
    if not _NUMBER.fullmatch(text):
        raise refuse(422, "value", f"`{text[:60]}` is no number")
    return int(text) if text.lstrip("-").isdigit() else Number(text)


def _span(attributes: dict[str, str]) -> tuple[str, str]:
    return _moment(_required(attributes, "startDate")), _moment(attributes.get("endDate", ""))


def _moment(text: str) -> str:
    if not text:
        return ""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise refuse(422, "value", f"`{text[:60]}` is no time written as Apple Health does (2026-01-31 07:30:00 +0100)")
    return f"{match[1]}T{match[2]}{match[3]}:{match[4]}"


def _required(attributes: dict[str, str], name: str) -> str:
    value = attributes.get(name)
    if not value:
        raise refuse(422, "required", f"the attribute `{name}` is missing")
    return value


@cache
def _by_type() -> dict[str, Measure]:
    return {kind: measure for measure in measures().values() for kind in measure.apple}


@cache
def _parts() -> dict[str, Measure]:
    return {kind: part for measure in measures().values() for part in measure.parts for kind in part.apple}


def _correlations() -> list[str]:
    return sorted(kind for kind in _by_type() if kind.startswith("HKCorrelation"))
