"""Observations of a person's own devices and apps, always marked as the person's own (spec 3.4, EHDS art. 5)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from kedja import exactjson
from kedja.exactjson import Number
from kedja.identity import Identifier, parse_any
from kedja.outcome import refuse
from kedja.sources.mapping import patient_of, resource_id

Resource = dict[str, Any]
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
ORIGIN: Final = {"system": "https://kedja.example/fhir/CodeSystem/origin", "code": "person", "display": "Inserted by the person"}
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_DAY: Final = (timedelta(hours=20), timedelta(hours=28))


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of measurement of wellness.toml."""

    name: str
    display: str
    category: str = ""
    value: str = ""
    unit: str = ""
    loinc: str = ""
    daily: str = ""
    loinc_of_unit: Mapping[str, str] = field(default_factory=dict[str, str])
    apple: tuple[str, ...] = ()
    parts: tuple[Measure, ...] = ()


@cache
def measures() -> Mapping[str, Measure]:
    """By the name of the Open mHealth schema."""
    return {name: _measure(name, given) for name, given in _tables()["measures"].items()}


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("wellness.toml").read_text(encoding="utf-8"))


def _measure(name: str, given: Mapping[str, Any]) -> Measure:
    parts = tuple(_measure(part, value) for part, value in given.get("parts", {}).items())
    return Measure(name, **{**given, "parts": parts, "apple": tuple(given.get("apple", ()))})


def subject_of(source: str, number: str) -> Resource:
    """The source's Patient for whom a file or a data point says that it is of. Raises OutcomeError 422 `value`."""
    return patient_of(source, _person(number))


def _person(number: str) -> Identifier:
    return parse_any(number, datetime.now(UTC).date())


def observation(source: str, patient: Resource, parts: tuple[str, ...], coding: list[Resource], category: str) -> Resource:
    """An Observation of the person by the person, without value and time. `parts` tell it from every other of the source."""
    reference = {"reference": f"Patient/{patient['id']}"}
    made: Resource = {
        "resourceType": "Observation",
        "id": resource_id(source, patient["id"], *parts),
        "meta": {"tag": [ORIGIN]},
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": category}]}],
        "code": {"coding": coding},
        "subject": reference,
        "performer": [reference],
    }
    return made if category else {name: value for name, value in made.items() if name != "category"}


def codings(measure: Measure, own: Resource, unit: str = "", span: tuple[str, str] | None = None) -> list[Resource]:
    """LOINC where there is a code, then the code of the format that the data came in."""
    loinc = measure.loinc_of_unit.get(unit, measure.loinc)
    if measure.daily and span is not None and _is_a_day(span):
        loinc = measure.daily
    return [*([{"system": LOINC, "code": loinc, "display": measure.display}] if loinc else []), own]


def quantity(value: Any, unit: str) -> Resource:
    """A Quantity, with its UCUM code where the unit is known. Raises OutcomeError 422 when `value` is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse(422, "structure", f"`{value}` is no number")
    code = _tables()["units"].get(unit)
    known = {"system": UCUM, "code": code} if code else {}
    return {"value": value, **({"unit": unit} if unit else {}), **known}


def percent(text: str) -> Number:
    """Hundredfold of a fraction written as text, exact: 0.975 is 97.5."""
    return Number(format(Decimal(text) * 100, "f"))


def effective(start: str, end: str) -> Resource:
    """`effectiveDateTime` of one instant, `effectivePeriod` of two; an end before its start is told in a note instead."""
    if not end or start == end:
        return {"effectiveDateTime": start}
    if datetime.fromisoformat(end) < datetime.fromisoformat(start):
        return {"effectivePeriod": {"start": start}, "note": [{"text": f"The source's interval ends before it starts: {end}"}]}
    return {"effectivePeriod": {"start": start, "end": end}}


def _is_a_day(span: tuple[str, str]) -> bool:
    try:
        length = datetime.fromisoformat(span[1]) - datetime.fromisoformat(span[0])
    except (ValueError, TypeError):
        return False
    return _DAY[0] <= length <= _DAY[1]


def content_key(value: Any) -> str:
    """What tells a record without an id of its own from others: all that it says."""
    return exactjson.canonical(value).decode()
