"""`kedja check`: all agrees until something is broken by hand, and then it is told what and where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from kedja.gate.check import CHECKS, Checked, check
from tests.fhir.service import CLINIC_DOCTOR, NORTH, Service, observation, patient, running
from tests.fhir.test_law import NOW, block_consent, encounter, svod_consent

BASES = ("http://kedja.test/fhir",)


@dataclass
class Place:
    """A service with a few resources of every sort, and their ids."""

    service: Service
    patient: str
    observation: str
    deleted: str

    async def check(self, sample: int | None = None) -> Checked:
        return await check(self.service.app.state.door, BASES, sample)


@pytest_asyncio.fixture(scope="module")
async def place(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as service:
        doctor = service.as_(CLINIC_DOCTOR)
        person = await doctor.create(patient("195802142389"))
        kept = await doctor.create(observation(person["id"], 50))
        for value in (51, 52):
            kept["valueQuantity"]["value"] = value
            assert (await doctor("PUT", f"/fhir/Observation/{kept['id']}", kept)).status_code == 200
        gone = await doctor.create(observation(person["id"], 60))
        assert (await doctor("DELETE", f"/fhir/Observation/{gone['id']}")).status_code == 204
        await doctor.create(encounter(person["id"]))
        me = await service.citizen(person["id"])
        await me.create(block_consent(f"Patient/{person['id']}", NORTH, inner=True, dated=NOW))
        await me.create(svod_consent(f"Patient/{person['id']}", NORTH, dated=NOW))
        yield Place(service, person["id"], kept["id"], gone["id"])


async def test_what_the_program_wrote_agrees(place: Place) -> None:
    checked = await place.check()
    assert checked.findings == []
    assert (checked.resources, checked.superseded) == (6, 3)


async def test_a_sample_agrees_and_is_no_larger_than_asked(place: Place) -> None:
    checked = await place.check(sample=2)
    assert checked.findings == []
    assert checked.resources <= 2


_OF = "(SELECT key FROM resource WHERE id = '{observation}')"
BROKEN = {
    "a text of another value": (
        f"UPDATE resource SET body = replace(body, '52', '53') WHERE key = {_OF}",
        {"content": "Observation/{observation}"},
    ),
    "a text of another version": (
        f"UPDATE resource SET version = 2 WHERE key = {_OF}",
        {"content": "Observation/{observation}", "history": "Observation/{observation}"},
    ),
    "a text that is none": (f"UPDATE resource SET body = 'x' WHERE key = {_OF}", {"content": "Observation/{observation}"}),
    "a content hash": (f"UPDATE resource SET content_hash = 1 WHERE key = {_OF}", {"content": "Observation/{observation}"}),
    "a token too few": (f"UPDATE resource SET tokens = tokens[2:] WHERE key = {_OF}", {"index": "Observation/{observation}"}),
    "a reference too many": (
        f"UPDATE resource SET refs = refs || 1::bigint WHERE key = {_OF}",
        {"index": "Observation/{observation}"},
    ),
    "a date that is missing": (f"DELETE FROM search_date WHERE resource = {_OF}", {"index": "Observation/{observation}"}),
    "a number of another value": (
        f"UPDATE search_number SET lo = lo - 1 WHERE resource = {_OF}",
        {"index": "Observation/{observation}"},
    ),
    "a care relation that is missing": ("DELETE FROM care_relation", {"facts": "Encounter/"}),
    "a block at another provider": ("UPDATE block SET provider = 'x'", {"facts": "Consent/"}),
    "a consent of nobody's": (
        "INSERT INTO consent (person, resource, kind, provider) VALUES (1, 5, 'svod', 'x')",
        {"orphans": "consent"},
    ),
    "a text of the history": (
        f"UPDATE resource_history SET body = replace(body, 'versionId', 'versionID') WHERE key = {_OF} AND version = 2",
        {"versions": "Observation/{observation}/_history/2"},
    ),
    "a gap in the history": (
        f"DELETE FROM resource_history WHERE key = {_OF} AND version = 1",
        {"history": "Observation/{observation}"},
    ),
    "a history of nothing": (
        "UPDATE resource_history SET key = 7 WHERE id = '{deleted}'",
        {"history": "Observation/{deleted}"},
    ),
    "a string of no resource": (
        "INSERT INTO search_string (resource, param, value, exact) VALUES (7, 1, 'x', 'x')",
        {"orphans": "search_string"},
    ),
    "a person who is not there": (
        "UPDATE resource SET person = 99 WHERE id = '{deleted}'",
        {"persons": "Observation/{deleted}/_history/2"},
    ),
    "a mask on nobody's": (
        f"UPDATE resource SET labels = labels | 16777216 WHERE key = {_OF}",
        {"protection": "Observation/{observation}"},
    ),
    "a log that is silent": (
        "UPDATE access_log SET action = 'read' WHERE 'Observation/{observation}/_history/2' = ANY (resources)",
        {"log": "Observation/{observation}/_history/2"},
    ),
    "a bookmark behind what was read": (
        "INSERT INTO source (name, definition) VALUES ('s', '{{}}');"
        "INSERT INTO import_progress (source, file, position, counts, done) VALUES ('s', 'f', 4, '{{\"read\": 5}}', true)",
        {"imports": "s: f"},
    ),
    "a source that is not registered": ("UPDATE resource SET source = 'lab' WHERE id = '{deleted}'", {"imports": "lab"}),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_broken_is_told(place: Place, name: str) -> None:
    sql, expected = BROKEN[name]
    told = await _broken(place, sql)
    named: dict[str, Any] = {check: where.format(**vars(place)) for check, where in expected.items()}
    assert set(told.found) == set(expected), told.findings
    for one in told.findings:
        assert one.place.startswith(named[one.check])


async def test_every_check_is_broken_by_some_test() -> None:
    assert {check for _, expected in BROKEN.values() for check in expected} == set(CHECKS)


async def _broken(place: Place, sql: str) -> Checked:
    """What the check says while this is so; afterwards it is as before."""
    tables = (
        "resource",
        "resource_history",
        "search_string",
        "search_date",
        "search_number",
        "care_relation",
        "consent",
        "block",
    )
    tables += ("access_log", "source", "import_progress")
    database = place.service.database
    for table in tables:
        await database.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    try:
        await database.execute(sql.format(**vars(place)))
        return await place.check()
    finally:
        for table in tables:
            columns = ", ".join(await _columns(place, table))
            await database.execute(
                f"DELETE FROM {table}; INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept_{table}"
            )
            await database.execute(f"DROP TABLE kept_{table}")


async def _columns(place: Place, table: str) -> list[str]:
    rows = await place.service.database.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position", table
    )
    return [row["column_name"] for row in rows]
