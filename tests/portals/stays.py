"""What the tests on discharge and joint plans share: units, a stay in the ward, the forms of its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from kedja.access.actor import Kind
from kedja.identity import luhn
from tests.fhir.service import NORTH, WARD, WARD_DOCTOR, Service, patient, running, staff
from tests.portals.pages import Pages

MUNICIPALITY = "SE2399999999-0003"
NURSING, OFFICE, CENTRE = "SE2399999999-3001", "SE2399999999-3002", "SE2399999999-1003"
NURSE = staff("nora", MUNICIPALITY, NURSING)
OFFICER = staff("sven", MUNICIPALITY, OFFICE, Kind.CARE_WORKER)
CONTACT = staff("cleo", NORTH, CENTRE)
_NUMBERS = (f"{day}238{luhn(f'{day[2:]}238')}" for day in (f"{1940 + n}0211" for n in range(50)))
_NOW = datetime.now(UTC).replace(microsecond=0)
_HSA = "urn:oid:1.2.752.29.4.19"
_UNITS = (("ward", WARD, "north"), ("centre", CENTRE, "north"), ("nursing", NURSING, "town"), ("office", OFFICE, "town"))


@asynccontextmanager
async def hospital(database_url: str, home: Path) -> AsyncIterator[Service]:
    """The application, with a ward, a health centre and a municipality's two units."""
    async with running(database_url, home) as started:
        for id, value, above in (("north", NORTH, ""), ("town", MUNICIPALITY, ""), *_UNITS):
            body: dict[str, Any] = {"resourceType": "Organization", "id": id, "name": f"Enhet {id}"}
            body |= {"identifier": [{"system": _HSA, "value": value}]}
            body |= {"partOf": {"reference": f"Organization/{above}"}} if above else {}
            assert (await started.system()("PUT", f"/fhir/Organization/{id}", body)).status_code == 201
        yield started


async def stay(service: Service, hours: float = 2, **more: Any) -> tuple[str, Pages]:
    """Somebody in the ward since so many hours: the address of the stay, and the ward's pages."""
    ward = service.as_(WARD_DOCTOR)
    who = patient(next(_NUMBERS)) | {"address": [{"line": ["Storgatan 1"], "postalCode": "99100", "city": "Sörvik"}]} | more
    id = (await ward.create(who))["id"]
    encounter = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{id}"},
        "period": {"start": (_NOW - timedelta(hours=hours)).isoformat()},
    }
    return f"/staff/discharge/{(await ward.create(encounter))['id']}", Pages(service, WARD_DOCTOR)


def form(act: str, **fields: str) -> dict[str, str]:
    return {"act": act, "key": uuid4().hex, **fields}


def later(**span: float) -> str:
    return (_NOW + timedelta(**span)).strftime("%Y-%m-%dT%H:%M")


def notice(**more: str) -> dict[str, str]:
    to = {"open-care": CENTRE, "municipal-care": NURSING, "social": OFFICE}
    return form("notice", **({"judged": "admission", "estimated": later(days=3)} | to | more))
