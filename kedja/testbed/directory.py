"""The catalogue: organisations, places, staff and their roles. About no person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kedja.testbed.demographics import human_name
from kedja.testbed.fhir import SE_BASE, reference
from kedja.testbed.region import HSA, Provider, Region, Staff, Unit

Resource = dict[str, Any]
SOURCE = "katalog"
_ORGANISATION = "urn:oid:2.5.4.97"
_V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def catalogue(region: Region) -> Iterator[Resource]:
    yield from (_provider(provider) for provider in region.providers.values())
    for unit in region.units.values():
        yield _unit(unit)
        yield _location(unit)
    for staff in region.staff.values():
        yield _practitioner(staff)
        yield _role(staff, region.units[staff.unit])


def _hsa(value: str) -> Resource:
    return {"type": {"coding": [{"system": _V2, "code": "PRN"}]}, "system": HSA, "value": value}


def _profile(name: str) -> Resource:
    return {"profile": [f"{SE_BASE}/StructureDefinition/{name}"]}


def _provider(provider: Provider) -> Resource:
    number = {"type": {"coding": [{"system": _V2, "code": "XX"}]}, "system": _ORGANISATION, "value": provider.organisation}
    return {
        "resourceType": "Organization",
        "id": provider.id,
        "meta": _profile("SEBaseOrganization"),
        "identifier": [_hsa(provider.hsa), number],
        "active": True,
        "name": provider.name,
    }


def _unit(unit: Unit) -> Resource:
    return {
        "resourceType": "Organization",
        "id": unit.id,
        "meta": _profile("SEBaseOrganization"),
        "identifier": [_hsa(unit.hsa)],
        "active": True,
        "name": unit.name,
        "partOf": reference(f"Organization/{unit.provider.id}", unit.provider.name),
    }


def _location(unit: Unit) -> Resource:
    return {
        "resourceType": "Location",
        "id": f"place-{unit.key}",
        "status": "active",
        "name": unit.name,
        "mode": "instance",
        "address": {"city": unit.place, "country": "SE"},
        "managingOrganization": reference(f"Organization/{unit.id}", unit.name),
    }


def _practitioner(staff: Staff) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": staff.key,
        "meta": _profile("SEBasePractitioner"),
        "identifier": [_hsa(staff.hsa)],
        "active": True,
        "name": [human_name(staff.given, staff.family)],
    }


def _role(staff: Staff, unit: Unit) -> Resource:
    return {
        "resourceType": "PractitionerRole",
        "id": f"{staff.key}-{unit.key}",
        "meta": _profile("SEBasePractitionerRole"),
        "active": True,
        "practitioner": reference(f"Practitioner/{staff.key}", staff.name),
        "organization": reference(f"Organization/{unit.id}", unit.name),
        "code": [{"text": staff.title}],
        "location": [reference(f"Location/place-{unit.key}")],
    }
