"""The persons' own measurements: Open mHealth data points, and for some an Apple Health export. They follow the body."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from kedja.testbed.body import Value
from kedja.testbed.chart import Chart
from kedja.testbed.clock import instant
from kedja.testbed.courses import load_variables
from kedja.testbed.streams import chance, stream, uuid

_CARDIAC = {"hypertension", "type2-diabetes", "heart-failure"}
_WEIGHED = {"type2-diabetes", "heart-failure"}
_SCHEMAS = {
    "steps": ("step-count", "3.0"),
    "bp": ("blood-pressure", "4.0"),
    "weight": ("body-weight", "2.0"),
    "pulse": ("heart-rate", "2.0"),
}
_SHARE = 0.34
_OMH_SHARE = 0.75

Measured = tuple[str, date, dict[str, Value]]


def kind_of(chart: Chart) -> str:
    """`omh`, `apple` or "": what the person carries."""
    rng = stream(chart.seed, "device", chart.person.index)
    carries, omh = chance(rng, _SHARE), chance(rng, _OMH_SHARE)
    if chart.person.key:
        return chart.person.special.get("wearable", "")
    if not carries or not 16 <= chart.person.age(chart.today) < 86 or chart.person.died or chart.person.protected:
        return ""
    return "omh" if omh else "apple"


def measurements(chart: Chart) -> Iterator[Measured]:
    """(what, day, values) in the order of days: steps each day; pulse, blood pressure and weight on some days."""
    rng = stream(chart.seed, "wearable", chart.person.index)
    days = chart.person.special.get("wearable_days") or rng.randint(50, 120)
    courses = {affliction.course.id for affliction in chart.person.courses}
    variables = load_variables()

    def measure(*keys: str) -> dict[str, Value]:
        return {key: chart.body.measure(variables[key], day, rng) for key in keys}

    for back in range(days, 0, -1):
        day = chart.today - timedelta(days=back)
        yield "steps", day, measure("steps")
        if back % 7 == 3:
            yield "pulse", day, measure("pulse")
        if back % 7 == 1 and courses & _CARDIAC:
            yield "bp", day, measure("systolic", "diastolic")
        if back % 14 == 2 and courses & _WEIGHED:
            yield "weight", day, measure("weight")


def open_mhealth(chart: Chart) -> list[dict[str, Any]]:
    """Data points: header (schema, provenance, account) and body, as the Open mHealth schemas say."""
    rng = stream(chart.seed, "omh", chart.person.index)
    return [_data_point(chart, rng, *measured) for measured in measurements(chart)]


def _data_point(chart: Chart, rng: Random, what: str, day: date, values: dict[str, Value]) -> dict[str, Any]:
    name, version = _SCHEMAS[what]
    return {
        "header": {
            "id": uuid(rng),
            "creation_date_time": instant(day + timedelta(days=1), 5),
            "schema_id": {"namespace": "omh", "name": name, "version": version},
            "acquisition_provenance": {"source_name": "Sörvik Steg", "modality": "sensed"},
            "user_id": chart.person.number.value,
        },
        "body": _BODIES[what](day, values),
    }


def _steps(day: date, values: dict[str, Value]) -> dict[str, Any]:
    interval = {"start_date_time": instant(day, 0), "end_date_time": instant(day + timedelta(days=1), 0)}
    return {"step_count": {"value": values["steps"], "unit": "steps"}, "effective_time_frame": {"time_interval": interval}}


def _pressure(day: date, values: dict[str, Value]) -> dict[str, Any]:
    return {
        "systolic_blood_pressure": {"value": values["systolic"], "unit": "mmHg"},
        "diastolic_blood_pressure": {"value": values["diastolic"], "unit": "mmHg"},
        "effective_time_frame": {"date_time": instant(day, 7 * 60 + 10)},
        "body_posture": "sitting",
    }


def _weight(day: date, values: dict[str, Value]) -> dict[str, Any]:
    return {
        "body_weight": {"value": values["weight"], "unit": "kg"},
        "effective_time_frame": {"date_time": instant(day, 6 * 60 + 45)},
    }


def _pulse(day: date, values: dict[str, Value]) -> dict[str, Any]:
    return {
        "heart_rate": {"value": values["pulse"], "unit": "beats/min"},
        "effective_time_frame": {"date_time": instant(day, 6 * 60 + 50)},
        "temporal_relationship_to_physical_activity": "at rest",
    }


_BODIES = {"steps": _steps, "bp": _pressure, "weight": _weight, "pulse": _pulse}

_APPLE = {
    "steps": ("HKQuantityTypeIdentifierStepCount", "count"),
    "pulse": ("HKQuantityTypeIdentifierRestingHeartRate", "count/min"),
    "weight": ("HKQuantityTypeIdentifierBodyMass", "kg"),
    "systolic": ("HKQuantityTypeIdentifierBloodPressureSystolic", "mmHg"),
    "diastolic": ("HKQuantityTypeIdentifierBloodPressureDiastolic", "mmHg"),
}


def apple_health(chart: Chart) -> tuple[bytes, int]:
    """The text of an export.xml, and how many records it has."""
    person, records = chart.person, [record for measured in measurements(chart) for record in _apple_records(*measured)]
    sex = "Female" if person.sex == "female" else "Male"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<HealthData locale="sv_SE">',
        f' <ExportDate value="{_apple_time(instant(chart.today, 480))}"/>',
        f' <Me HKCharacteristicTypeIdentifierDateOfBirth="{person.born}"'
        f' HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSex{sex}"/>',
        *records,
        "</HealthData>",
        "",
    ]
    return "\n".join(lines).encode(), len(records)


def _apple_records(what: str, day: date, values: dict[str, Value]) -> Iterator[str]:
    span = (instant(day, 0), instant(day, 1439)) if what == "steps" else (instant(day, 405), instant(day, 406))
    start, end = map(_apple_time, span)
    common = f'sourceName="Klocka" sourceVersion="11.2" creationDate="{end}" startDate="{start}" endDate="{end}"'
    records = [
        f'<Record type="{_APPLE[key][0]}" {common} unit="{_APPLE[key][1]}" value="{value}"/>' for key, value in values.items()
    ]
    if what == "bp":
        yield f' <Correlation type="HKCorrelationTypeIdentifierBloodPressure" {common}>{"".join(records)}</Correlation>'
    else:
        yield f" {records[0]}"


def _apple_time(text: str) -> str:
    """`2026-03-02T08:15:00+01:00` as Apple writes it: `2026-03-02 08:15:00 +0100`."""
    return f"{text[:10]} {text[11:19]} {text[19:22]}{text[23:]}"
