"""Resources of the size that real ones have, drawn with a seed."""

from __future__ import annotations

from random import Random
from typing import Any

from kedja import exactjson

LOINC = "http://loinc.org"
CODES = (
    ("8302-2", "Body height", "cm"),
    ("29463-7", "Body weight", "kg"),
    ("8867-4", "Heart rate", "/min"),
    ("2571-8", "Triglycerides", "mmol/L"),
    ("4548-4", "Haemoglobin A1c", "mmol/mol"),
    ("2339-0", "Glucose", "mmol/L"),
    ("6299-2", "Urea nitrogen", "mmol/L"),
    ("38483-4", "Creatinine", "umol/L"),
    ("2947-0", "Sodium", "mmol/L"),
    ("6298-4", "Potassium", "mmol/L"),
)
FAMILIES = ("Ahl", "Berg", "Dahl", "Ek", "Fors", "Gran", "Holm", "Isberg", "Kvist", "Lind", "Mo", "Norr", "Palm", "Sund", "Åkerö")
_ENDINGS = ("qvist", "ström", "lund", "man", "berg", "blad", "gren", "ros")
Resource = dict[str, Any]


def family(random: Random) -> str:
    return random.choice(FAMILIES) + random.choice(_ENDINGS)


def patient(random: Random, id: str = "") -> Resource:
    """About 1 KB. Without a national number: each is a person of its own."""
    name = family(random)
    resource: Resource = {"resourceType": "Patient", "id": id} if id else {"resourceType": "Patient"}
    return resource | {
        "identifier": [{"system": "https://clinic.example/patients", "value": f"{random.randrange(10**12):012}"}],
        "active": True,
        "name": [{"use": "official", "family": name, "given": [random.choice(("Astrid", "Bo", "Cecilia", "David"))]}],
        "telecom": [{"system": "phone", "value": f"070-174 06 {random.randrange(5, 100):02}", "use": "mobile"}],
        "gender": random.choice(("female", "male")),
        "birthDate": f"{random.randrange(1930, 2020)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
        "address": [{"line": [f"{name}vägen {random.randrange(1, 99)}"], "city": "Sörvik", "postalCode": "999 10"}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "sv"}], "text": "svenska"}}],
    }


def observation(random: Random, patient_id: str, id: str = "") -> Resource:
    """About 0.7 KB: a laboratory value with code, date and quantity."""
    code, display, unit = random.choice(CODES)
    day = f"{random.randrange(2017, 2027)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
    at = f"{day}T{random.randrange(7, 17):02}:{random.randrange(60):02}:00+01:00"
    resource: Resource = {"resourceType": "Observation", "id": id} if id else {"resourceType": "Observation"}
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
    return resource | {
        "status": "final",
        "category": [{"coding": [category | {"display": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}], "text": display},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": at,
        "issued": f"{day}T18:00:00.000+01:00",
        "valueQuantity": {
            "value": random.randrange(10, 2000) / 8,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }


def bundle(resources: list[Resource]) -> bytes:
    """A transaction: what has an id is put there, what has none is created."""
    entries = [{"resource": resource, "request": _request(resource)} for resource in resources]
    return exactjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _request(resource: Resource) -> dict[str, str]:
    kind = resource["resourceType"]
    return {"method": "PUT", "url": f"{kind}/{resource['id']}"} if "id" in resource else {"method": "POST", "url": kind}
