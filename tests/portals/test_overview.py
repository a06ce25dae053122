"""The patient's overview for staff: what is new since they last looked, what is not shown, and a record of any length."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fhir.acting import about
from tests.fhir.service import CLINIC_DOCTOR, WARD_DOCTOR, Service, observation, patient, running
from tests.portals.pages import Pages
from tests.portals.test_edges import record_of
from tests.portals.test_long_timeline import copies

_EARLIER = """
    UPDATE access_log SET at = at - interval '2 hours' WHERE person = $1
"""


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service) -> tuple[str, int, str]:
    made = await service.as_(CLINIC_DOCTOR).create(patient())
    person = await service.person_of(made["id"])
    return made["id"], person, record_of(service, person)


async def test_what_a_colleague_wrote_since_the_last_look_is_new_and_what_one_wrote_oneself_is_not(service: Service) -> None:
    id, person, path = await somebody(service)
    doctor = Pages(service, CLINIC_DOCTOR)
    await service.as_(CLINIC_DOCTOR).create(about("Condition", id, code={"text": "Hypertoni"}))
    assert "Du har inte öppnat den här journalen förut" in await doctor.said(path)
    await service.database.execute(_EARLIER, person)
    await service.database.execute("UPDATE resource SET updated = updated - interval '3 hours' WHERE person = $1", person)
    assert "Inget sedan" in await doctor.said(path)
    nurse = CLINIC_DOCTOR.__class__(**{**_fields(CLINIC_DOCTOR), "id": "nina", "hsa_id": "SE2399999999-nina"})
    await service.as_(nurse).create(about("Condition", id, code={"text": "Förmaksflimmer"}))
    await service.as_(CLINIC_DOCTOR).create(about("Condition", id, code={"text": "Gonartros"}))
    said = await doctor.said(path)
    fresh = said[said.find("Nytt sedan du senast tittade") : said.find("Läkemedel", said.find("Nytt sedan du senast tittade"))]
    assert "Förmaksflimmer" in fresh
    assert "Gonartros" not in fresh
    assert "Hypertoni" not in fresh


def _fields(actor: Any) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


async def test_sources_that_disagree_stand_beside_each_other_on_the_page(service: Service) -> None:
    id, _, path = await somebody(service)
    coded = {"text": "Metformin", "coding": [{"system": "http://www.whocc.no/atc", "code": "A10BA02"}]}
    for who, dose in ((CLINIC_DOCTOR, "1 tablett"), (WARD_DOCTOR, "2 tabletter")):
        await service.as_(who).create(
            about("MedicationRequest", id, medicationCodeableConcept=coded, dosageInstruction=[{"text": dose}])
        )
    encounter = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{id}"},
        "period": {"start": "2026-01-01"},
    }
    await service.as_(CLINIC_DOCTOR).create(encounter)
    said = await Pages(service, CLINIC_DOCTOR).said(path)
    assert "källorna är inte överens" in said
    assert "1 tablett" in said
    assert "2 tabletter" in said


async def test_a_record_of_20_000_entries_opens_bounded_and_says_what_it_left_out(service: Service) -> None:
    id, _, path = await somebody(service)
    one = await service.as_(CLINIC_DOCTOR).create(observation(id))
    await copies(service, one, 20_000, 0.1)
    doctor = Pages(service, CLINIC_DOCTOR)
    page = await doctor.said(path)
    assert "Visas inte här, och varför" in page
    assert "19 751 äldre" in page.replace("\xa0", " ")
    read = await service.database.fetchval(
        "SELECT cardinality(resources) FROM access_log WHERE detail = 'overview' ORDER BY seq DESC LIMIT 1"
    )
    assert 0 < (read or 0) < 300
    fewer = "DELETE FROM resource WHERE person = $1 AND substring(id FROM '^c([0-9]+)-')::integer > 300"
    await service.database.execute(fewer, await service.person_of(id))
    assert "Visas inte här" in await doctor.said(path)
    assert "Visas inte här" not in await doctor.said(path + "?older=1")
