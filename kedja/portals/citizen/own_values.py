"""What a person puts into their own account: values that they write, and files of apps, by the converters of `sources`. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.exactjson import Number
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.language import Language
from kedja.sources import applehealth, openmhealth
from kedja.sources.wellness import measures

SOURCE: Final = "own-account"  # of the ids: the same value sent twice is one
MOST: Final = 2000  # values of one file
_NUMBER: Final = re.compile(r"(0|[1-9]\d{0,5})([.,]\d{1,4})?")
_UNITS: Final = {
    "body-weight": "kg",
    "blood-pressure": "mmHg",
    "heart-rate": "beats/min",
    "blood-glucose": "mmol/L",
    "body-temperature": "C",
    "step-count": "steps",
}
KINDS: Final = tuple(_UNITS)
_ENOUGH: Final = 5  # reasons that are told


@dataclass(slots=True)
class Read:
    """What a file gave: Observations, and why others gave none."""

    made: list[Resource] = field(default_factory=list[Resource])
    refused: int = 0
    why: list[str] = field(default_factory=list[str])

    def refuse(self, error: OutcomeError) -> None:
        self.refused += 1
        words = error.issues[0].diagnostics
        if words not in self.why and len(self.why) < _ENOUGH:
            self.why.append(words)


def kind_names(_: Language) -> dict[str, str]:
    return {
        "body-weight": _("Weight, kg"),
        "blood-pressure": _("Blood pressure, mmHg"),
        "heart-rate": _("Pulse, beats a minute"),
        "blood-glucose": _("Blood sugar, mmol/l"),
        "body-temperature": _("Temperature, °C"),
        "step-count": _("Steps"),
    }


def number_of(text: str) -> Number | None:
    """A number as people write it, `80,5`, with every digit kept; None for what is none."""
    text = text.strip().replace("\xa0", "").replace(" ", "")
    return Number(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def written(kind: str, number: Number, second: Number | None, at: datetime, id: str, owner: str) -> Resource:
    """The Observation of one value that the person wrote; `second` is the lower of a blood pressure. `owner`: their number."""
    measure = measures()[kind]
    names = [part.value for part in measure.parts] or [measure.value]
    values = dict(zip(names, (number, second)))
    body = {name: {"value": value, "unit": _UNITS[kind]} for name, value in values.items() if value is not None}
    header = {"id": id, "schema_id": {"name": kind}, "modality": "self-reported"}
    point = {"header": header, "body": body | {"effective_time_frame": {"date_time": at.isoformat()}}}
    return openmhealth.resources_of(point, SOURCE, owner)[1]


def read(content: bytes, owner: str) -> Read:
    """Open mHealth data points (an array, one, or one a line) or Apple Health's export. Raises OutcomeError 422 for any other."""
    start = content[:2000].lstrip()
    if start.startswith(b"<"):
        return _gathered(_apple(content, owner))
    if start[:1] in (b"[", b"{"):
        return _gathered(_points(content, owner))
    raise refuse(422, "structure", "this is neither Open mHealth (JSON) nor an export.xml of Apple Health")


def _gathered(results: Iterator[list[Resource] | OutcomeError]) -> Read:
    found = Read()
    for each in results:
        if isinstance(each, OutcomeError):
            found.refuse(each)
        else:
            found.made += [resource for resource in each if resource["resourceType"] == "Observation"]
        if len(found.made) > MOST:
            raise refuse(422, "too-costly", f"the file has over {MOST} values: send a shorter time at once")
    return found


def _points(content: bytes, owner: str) -> Iterator[list[Resource] | OutcomeError]:
    for point in _json(content):
        try:
            yield openmhealth.resources_of(point, SOURCE, owner)
        except OutcomeError as error:
            yield error
        except (ValueError, TypeError, AttributeError, KeyError):
            yield refuse(422, "structure", "a data point is not as Open mHealth has it")


def _json(content: bytes) -> list[Any]:
    try:
        whole = exactjson.loads(content)
        return whole if isinstance(whole, list) else [whole]
    except (OutcomeError, ValueError):
        lines = [line for line in content.splitlines() if line.strip()]
        if len(lines) < 2:
            raise refuse(422, "structure", "the file is not JSON") from None
    try:
        return [exactjson.loads(line) for line in lines]
    except (OutcomeError, ValueError):
        raise refuse(422, "structure", "the file is not JSON") from None


def _apple(content: bytes, owner: str) -> Iterator[list[Resource] | OutcomeError]:
    for element in applehealth.read_export(io.BytesIO(content)):
        if applehealth.passed_over(element):
            continue
        try:
            yield applehealth.resources_of(element, SOURCE, owner)
        except OutcomeError as error:
            yield error
