"""A store with registered sources, deliveries written by the tests, and what stands in the store afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from kedja.gate import Door, deliveries
from kedja.identity import luhn
from kedja.sources import importer
from kedja.sources.convert import converter_of
from kedja.sources.importer import Report
from kedja.sources.source import source_of
from kedja.store.pool import connect

PROVIDER, UNIT = "SE2399999999-1000", "SE2399999999-1010"
FHIR = {"name": "vc", "kind": "fhir", "regime": "health", "provider": PROVIDER, "unit": UNIT}
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"


def number(tail: str) -> str:
    return f"19{tail}{luhn(tail)}"


ANNA, BO = number("900101238"), number("500907239")


def patient(id: str, personnummer: str | None = None, **more: Any) -> dict[str, Any]:
    identifiers = {"identifier": [{"system": PERSONNUMMER, "value": personnummer}]} if personnummer else {}
    return {"resourceType": "Patient", "id": id} | identifiers | more


def observation(id: str, patient_id: str, value: int = 50, day: str = "2026-03-01") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59261-8"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "mmol/mol"},
    }


def ndjson(resources: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(resource) + "\n" for resource in resources)


@dataclass(slots=True)
class Land:
    """The store, the folder of the test, and where the rejects go."""

    url: str
    folder: Path

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects" / "out.ndjson"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def register(self, definition: dict[str, Any]) -> str:
        async def work() -> str:
            source = source_of(definition)
            converter_of(source)
            store = await connect(self.url, size=1)
            outcome = await deliveries.register(Door(store), source.name, source.definition)
            await store.pool.close()
            return outcome

        return asyncio.run(work())

    def take(self, path: Path, source: str = "vc", workers: int | None = None) -> Report:
        return importer.run(self.url, source, path, rejects=self.rejects, workers=workers)

    def rows(self, statement: str, *args: Any) -> list[tuple[Any, ...]]:
        async def work() -> list[tuple[Any, ...]]:
            conn = await asyncpg.connect(self.url)
            try:
                return [tuple(row) for row in await conn.fetch(statement, *args)]
            finally:
                await conn.close()

        return asyncio.run(work())

    def refused(self) -> list[dict[str, Any]]:
        return (
            [json.loads(line) for line in self.rejects.read_text(encoding="utf-8").splitlines()] if self.rejects.exists() else []
        )

    def store(self) -> list[tuple[Any, ...]]:
        """All that an import should leave the same, however often it was killed or repeated."""
        return self.rows(
            "SELECT r.type, r.id, r.version, r.regime, r.provider, r.unit, r.source, r.labels, r.doc_start, r.doc_end,"
            " r.content_hash,"
            " (SELECT array_agg(i.value ORDER BY i.value) FROM person_identifier i WHERE i.person = r.person),"
            " (SELECT count(*) FROM search_date d WHERE d.resource = r.key), r.tokens, r.refs"
            " FROM resource r ORDER BY r.type, r.id"
        )


@pytest.fixture
def land(database_url: str, tmp_path: Path) -> Land:
    found = Land(database_url, tmp_path)
    found.register(FHIR)
    return found


def counts(report: Report) -> tuple[int, int, int, int]:
    """Read, stored, unchanged, refused."""
    return tuple(report.counts[name] for name in ("read", "stored", "unchanged", "refused"))  # type: ignore[return-value]
