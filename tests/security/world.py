"""Two of everybody: two persons with their records, children and proxies, and two of each kind of staff, who share nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from kedja.access.actor import Actor, Kind, Purpose, acting
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.identity import luhn
from kedja.identity.systems import PERSONNUMMER
from kedja.portals.staff.handle import _mark as handle_mark
from tests.fhir.acting import related
from tests.fhir.service import Service, citizen, patient, staff

STAFF: Final[Mapping[str, tuple[Kind, Purpose]]] = {
    "doctor": (Kind.PROFESSIONAL, Purpose.CARE),
    "quality": (Kind.PROFESSIONAL, Purpose.QUALITY),
    "reviewer": (Kind.PROFESSIONAL, Purpose.PLANNING),
    "pharmacist": (Kind.PROFESSIONAL, Purpose.DISPENSING),
    "administrator": (Kind.PROFESSIONAL, Purpose.ADMINISTRATION),
    "care worker": (Kind.CARE_WORKER, Purpose.CARE),
    "registry staff": (Kind.REGISTRY_STAFF, Purpose.QUALITY),
    "researcher": (Kind.RESEARCHER, Purpose.RESEARCH),
    "counter": (Kind.RESEARCHER, Purpose.COUNT),
    "authority": (Kind.AUTHORITY, Purpose.STATISTICS),
    "system": (Kind.SYSTEM, Purpose.CARE),
    "partner": (Kind.PARTNER, Purpose.INNOVATION),
    "innovator": (Kind.PROFESSIONAL, Purpose.INNOVATION),
}
PERSONS: Final = ("citizen", "guardian", "proxy")
ROLES: Final = (*PERSONS, *STAFF)
KINDS: Final = {Kind.CITIZEN, Kind.GUARDIAN, Kind.PROXY} | {kind for kind, _ in STAFF.values()}
# Whose own record the test finds by some route, so that a closed door is no accident.
SEE_THEIR_OWN: Final = ("citizen", "guardian", "proxy", "doctor", "quality", "system")
_RIGHTS: Final = {"reviewer": ("Granska;logg;VG",), "quality": ("Läsa;alla;VG",)}


@dataclass
class Side:
    """One of the two. `ids` has a resource of each type about the person, `childs` about the child; all of them hold the word."""

    word: str
    provider: str
    unit: str
    numbers: Mapping[str, str]
    actors: dict[str, Actor] = field(default_factory=dict[str, Actor])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    childs: dict[str, str] = field(default_factory=dict[str, str])
    persons: dict[str, int] = field(default_factory=dict[str, int])

    def things(self, role: str) -> dict[str, str]:
        """What somebody of this role has to do with: a guardian with the child's, all others with the person's."""
        return self.childs if role == "guardian" else self.ids

    def values(self, secret: bytes, role: str, holder: Actor) -> dict[str, str]:
        """What stands for the variables of a request for what is here; the address of the patient's page is that of `holder`."""
        ids, who = self.things(role), "child" if role == "guardian" else "person"
        visit: Any = SimpleNamespace(actor=holder, secret=secret)
        return {
            "patient": ids["Patient"],
            "observation": ids["Observation"],
            "handle": f"{self.persons[who]}-{handle_mark(visit, self.persons[who])}",
            "number": self.numbers[who],
            "system": PERSONNUMMER,
        }


def _number(born: str, serial: str) -> str:
    return f"{born}{serial}{luhn(born[2:] + serial)}"


def side(word: str, digit: str, year: int) -> Side:
    born = {"person": f"{year}0102", "child": f"{year + 68}0304", "guardian": f"{year + 30}0506", "proxy": f"{year + 31}0708"}
    provider = f"SE2399999999-80{digit}0"
    return Side(word, provider, f"SE2399999999-80{digit}1", {who: _number(day, "982") for who, day in born.items()})


async def build(service: Service) -> tuple[Side, Side]:
    """Everything of both sides, as their own people write it."""
    sides = side("Rosenkvarts", "1", 1951), side("Bergkristall", "2", 1953)
    for one in sides:
        await _people(service, one)
        await _records(service, one)
    return sides


async def _people(service: Service, one: Side) -> None:
    for role, (kind, purpose) in STAFF.items():
        actor = staff(f"{role.replace(' ', '-')}-{one.provider[-2]}", one.provider, one.unit, kind, purpose)
        assert actor.assignment is not None
        rights = _RIGHTS.get(role, actor.assignment.rights)
        one.actors[role] = replace(actor, licences=("AP", "LK"), assignment=replace(actor.assignment, rights=rights))
    doctor, system = service.as_(one.actors["doctor"]), service.as_(one.actors["system"])
    made = {who: (await doctor.create(_patient(number, one.word)))["id"] for who, number in one.numbers.items()}
    keys = {who: await service.person_of(id) for who, id in made.items()}
    await system.create(related(made["child"], one.numbers["guardian"]))
    one.actors |= {
        "citizen": citizen(keys["person"]),
        "guardian": acting(citizen(keys["guardian"]), Kind.GUARDIAN, keys["child"], "A child"),
        "proxy": acting(citizen(keys["proxy"]), Kind.PROXY, keys["person"], "Somebody"),
    }
    one.persons, one.ids["Patient"], one.childs["Patient"] = keys, made["person"], made["child"]
    now = datetime.now(UTC)
    every = Matter(sum(matter.value for matter in Matter))
    given = mandate(
        f"Patient/{made['person']}",
        (PERSONNUMMER, one.numbers["proxy"]),
        every,
        dated=now,
        starts=now - timedelta(minutes=1),
        ends=now + timedelta(days=9),
        name=one.word,
    )
    one.ids["Consent"] = one.childs["Consent"] = (await service.as_(one.actors["citizen"]).create(given))["id"]


def _patient(number: str, word: str) -> dict[str, Any]:
    return patient(number) | {"address": [{"text": word}], "birthDate": f"{number[:4]}-{number[4:6]}-{number[6:8]}"}


async def _records(service: Service, one: Side) -> None:
    doctor = service.as_(one.actors["doctor"])
    for ids in (one.ids, one.childs):
        for resource in _about(ids["Patient"], one.word):
            ids[resource["resourceType"]] = (await doctor.create(resource))["id"]


def _about(id: str, word: str) -> list[dict[str, Any]]:
    subject, coded = {"reference": f"Patient/{id}"}, {"text": word}
    code = {"coding": [{"system": "urn:oid:1.2.752.108.1", "code": "NPU27300"}], "text": word}
    ambulatory = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    observation = {"resourceType": "Observation", "status": "final", "code": code, "subject": subject, "valueString": word}
    order = {"status": "active", "intent": "order", "medicationCodeableConcept": coded}
    return [
        {"resourceType": "Encounter", "status": "finished", "class": ambulatory, "subject": subject, "reasonCode": [coded]},
        {"resourceType": "Condition", "code": coded, "subject": subject},
        {"resourceType": "MedicationRequest", "subject": subject, **order},
        {"resourceType": "CarePlan", "status": "active", "intent": "plan", "title": word, "subject": subject},
        observation | {"effectiveDateTime": "2026-01-05"},
        observation | {"effectiveDateTime": "2026-01-06"},
    ]
