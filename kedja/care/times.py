"""Times that a unit offers and that persons book, as FHIR R4 `Schedule`, `Slot` and `Appointment`.

A `Schedule` is one kind of visit at one unit, with the latest time for cancelling; its `Slot`s are about no person. What is
booked is an `Appointment`, with the terms of the day on which it was booked: what a unit changes later holds for later bookings.
R4 lets no Organization take part in an appointment, so that a unit stands as a `HealthcareService`, by HSA-id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kedja.access.consents import HSA_SYSTEM
from kedja.access.duties import DUTY_SYSTEM, Duty, party
from kedja.access.instants import first_instant, text_of

Resource = dict[str, Any]
Json = Mapping[str, Any]

CANCEL_BEFORE: Final = "https://kedja.example/fhir/StructureDefinition/cancel-before"
REASON_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
UCUM: Final = "http://unitsofmeasure.org"
BOOKED: Final = ("booked", "arrived", "checked-in", "fulfilled")
"""Statuses of an appointment that is a meeting, before and after it."""


def schedule(provider_unit: str, name: str, what: str, hours: int) -> Resource:
    """A kind of visit (`what`, in the unit's words) at a unit by HSA-id; cancelled no later than `hours` before it begins."""
    return {
        "resourceType": "Schedule",
        "extension": [_cancel_before(hours)],
        "active": True,
        "serviceType": [{"text": what}],
        "actor": [unit_of(provider_unit, name)],
    }


def slots(schedule_id: str, what: str, start: datetime, end: datetime, minutes: int) -> Iterator[Resource]:
    """Free times of so many minutes, one after the other, all within [start, end), which are aware; hours are counted."""
    at, until, step = start.astimezone(UTC), end.astimezone(UTC), timedelta(minutes=minutes)
    while at + step <= until:
        yield {
            "resourceType": "Slot",
            "serviceType": [{"text": what}],
            "schedule": {"reference": f"Schedule/{schedule_id}"},
            "status": "free",
            "start": text_of(at),
            "end": text_of(at + step),
        }
        at += step


def appointment(patient: str, name: str, slot: Json, of: Json, words: str, now: datetime) -> Resource:
    """The booking of `slot` of the Schedule `of`, by or for a person (`Patient/1`); `words` is what they write to the unit."""
    made: Resource = {
        "resourceType": "Appointment",
        "extension": [_cancel_before(cancel_hours(of))],
        "status": "booked",
        "serviceType": of["serviceType"],
        **_time(slot),
        "created": text_of(now),
        "participant": [
            {"actor": {"reference": patient} | ({"display": name} if name else {}), "required": "required", "status": "accepted"},
            {"actor": of["actor"][0], "required": "required", "status": "accepted"},
        ],
    }
    return made | ({"comment": words} if words else {})


def moved(booked: Json, slot: Json) -> Resource:
    """The same appointment at another time of the same unit."""
    return {**booked, **_time(slot)}


def cancelled(booked: Json, code: str, why: str = "") -> Resource:
    """`code` is `pat` (the person) or `prov` (the unit) of R4's cancellation reasons."""
    reason: Resource = {"coding": [{"system": REASON_SYSTEM, "code": code}]}
    return {**booked, "status": "cancelled", "cancelationReason": reason | ({"text": why} if why else {})}


def marked(slot: Json, status: str) -> Resource:
    return {**slot, "status": status}


def slot_of(booked: Json) -> str:
    """The id of the Slot of an appointment, or ''."""
    references = [str(each.get("reference", "")) for each in booked.get("slot", ())]
    return next((each.removeprefix("Slot/") for each in references if each.startswith("Slot/")), "")


def begins(timed: Json) -> datetime | None:
    """When a Slot or an Appointment begins, where it says so."""
    try:
        return first_instant(str(timed["start"]))
    except (KeyError, ValueError):
        return None


def cancel_hours(timed: Json) -> int:
    """How many hours before they begin visits of a Schedule, or an Appointment, are cancelled at the latest; 0 if not said."""
    for each in timed.get("extension", ()):
        if each.get("url") == CANCEL_BEFORE:
            return int(each.get("valueDuration", {}).get("value", 0))
    return 0


def cancel_until(booked: Json) -> datetime | None:
    """The last instant at which the person cancels or moves the appointment themselves; None where it says no time."""
    at = begins(booked)
    return at - timedelta(hours=cancel_hours(booked)) if at else None


def notice(booked: Json, reference: str, provider: str, topic: str, words: str, now: datetime) -> Resource:
    """What the person is told about an appointment, in Swedish, among their notices."""
    subject = next(each["actor"] for each in booked["participant"] if "Patient/" in each.get("actor", {}).get("reference", ""))
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": DUTY_SYSTEM, "code": Duty.NOTICE.value}]}],
        "subject": {"reference": subject["reference"]},
        "topic": {"text": topic},
        "about": [{"reference": reference}],
        "sent": text_of(now),
        "recipient": [{"reference": subject["reference"]}],
        "sender": party(provider, unit_name(booked)),
        "payload": [{"contentString": words}],
        "language": "sv",
    }


def unit_name(booked: Json) -> str:
    """The name of the unit that takes part, or ''."""
    actors = (each.get("actor", {}) for each in booked.get("participant", ()))
    return next((str(each.get("display", "")) for each in actors if each.get("type") == "HealthcareService"), "")


def unit_of(hsa_id: str, name: str) -> Resource:
    reference: Resource = {"type": "HealthcareService", "identifier": {"system": HSA_SYSTEM, "value": hsa_id}}
    return reference | ({"display": name} if name else {})


def _time(slot: Json) -> Resource:
    return {"slot": [{"reference": f"Slot/{slot['id']}"}], "start": slot["start"], "end": slot["end"]}


def _cancel_before(hours: int) -> Resource:
    return {"url": CANCEL_BEFORE, "valueDuration": {"value": hours, "unit": "h", "system": UCUM, "code": "h"}}
