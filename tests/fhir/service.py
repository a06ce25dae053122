"""The application over a fresh database, and people who call it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from starlette.applications import Starlette

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.app import create_app
from kedja.config import Config
from kedja.gate.ids import Choice
from kedja.signin.tokens import mint

NORTH, SOUTH = "SE2399999999-0001", "SE2399999999-0002"
CLINIC, WARD, SURGERY = "SE2399999999-1001", "SE2399999999-1002", "SE2399999999-2001"
RIGHTS = ("Läsa;alla;SJF", "Skriva;alla;VE")


def staff(id: str, provider: str, unit: str, kind: Kind = Kind.PROFESSIONAL, purpose: Purpose = Purpose.CARE) -> Actor:
    rights = (*RIGHTS, "Skriva;definitioner;VG") if kind is Kind.SYSTEM else RIGHTS
    assignment = Assignment(f"a-{id}", purpose, provider, unit, rights, f"Provider {provider[-1]}", f"Unit {unit[-4:]}")
    return Actor(
        id, kind, name=f"Staff {id}", title="Läkare", hsa_id=f"SE2399999999-{id}", prescriber=True, assignment=assignment
    )


CLINIC_DOCTOR = staff("anna", NORTH, CLINIC)
WARD_DOCTOR = staff("bo", NORTH, WARD)
SURGERY_DOCTOR = staff("cia", SOUTH, SURGERY)


def citizen(person: int) -> Actor:
    return Actor(f"citizen-{person}", Kind.CITIZEN, name="Citizen", person=person)


@dataclass
class Caller:
    """Somebody with a token, and the application."""

    app: Starlette
    actor: Actor
    http: httpx.AsyncClient

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        token = mint(self.actor, self.app.state.secret, timedelta(hours=1))
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(method, path, content=content, headers=sent)

    async def create(self, resource: dict[str, Any]) -> dict[str, Any]:
        answer = await self("POST", f"/fhir/{resource['resourceType']}", resource)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def search(self, query: str) -> list[dict[str, Any]]:
        answer = await self("GET", f"/fhir/{query}")
        assert answer.status_code == 200, answer.text
        return [entry["resource"] for entry in answer.json().get("entry", [])]


@dataclass
class Service:
    app: Starlette
    http: httpx.AsyncClient
    database: asyncpg.Connection

    def as_(self, actor: Actor) -> Caller:
        return Caller(self.app, actor, self.http)

    def system(self) -> Caller:
        """The northern provider's own system, which keeps the directory."""
        return self.as_(staff("loader", NORTH, CLINIC, Kind.SYSTEM))

    async def person_of(self, patient_id: str) -> int:
        row = await self.database.fetchrow("SELECT person FROM resource WHERE type = 'Patient' AND id = $1", patient_id)
        assert row is not None
        return row["person"]

    async def citizen(self, patient_id: str) -> Caller:
        return self.as_(citizen(await self.person_of(patient_id)))


@asynccontextmanager
async def running(database_url: str, home: Path, *, client_ids: Choice = "any", **settings: Any) -> AsyncIterator[Service]:
    app = create_app(replace(Config(), home=home, database_url=database_url, connections=12, client_ids=client_ids, **settings))
    database = await asyncpg.connect(database_url)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://kedja.test", timeout=60) as http:
            yield Service(app, http, database)
    await database.close()


def patient(number: str = "", family: str = "Lindqvist") -> dict[str, Any]:
    resource: dict[str, Any] = {"resourceType": "Patient", "name": [{"family": family, "given": ["Astrid"]}], "gender": "female"}
    if number:
        resource["identifier"] = [{"system": "http://electronichealth.se/identifier/personnummer", "value": number}]
    return resource


def observation(patient_id: str, value: float | int = 50, date: str = "2026-05-04") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "urn:oid:1.2.752.108.1", "code": "NPU27300"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": date,
        "valueQuantity": {"value": value, "unit": "mmol/mol", "system": "http://unitsofmeasure.org", "code": "mmol/mol"},
    }
