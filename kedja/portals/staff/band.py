"""What the pages about one patient share: who it is, in the band above, and what every form of them asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kedja.access.actor import Assignment
from kedja.gate.people import Identity
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.language import ZONE
from kedja.portals.shared.page import Visit
from kedja.portals.shared.person import age, formatted, gender_word
from kedja.portals.shared.read import person_name
from kedja.portals.staff.handle import handle, person_of

_LEAST_REASON: Final = 5
_MOST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Header:
    """Who the patient is, in the band over the record."""

    name: str
    number: str
    age: int | None
    gender: str
    deceased: bool
    protected: bool
    href: str


async def identity_of(visit: Visit) -> Identity:
    """The patient of the address. Raises 404 for who is none here."""
    return await identity_of_person(visit, person_of(visit))


async def identity_of_person(visit: Visit, person: int) -> Identity:
    identity = await ask.identity(visit, person)
    if identity is None:
        raise refuse(404, "not-found", "nobody with this number is a patient here")
    return identity


def header(visit: Visit, identity: Identity) -> Header:
    return Header(
        name=person_name({"name": identity.name}),
        number=formatted(identity.number),
        age=age(identity.birth_date, visit.door.clock().astimezone(ZONE).date()),
        gender=gender_word(identity.gender, visit._),
        deceased=identity.deceased,
        protected=identity.protected,
        href=href(visit, identity.person),
    )


def href(visit: Visit, person: int) -> str:
    """The address of a patient's record, for this actor alone."""
    return f"/staff/patient/{handle(visit, person)}"


def assignment_of(visit: Visit) -> Assignment:
    if visit.actor.assignment is None:
        raise refuse(403, "forbidden", "you have no assignment to act under: choose one when you sign in")
    return visit.actor.assignment


def employee_of(visit: Visit) -> str:
    """The name under which consents and openings know this member of staff."""
    return visit.actor.hsa_id or visit.actor.id


def reason_of(value: object) -> str:
    """A reason in one line, at most so long; '' for what is too short to be one."""
    reason = " ".join(str(value or "").split())[:_MOST_REASON]
    return reason if len(reason) >= _LEAST_REASON else ""
