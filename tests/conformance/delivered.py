"""Examples that break R4's own rules, as the delivery of a source that lets them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from kedja import exactjson
from kedja.gate import Door, deliveries
from kedja.identity import luhn
from kedja.sources import importer
from kedja.sources.local import localised
from kedja.sources.source import source_of
from kedja.store.pool import connect
from tests.fhir.service import CLINIC, NORTH

Resource = dict[str, Any]
SOURCE: Final = source_of(
    {
        "name": "examples",
        "kind": "fhir",
        "regime": "health",
        "provider": NORTH,
        "unit": CLINIC,
        "validation": "off",
        "bundles": "whole",
        "bases": [
            "http://hl7.org/fhir",
            "http://www.goodhealth.com",
            "http://www.acme-medical.com",
            "https://fhir.orionhealth.com/blaze/fhir",
        ],
    }
)
_NUMBER: Final = {"system": "http://electronichealth.se/identifier/personnummer", "value": f"19740307238{luhn('740307238')}"}
# One example has its subject by identifier alone: the Patient is one that the source knows by nothing else. Another, a Person,
# says of two Patients elsewhere that they are one human.
PATIENTS: Final[list[Resource]] = [
    {"resourceType": "Patient", "identifier": [{"system": "http://www.jurisdiction.com/nationalId", "value": "123AB345"}]},
    {"resourceType": "Patient", "id": "98574", "identifier": [_NUMBER]},
    {"resourceType": "Patient", "id": "ab34d", "identifier": [_NUMBER]},
]


def as_stored(body: bytes) -> Resource:
    """What is to be read of an example that was delivered."""
    return localised(exactjson.loads(body), SOURCE)


def deliver(database_url: str, resources: Iterable[Resource], folder: Path) -> dict[str, str]:
    """Register the source and import these as its delivery; {line's `Type/id`: why it was refused}."""
    file, rejects = folder / "examples.ndjson", folder / "rejects.ndjson"
    lines = [exactjson.dumps(one) for one in resources]
    file.write_bytes(b"\n".join(lines))
    asyncio.run(_register(database_url))
    importer.run(database_url, SOURCE.name, file, rejects=rejects, workers=0)
    refused = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
    return {_place(as_stored(lines[one["line"] - 1])): _first(one["outcome"]) for one in refused}


async def _register(database_url: str) -> None:
    store = await connect(database_url, size=1)
    await deliveries.register(Door(store), SOURCE.name, SOURCE.definition)
    await store.close()


def _place(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '')}"


def _first(outcome: Resource) -> str:
    issue = outcome["issue"][0]
    return f"refused by the import: {issue.get('diagnostics', '')} {issue.get('expression', '')}"
