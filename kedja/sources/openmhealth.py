"""Open mHealth data points (IEEE 1752 in its older and newer forms) to Observations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kedja.outcome import refuse
from kedja.sources.template import near
from kedja.sources.wellness import Measure, codings, content_key, effective, measures, observation, quantity, subject_of

Resource = dict[str, Any]
SYSTEM: Final = "https://w3id.org/openmhealth"
_TIME: Final = "effective_time_frame"
_DURATIONS: Final = {"ms": 0.001, "sec": 1, "s": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800}


def resources_of(point: Any, source: str, number: str | None) -> list[Resource]:
    """The Patient and the Observation of one data point. `number` is whose it is; None: `header.user_id` says it.

    Raises OutcomeError 422: `required` or `structure` for a malformed point, `not-supported` for an unknown schema.
    """
    header, body = _members(point)
    name = _schema(header)
    person = number or header.get("user_id")
    if not isinstance(person, str):
        raise refuse(422, "required", "header.user_id is missing: the data point does not say whose it is", "header.user_id")
    patient = subject_of(source, person)
    made = observation_of(name, body, header, source, patient)
    return [patient, made]


def observation_of(name: str, body: Resource, header: Resource, source: str, patient: Resource) -> Resource:
    """The Observation of a body of this schema."""
    measure = measures().get(name)
    known = sorted(one.name for one in measures().values() if one.value or one.parts)
    if measure is None or measure.name not in known:
        raise refuse(422, "not-supported", f"schema `{name}` is not read{near(name, known)}; schemas are {', '.join(known)}")
    own = {"system": SYSTEM, "code": name}
    span = _span(body.get(_TIME))
    unit = _unit(body.get(measure.value))
    id = header.get("id") or header.get("uuid") or content_key([name, body])
    made = observation(source, patient, ("omh", str(id)), codings(measure, own, unit, span), measure.category)
    _merge(made, _effective(body, header, span))
    _merge(made, _provenance(header))
    made |= _value(measure, body)
    components = [_component(measure, key, value) for key, value in body.items() if key not in (_TIME, measure.value)]
    made["component"] = [component for component in components if component]
    if isinstance(location := body.get("measurement_location"), str):
        made["bodySite"] = {"text": location}
    if isinstance(notes := body.get("user_notes"), str):
        _merge(made, {"note": [{"text": notes}]})
    return {key: value for key, value in made.items() if value != []}


def _members(point: Any) -> tuple[Resource, Resource]:
    header = point.get("header") if isinstance(point, dict) else None
    body = point.get("body") if isinstance(point, dict) else None
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise refuse(422, "structure", "an Open mHealth data point is an object with `header` and `body`")
    if not body:
        raise refuse(422, "required", "the body of the data point is empty", "body")
    return header, body


def _schema(header: Resource) -> str:
    schema = header.get("schema_id")
    if not isinstance(schema, dict) or not isinstance(schema.get("name"), str):
        raise refuse(422, "required", "header.schema_id.name is missing: it says what the body is", "header.schema_id")
    return schema["name"]


def _value(measure: Measure, body: Resource) -> Resource:
    if measure.parts:
        lacking = [part.value for part in measure.parts if part.value not in body]
        if lacking:
            raise refuse(422, "required", f"the body lacks `{lacking[0]}`", f"body.{lacking[0]}")
        return {}
    if measure.value not in body:
        raise refuse(422, "required", f"the body lacks `{measure.value}`", f"body.{measure.value}")
    value = body[measure.value]
    if isinstance(value, str):
        return {"valueCodeableConcept": {"text": value}}
    return {"valueQuantity": _quantity(value, measure)}


def _component(measure: Measure, key: str, value: Any) -> Resource | None:
    if key in ("measurement_location", "user_notes"):
        return None
    part = next((part for part in measure.parts if part.value == key), None)
    if part is not None:
        return {"code": {"coding": codings(part, {"system": SYSTEM, "code": key})}, "valueQuantity": _quantity(value, part)}
    code = {"coding": [{"system": SYSTEM, "code": key}], "text": key.replace("_", " ")}
    if isinstance(value, bool):
        return {"code": code, "valueBoolean": value}
    if isinstance(value, (int, float)):
        return {"code": code, "valueQuantity": {"value": value}}
    if isinstance(value, str) and value:
        return {"code": code, "valueString": value}
    if isinstance(value, dict) and "value" in value:
        return {"code": code, "valueQuantity": quantity(value["value"], str(value.get("unit", "")))}
    return None


def _quantity(value: Any, measure: Measure) -> Resource:
    if isinstance(value, dict):
        return quantity(value.get("value"), str(value.get("unit", "")))
    return quantity(value, measure.unit)


def _unit(value: Any) -> str:
    return str(value.get("unit", "")) if isinstance(value, dict) else ""


def _effective(body: Resource, header: Resource, span: tuple[str, str] | None) -> Resource:
    if span is not None:
        return effective(*span)
    interval = _interval(body.get(_TIME))
    if isinstance(interval.get("date"), str):
        part = interval.get("part_of_day")
        return {"effectiveDateTime": interval["date"], **({"note": [{"text": f"part of day: {part}"}]} if part else {})}
    created = header.get("source_creation_date_time") or header.get("creation_date_time")
    return {"effectiveDateTime": created} if isinstance(created, str) else {}


def _span(frame: Any) -> tuple[str, str] | None:
    """Start and end of a time frame, equal for a moment; None when it names none."""
    if isinstance(frame, dict) and isinstance(frame.get("date_time"), str):
        return frame["date_time"], frame["date_time"]
    interval = _interval(frame)
    start, end, length = interval.get("start_date_time"), interval.get("end_date_time"), interval.get("duration")
    if isinstance(start, str) and isinstance(end, str):
        return start, end
    if isinstance(start, str):
        return start, _shift(start, length, 1)
    if isinstance(end, str):
        return _shift(end, length, -1), end
    return None


def _interval(frame: Any) -> Mapping[str, Any]:
    interval = frame.get("time_interval") if isinstance(frame, dict) else None
    return interval if isinstance(interval, dict) else {}


def _shift(moment: str, length: Any, direction: int) -> str:
    seconds = _DURATIONS.get(str(length.get("unit"))) if isinstance(length, dict) else None
    if seconds is None or not isinstance(length.get("value"), (int, float)):
        return moment
    shifted = datetime.fromisoformat(moment) + direction * timedelta(seconds=float(length["value"]) * seconds)
    return shifted.isoformat().replace("+00:00", "Z")


def _provenance(header: Resource) -> Resource:
    """Device and method: sensed by a device or reported by the person (header 1.x and IEEE 1752.1 `modality`)."""
    provenance = header.get("acquisition_provenance")
    given = provenance if isinstance(provenance, dict) else {}
    modality = given.get("modality") or header.get("modality")
    name = given.get("source_name")
    made: Resource = {"device": {"display": name}} if isinstance(name, str) and name else {}
    if isinstance(modality, str):
        made["method"] = {"coding": [{"system": SYSTEM, "code": modality}], "text": modality}
    return made


def _merge(made: Resource, more: Resource) -> None:
    for key, value in more.items():
        made[key] = made[key] + value if key in made and isinstance(value, list) else value
