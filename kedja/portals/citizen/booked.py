"""What is booked and what can be, as the pages show it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kedja.care import times
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.language import ZONE, Language
from kedja.portals.shared.read import concept, text, when


@dataclass(frozen=True, slots=True)
class Booking:
    """Something booked. `until`: how long it can be changed here; None when it cannot be any more."""

    id: str
    what: str
    where: str
    at: datetime
    ends: datetime | None
    until: datetime | None
    words: str
    cancelled: str = ""  # why, where it was called off


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of visit at a unit that offers times for it."""

    id: str
    what: str
    where: str
    hours: int


@dataclass(frozen=True, slots=True)
class Time:
    id: str
    at: datetime
    ends: datetime | None


def bookings(held: Iterable[Held], directory: Mapping[str, str], now: datetime, _: Language) -> list[Booking]:
    """What is booked or was, in its order."""
    found = [made for each in held if (made := booking(each, directory, now, _))]
    return sorted(found, key=lambda one: (one.at, one.id))


def booking(held: Held, directory: Mapping[str, str], now: datetime, _: Language) -> Booking | None:
    resource = held.resource
    at, end = times.begins(resource), when(text(resource, "end"))
    status = text(resource, "status")
    if at is None or status in ("entered-in-error", "proposed", "waitlist"):
        return None
    off, until = is_off(resource), times.cancel_until(resource)
    return Booking(
        id=text(resource, "id"),
        what=concept(resource.get("serviceType")) or text(resource, "description") or _("Booked time"),
        where=directory.get(held.unit, times.unit_name(resource) if held.unit else ""),
        at=at,
        ends=end.at if end else None,
        until=until if status == "booked" and until is not None and until >= now else None,
        words=text(resource, "comment"),
        cancelled=(text(resource, "cancelationReason", "text") or _("Cancelled")) if off else "",
    )


def is_off(resource: Resource) -> bool:
    return text(resource, "status") in ("cancelled", "noshow")


def offers(schedules: Iterable[Resource], of: Held | None) -> list[Offer]:
    """What may be chosen among; of something that is booked, what the same unit offers."""
    made = [
        (
            text(each, "actor", "identifier", "value"),
            Offer(text(each, "id"), concept(each.get("serviceType")), text(each, "actor", "display"), times.cancel_hours(each)),
        )
        for each in schedules
    ]
    found = [offer for unit, offer in made if of is None or unit == of.unit]
    return sorted(found, key=lambda one: (one.where.casefold(), one.what.casefold(), one.id))


def as_times(slots: Iterable[Resource]) -> list[Time]:
    made = ((each, times.begins(each), when(text(each, "end"))) for each in slots)
    return [Time(text(each, "id"), at, end.at if end else None) for each, at, end in made if at]


def by_day(found: Sequence[Time]) -> list[tuple[date, list[Time]]]:
    """The times of each day, by the calendar of Sweden. Pure."""
    days: dict[date, list[Time]] = {}
    for each in found:
        days.setdefault(each.at.astimezone(ZONE).date(), []).append(each)
    return list(days.items())
