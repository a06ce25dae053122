"""What a Patient, a Flag or a RelatedPerson says of a person, as rows for the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

from kedja.access.custody import Custody, Label
from kedja.access.instants import first_instant, in_force, last_instant
from kedja.access.mandate import EVERYTHING
from kedja.access.rows import Representation, SubjectState

Json = Mapping[str, Any]
Number = tuple[str, str]  # system, value, as they stand in a resource
People = Mapping[Number, int]  # whose number it is: person keys

STATE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/subject-state"
ROLE_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
TRUSTEE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/trustee"
_STANDINGS: Final = (
    (ROLE_SYSTEM, "GUARD", "guardian"),
    (TRUSTEE_SYSTEM, "god-man", "trustee"),
    (TRUSTEE_SYSTEM, "forvaltare", "trustee"),
)
STATES: Final = (
    "temporarily-unable",
    "not-only-temporarily-unable",
    "attitude-clarified",
    "assessed-mature",
    "not-informed-svod",
    "not-informed-registry",
    "dose-dispensing",
)


def facts_of_patient(patient: Json, custody: Custody) -> list[SubjectState]:
    """When the person was born, that they have died, that their identity is protected.

    A birth date that names a month or a year is read as its last day: nobody comes of age too early.
    """
    facts: list[SubjectState] = []
    born = _instant(patient.get("birthDate"))
    if born is not None:
        facts.append(SubjectState(custody.person, "born", starts=born))
    died = patient.get("deceasedDateTime")
    if died or patient.get("deceasedBoolean") is True:
        facts.append(SubjectState(custody.person, "dead", starts=first_instant(died) if isinstance(died, str) else None))
    if Label.PROTECTED in custody.labels:
        facts.append(SubjectState(custody.person, "protected"))
    return facts


def facts_of_flag(flag: Json, custody: Custody) -> list[SubjectState]:
    """What the unit that keeps an active Flag of `STATE_SYSTEM` judges of the person."""
    if flag.get("status") != "active":
        return []
    starts, ends = in_force(flag.get("period"))
    codes = dict.fromkeys(code for code in _codes(flag.get("code"), STATE_SYSTEM) if code in STATES)
    return [SubjectState(custody.person, code, custody.provider, custody.unit, starts, ends) for code in codes]


def facts_of_related(related: Json, custody: Custody, people: People) -> list[Representation]:
    """The guardian, god man or förvaltare whom a RelatedPerson names by a number that is known here."""
    if related.get("active") is False:
        return []
    starts, ends = in_force(related.get("period"))
    found = dict.fromkeys(people[number] for number in numbers_of(related) if number in people)
    kinds = standing(related)
    return [Representation(custody.person, kind, person, int(EVERYTHING), starts, ends) for kind in kinds for person in found]


def standing(related: Json) -> list[str]:
    """What a RelatedPerson is in law for the person: kinds of `Representation`, none for most."""
    concepts = cast("list[object]", related.get("relationship") or [])
    return [kind for system, code, kind in _STANDINGS if any(code in _codes(concept, system) for concept in concepts)]


def numbers_of(holder: Json) -> Iterator[Number]:
    """Each identifier that has a system and a value."""
    for identifier in cast("list[object]", holder.get("identifier") or []):
        if isinstance(identifier, dict):
            entry = cast("dict[str, object]", identifier)
            system, value = entry.get("system"), entry.get("value")
            if isinstance(system, str) and isinstance(value, str):
                yield system, value


def _instant(birth_date: object) -> datetime | None:
    if not isinstance(birth_date, str):
        return None
    try:
        return last_instant(birth_date).replace(hour=0, minute=0, second=0, microsecond=0)
    except ValueError:
        return None


def _codes(concept: object, system: str) -> list[str]:
    coding = cast("dict[str, object]", concept).get("coding") if isinstance(concept, dict) else None
    entries = cast("list[object]", coding) if isinstance(coding, list) else []
    found = [cast("dict[str, object]", entry) for entry in entries if isinstance(entry, dict)]
    return [str(entry.get("code")) for entry in found if entry.get("system") == system]
