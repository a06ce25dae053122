"""The named persons through the importer into a real PostgreSQL: nothing refused, and one person of many records."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from kedja.gate import Door
from kedja.sources.importer import Report, add_source, run
from kedja.store.pool import connect
from kedja.testbed import Manifest, population
from kedja.testbed.people import NAMED
from kedja.testbed.population import TODAY


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("import") / "region"
    return folder, population(NAMED, 1, folder, TODAY)


@pytest.fixture(scope="module")
def reports(module_database_url: str, region: tuple[Path, Manifest]) -> Iterator[list[Report]]:
    """Every source registered and imported, in the order of the manifest."""
    folder, manifest = region
    asyncio.run(_register(module_database_url, folder, manifest))
    rejects = folder.parent / "rejects"
    yield [
        run(module_database_url, entry["name"], folder / entry["path"], rejects=rejects / f"{entry['name']}.ndjson")
        for entry in manifest.sources
    ]


async def _register(url: str, folder: Path, manifest: Manifest) -> None:
    store = await connect(url, size=2)
    for entry in manifest.sources:
        await add_source(Door(store), folder / entry["registration"])
    await store.pool.close()


def ask(url: str, question: str) -> list[Any]:
    """The first column of the answer."""

    async def fetch() -> list[Any]:
        conn = await asyncpg.connect(url)
        try:
            return [row[0] for row in await conn.fetch(question)]
        finally:
            await conn.close()

    return asyncio.run(fetch())


def test_every_source_is_taken_in_whole(reports: list[Report], region: tuple[Path, Manifest]) -> None:
    assert [(report.source, report.rejects) for report in reports if report.counts["refused"]] == []
    fhir = sum(report.counts["stored"] for report in reports if report.source in _fhir_sources(region[1]))
    assert fhir == sum(region[1].resources.values())


def _fhir_sources(manifest: Manifest) -> set[str]:
    return {entry["name"] for entry in manifest.sources if entry["regime"] in ("directory", "health", "social", "nll", "control")}


def test_the_records_of_all_domains_meet_in_one_person_each(reports: list[Report], module_database_url: str) -> None:
    assert ask(module_database_url, "SELECT count(*) FROM person") == [NAMED]
    astrid = "SELECT person FROM resource WHERE id = 'astrid-region-sorvik'"
    regimes = f"SELECT count(DISTINCT regime) FROM resource WHERE person = ({astrid})"
    assert ask(module_database_url, regimes) == [5]


def test_a_former_number_and_a_reserve_number_lead_to_the_same_person(reports: list[Report], module_database_url: str) -> None:
    for first, second in (("nadia-ambulans", "nadia-region-sorvik"), ("aisha-solgarden", "aisha-region-sorvik")):
        persons = f"SELECT DISTINCT person FROM resource WHERE type = 'Patient' AND id IN ('{first}', '{second}')"
        assert len(ask(module_database_url, persons)) == 1


def test_units_come_from_the_tag_where_a_source_has_several(reports: list[Report], module_database_url: str) -> None:
    units = "SELECT DISTINCT unit FROM resource WHERE source = 'region-sorvik' AND type = 'Encounter' ORDER BY 1"
    found = ask(module_database_url, units)
    assert len(found) > 3
    assert all(unit.startswith("SE2399999999-1") for unit in found)


def test_samples_of_who_cannot_decide_are_marked_by_what_they_are_kept_under(
    reports: list[Report], module_database_url: str
) -> None:
    marked = "SELECT DISTINCT body::jsonb @? '$.extension[*] ? (@.valueString == \"BBL 4:8\")' FROM resource"
    assert ask(module_database_url, f"{marked} WHERE type = 'Specimen' AND labels & 256 <> 0") == [True]
    assert ask(module_database_url, f"{marked} WHERE type = 'Specimen' AND labels & 256 = 0") == [False]


def test_blocks_of_the_named_persons_are_in_force(reports: list[Report], module_database_url: str) -> None:
    found = ask(module_database_url, "SELECT kind FROM block ORDER BY kind")
    assert found == ["biobank-education", "biobank-research", "inner", "inner", "nll", "outer", "outer"]
