"""A child with guardians, and an old man with a proxy, as the service keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.identity.systems import PERSONNUMMER
from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, patient

NOW = datetime.now(UTC)
MOTHER, FATHER, CHILD, OLD, DAUGHTER = "198801292387", "198606112392", "201804182382", "194004022390", "196811202388"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def born(years: int, days: int = 0) -> str:
    """The birth date of somebody who has their birthday of so many years in `days` days."""
    day = datetime.now(ZoneInfo("Europe/Stockholm")).date() + timedelta(days=days)
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day).isoformat()


def related(patient_id: str, number: str, system: str = ROLES, code: str = "GUARD") -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson",
        "identifier": [{"system": PERSONNUMMER, "value": number}],
        "patient": {"reference": f"Patient/{patient_id}"},
        "relationship": [{"coding": [{"system": system, "code": code}]}],
    }


def about(type_name: str, patient_id: str, **more: Any) -> dict[str, Any]:
    """A small resource of one of the types that a mandate can be about."""
    subject = {"reference": f"Patient/{patient_id}"}
    parts: dict[str, dict[str, Any]] = {
        "Observation": {"status": "final", "code": {"text": "Hb"}, "subject": subject, "valueString": "120"},
        "Condition": {"code": {"text": "Astma"}, "subject": subject},
        "MedicationRequest": {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Metoprolol"},
            "subject": subject,
        },
        "CarePlan": {"status": "active", "intent": "plan", "title": "Hemtjänst", "subject": subject},
    }
    return {"resourceType": type_name, **parts[type_name], **more}


@dataclass(frozen=True)
class Family:
    """A child of an age, and callers: the clinic's doctor, the mother, and the child."""

    patient: str
    clinic: Caller
    mother: Caller
    child: Caller
    person: int


async def family(service: Service, birth_date: str) -> Family:
    clinic = service.as_(CLINIC_DOCTOR)
    mother = await clinic.create(patient(MOTHER, "Berg"))
    child = await clinic.create(patient(CHILD, "Berg") | {"birthDate": birth_date})
    await service.system().create(related(child["id"], MOTHER))
    await service.system().create(related(child["id"], FATHER))
    person = await service.person_of(child["id"])
    return Family(child["id"], clinic, await service.citizen(mother["id"]), await service.citizen(child["id"]), person)


async def listed(caller: Caller) -> list[dict[str, Any]]:
    """What `$acting-for` says of each, by the names of its parts; of a name that stands several times the last."""
    answer = await caller("POST", "/fhir/Patient/$acting-for")
    assert answer.status_code == 200, answer.text
    return [
        {part["name"]: next(value for name, value in part.items() if name.startswith("value")) for part in one["part"]}
        for one in answer.json().get("parameter", [])
    ]


@dataclass(frozen=True)
class Acting:
    """A caller with the header that says for whom they act."""

    caller: Caller
    handle: str

    async def get(self, path: str) -> Any:
        return await self.caller("GET", f"/fhir/{path}", Kedja_Acting_For=self.handle)

    async def found(self, query: str) -> list[str]:
        """The types that a search gives."""
        answer = await self.get(query)
        assert answer.status_code == 200, answer.text
        return sorted(entry["resource"]["resourceType"] for entry in answer.json().get("entry", []))


async def acting(caller: Caller, place: int = 0) -> Acting:
    return Acting(caller, (await listed(caller))[place]["handle"])


@dataclass(frozen=True)
class Old:
    """An old man with some of each kind in his record, and his daughter."""

    patient: str
    clinic: Caller
    himself: Caller
    daughter: Caller

    async def empower(self, matters: Matter, days: float = 180) -> dict[str, Any]:
        given = mandate(
            f"Patient/{self.patient}",
            (PERSONNUMMER, DAUGHTER),
            matters,
            dated=NOW,
            starts=NOW - timedelta(minutes=1),
            ends=NOW + timedelta(days=days),
            name="Eva Nyman",
        )
        return await self.himself.create(given)


async def old_man(service: Service) -> Old:
    clinic = service.as_(CLINIC_DOCTOR)
    daughter = await clinic.create(patient(DAUGHTER, "Nyman"))
    man = await clinic.create(patient(OLD, "Nyman") | {"birthDate": "1940-04-02"})
    for type_name in ("Observation", "Condition", "MedicationRequest", "CarePlan"):
        await clinic.create(about(type_name, man["id"]))
    return Old(man["id"], clinic, await service.citizen(man["id"]), await service.citizen(daughter["id"]))
