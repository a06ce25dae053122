"""`kedja export`: the resources as they are stored, told in the log of whom they are about, and good to be taken in again."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from kedja.gate.export import Manifest, Wanted, export
from kedja.outcome import OutcomeError
from tests.conftest import run
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Service, observation, patient, running
from tests.sources.conftest import Land

EVERYTHING = Wanted()


@dataclass
class Place:
    service: Service
    patients: list[str]

    async def export(self, out: Path, wanted: Wanted = EVERYTHING, packed: bool = False) -> Manifest:
        return await export(self.service.app.state.door, out, wanted, packed=packed)

    async def persons(self) -> list[int]:
        return [await self.service.person_of(id) for id in self.patients]

    async def logged(self, request: str) -> dict[int, str]:
        rows = await self.service.database.fetch("SELECT person, action, detail FROM access_log WHERE request = $1", request)
        assert all(row["action"] == "export" for row in rows)
        assert len({row["person"] for row in rows}) == len(rows)
        return {row["person"]: row["detail"] for row in rows}


@pytest_asyncio.fixture(scope="module")
async def place(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as service:
        doctor = service.as_(CLINIC_DOCTOR)
        patients = [await doctor.create(patient(number)) for number in ("195802142389", "195802142397")]
        for one in patients:
            body = json.dumps(observation(one["id"])).replace('"value": 50', '"value": 1.50')
            assert (await doctor("POST", "/fhir/Observation", body.encode())).status_code == 201
        gone = await doctor.create(observation(patients[0]["id"]))
        assert (await doctor("DELETE", f"/fhir/Observation/{gone['id']}")).status_code == 204
        yield Place(service, [one["id"] for one in patients])


def lines(file: Path) -> list[bytes]:
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return content.splitlines()


async def test_every_current_resource_stands_there_as_it_is_stored(place: Place, tmp_path: Path) -> None:
    made = await place.export(tmp_path / "out")
    rows = await place.service.database.fetch("SELECT body FROM resource WHERE NOT deleted")
    written = [line for file in made.files for line in lines(tmp_path / "out" / file.file)]
    assert sorted(written) == sorted(row["body"].encode() for row in rows)
    assert sum(b'"value":1.50,' in line for line in written) == 2


@pytest.mark.parametrize("packed", [False, True])
async def test_the_manifest_has_counts_and_checksums(place: Place, tmp_path: Path, packed: bool) -> None:
    made = await place.export(tmp_path / "out", packed=packed)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert {file["type"]: file["count"] for file in manifest["files"]} == {"Observation": 2, "Patient": 2}
    for file in manifest["files"]:
        content = (tmp_path / "out" / file["file"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert file["count"] == len(lines(tmp_path / "out" / file["file"]))
    assert (manifest["persons"], manifest["request"]) == (made.persons, made.request)


async def test_each_person_finds_one_row_that_says_how_much(place: Place, tmp_path: Path) -> None:
    made = await place.export(tmp_path / "out")
    assert await place.logged(made.request) == dict.fromkeys(await place.persons(), "1 Observation, 1 Patient")


async def test_only_what_is_asked_for_is_taken_and_told(place: Place, tmp_path: Path) -> None:
    first, _ = await place.persons()
    made = await place.export(tmp_path / "one", Wanted(types=("Observation",), persons=(first,)))
    assert [(file.type, file.count) for file in made.files] == [("Observation", 1)]
    assert await place.logged(made.request) == {first: "1 Observation"}
    later = await place.export(tmp_path / "later", Wanted(since=datetime.now(UTC) + timedelta(hours=1)))
    assert (later.files, later.persons) == ([], 0)


async def test_a_folder_that_holds_something_is_left_alone(place: Place, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(OutcomeError, match="holds something already"):
        await place.export(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


async def test_an_export_that_fails_leaves_neither_files_nor_log_rows(place: Place, tmp_path: Path) -> None:
    before = await place.service.database.fetchval("SELECT count(*) FROM access_log")

    def fail(_: str) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        await export(place.service.app.state.door, tmp_path / "out", EVERYTHING, tell=fail)
    assert list(tmp_path.iterdir()) == []
    assert await place.service.database.fetchval("SELECT count(*) FROM access_log") == before


def content(body: str | bytes) -> dict[str, Any]:
    resource = json.loads(body, parse_float=str)
    return {**resource, "meta": {k: v for k, v in resource["meta"].items() if k not in ("versionId", "lastUpdated")}}


async def _exported(url: str, folder: Path) -> list[str]:
    async with running(url, folder / "home") as service:
        doctor = service.as_(CLINIC_DOCTOR)
        one = await doctor.create(patient("195802142389"))
        body = json.dumps(observation(one["id"])).replace('"value": 50', '"value": 1.50')
        assert (await doctor("POST", "/fhir/Observation", body.encode())).status_code == 201
        await export(service.app.state.door, folder / "out", EVERYTHING, packed=True)
        return [row["body"] for row in await service.database.fetch("SELECT body FROM resource ORDER BY type, id")]


def test_an_export_is_taken_in_by_an_empty_installation(database_url: str, another_database_url: str, tmp_path: Path) -> None:
    bodies = run(_exported(database_url, tmp_path))
    land = Land(another_database_url, tmp_path)
    land.register({"name": "vc", "kind": "fhir", "regime": "health", "provider": NORTH, "unit": CLINIC})
    report = land.take(tmp_path / "out")
    assert (report.counts["stored"], report.counts["refused"]) == (2, 0), land.refused()
    taken = land.rows("SELECT body FROM resource ORDER BY type, id")
    assert [content(row[0]) for row in taken] == [content(body) for body in bodies]
