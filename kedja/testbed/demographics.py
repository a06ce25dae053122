"""Shapes of the FHIR resources that say who somebody is: Patient by the Swedish base profile, relatives, protection."""

from __future__ import annotations

from kedja.testbed.fhir import ACT_CODE, SE_BASE, THO, Resource, concept
from kedja.testbed.people import Person

SECURITY_LABEL = f"{SE_BASE}/CodeSystem/SecurityLabel"


def human_name(given: str, family: str) -> Resource:
    return {"use": "official", "text": f"{given} {family}", "family": family, "given": [given]}


def patient(person: Person, identifiers: list[Resource], source: str) -> Resource:
    """A Patient by SEBasePatient. Protected persons have the marks of their protection and no address of their own.

    But the ambulance met them before they were protected, and knows nothing of it.
    """
    protected = person.protected and source != "ambulans"
    resource: Resource = {
        "resourceType": "Patient",
        "meta": {"profile": [f"{SE_BASE}/StructureDefinition/SEBasePatient"]},
        "identifier": identifiers,
        "active": True,
        "name": [human_name(person.given, person.family)],
        "gender": person.sex,
        "birthDate": person.born.isoformat(),
        "address": [_address(person, protected)],
    }
    if protected:
        resource["meta"]["security"] = [
            {"system": ACT_CODE, "code": "DEMO"},
            {"system": SECURITY_LABEL, "code": "sekretessmarkering", "display": "Sekretessmarkering"},
        ]
    else:
        resource["telecom"] = [{"system": "phone", "value": person.phone, "use": "mobile"}]
    if person.died:
        resource["deceasedDateTime"] = person.died.isoformat()
    resource["maritalStatus"] = {"coding": [{"system": f"{SE_BASE}/CodeSystem/se-base-marital-status", "code": person.marital}]}
    return resource


def _address(person: Person, protected: bool) -> Resource:
    kind = ("63391000052104", "särskild postadress") if protected else ("63381000052101", "folkbokföringsadress")
    system = {"system": "http://snomed.info/sct", "version": "http://snomed.info/sct/45991000052106"}
    return {
        "extension": [
            {
                "url": f"{SE_BASE}/StructureDefinition/SEBaseAddressPersonExtension",
                "valueCodeableConcept": {"coding": [system | {"code": kind[0], "display": kind[1]}]},
            }
        ],
        "line": ["Skatteverkets förmedling", "Box 990"] if protected else [person.address.street],
        "city": "Sörvik" if protected else person.address.municipality.name,
        "postalCode": "99010" if protected else person.address.postal,
        "country": "SE",
    }


def related_person(subject: Resource, relative: Person, code: str, display: str) -> Resource:
    """A guardian (v3-RoleCode GUARD) or a proxy, known by their own number. Address and phone stay with their own Patient."""
    return {
        "resourceType": "RelatedPerson",
        "identifier": [relative.number.as_fhir()],
        "active": True,
        "patient": subject,
        "relationship": [concept(f"{THO}/v3-RoleCode", code, display)],
        "name": [human_name(relative.given, relative.family)],
    }


def protection_flag(subject: Resource, start: str) -> Resource:
    return {
        "resourceType": "Flag",
        "status": "active",
        "category": [{"text": "Skyddade personuppgifter"}],
        "code": concept(SECURITY_LABEL, "sekretessmarkering", "Sekretessmarkering"),
        "subject": subject,
        "period": {"start": start},
    }
