"""Notes: drafts that only their author sees, signing, correction by version, and when the patient may read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import pytest

from kedja.access.actor import Kind
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SURGERY_DOCTOR,
    WARD_DOCTOR,
    Service,
    citizen,
    patient,
    running,
    staff,
)
from tests.portals.pages import Pages, words_of
from tests.portals.test_edges import record_of

COLLEAGUE = replace(CLINIC_DOCTOR, id="nina", hsa_id="SE2399999999-nina", name="Nina Berg")
WORKER = staff("vera", NORTH, CLINIC, Kind.CARE_WORKER)
TYPED = {
    "reason": "Yrsel",
    "systolic": "152",
    "diastolic": "88",
    "assessment": "Ortostatism",
    "diagnosis": "Yrsel",
    "diagnosis-code": "R42",
}


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


@dataclass
class World:
    service: Service
    id: str
    person: int
    path: str
    doctor: Pages

    def elsewhere(self, who: Any) -> Pages:
        return Pages(self.service, who)

    async def count(self, type: str) -> int:
        found = await self.service.database.fetchval(
            "SELECT count(*) FROM resource WHERE type = $1 AND person = $2", type, self.person
        )
        return found or 0


@pytest.fixture
async def world(service: Service) -> World:
    made = await service.as_(CLINIC_DOCTOR).create(patient())
    person = await service.person_of(made["id"])
    return World(service, made["id"], person, record_of(service, person), Pages(service, CLINIC_DOCTOR))


async def begun(world: World, pages: Pages | None = None, path: str = "", template: str = "visit") -> str:
    answer = await (pages or world.doctor).post(f"{path or world.path}/notes", template=template)
    assert answer.status_code == 303, words_of(answer.text)
    return answer.headers["location"]


async def written(world: World, do: str = "sign", **typed: str) -> str:
    answer = await world.doctor.post(await begun(world), do=do, **{**TYPED, **typed})
    assert answer.status_code == 303, words_of(answer.text)
    return answer.headers["location"].split("?")[0]


async def test_a_signed_note_says_who_when_and_as_what_and_is_read_by_the_patient(world: World) -> None:
    path = await written(world)
    said = await world.doctor.said(path)
    for words in ("Signerad", "Staff anna, Läkare", "Ortostatism", "152 mmHg"):
        assert words in said, words
    assert "Ortostatism" in await Pages(world.service, citizen(world.person)).said("/me")
    assert await world.count("Observation") == 1
    assert await world.count("Condition") == 1


async def test_an_unsigned_note_is_read_by_colleagues_not_by_the_patient_and_waits_for_its_author(world: World) -> None:
    path = await written(world, "save", assessment="Oklar svimning")
    assert "Oklar svimning" in await world.elsewhere(COLLEAGUE).said(record_of_by(world, COLLEAGUE))
    own = Pages(world.service, citizen(world.person))
    assert "Oklar svimning" not in await own.said("/me")
    assert "152" not in await own.said("/me/results")
    assert path in (await world.doctor.get("/staff/notes")).text
    assert path not in (await world.elsewhere(COLLEAGUE).get("/staff/notes")).text
    version = re.search(r'name="version" value="(\d+)"', (await world.doctor.get(path)).text)
    assert version
    assert "Anteckningen är signerad" in await world.doctor.done(path, do="sign", version=version[1])
    assert "Oklar svimning" in await own.said("/me")
    assert path not in (await world.doctor.get("/staff/notes")).text


async def test_nobody_signs_what_another_wrote_and_nobody_what_they_have_not_read(world: World) -> None:
    path = await written(world, "save")
    theirs = record_of_by(world, COLLEAGUE) + path.removeprefix(world.path)
    assert (await world.elsewhere(COLLEAGUE).post(theirs, do="sign", version="1")).status_code == 403
    assert (await world.doctor.post(path, do="sign", version="7")).status_code == 409
    assert (await world.doctor.post(path, do="sign", version="1")).status_code == 303


async def test_a_correction_leaves_the_version_before_to_be_read(world: World) -> None:
    path = await written(world)
    draft = (await world.doctor.post(path, do="correct")).headers["location"]
    assert 'value="152"' in (await world.doctor.get(draft)).text
    refused = await world.doctor.post(draft, do="sign", **TYPED | {"systolic": "142"})
    assert refused.status_code == 422
    assert 'value="142"' in refused.text
    said = await world.doctor.done(draft, do="sign", because="Fel avläst", **TYPED | {"systolic": "142"})
    assert "Rättad för att" in said
    assert "142 mmHg" in said
    before = await world.doctor.said(f"{path}?version=1")
    assert "152 mmHg" in before
    assert "inte den som gäller" in before
    assert (await world.doctor.get(f"{path}?version=9")).status_code == 404
    results = await Pages(world.service, citizen(world.person)).said("/me/results")
    assert "142" in results


async def test_a_correction_of_a_note_that_somebody_changed_meanwhile_is_kept_and_told(world: World) -> None:
    path = await written(world)
    first = (await world.doctor.post(path, do="correct")).headers["location"]
    second = (await world.doctor.post(path, do="correct")).headers["location"]
    assert (await world.doctor.post(second, do="sign", because="Fel avläst", **TYPED)).status_code == 303
    refused = await world.doctor.post(first, do="sign", because="Också fel", **TYPED | {"assessment": "Det jag skrev"})
    assert refused.status_code == 409
    assert "Det jag skrev" in refused.text
    assert "Det jag skrev" in (await world.doctor.get(first)).text


async def test_a_draft_is_its_authors_alone_and_nothing_typed_is_lost(world: World) -> None:
    path = await begun(world)
    assert (await world.doctor.post(path, do="auto", reason="Bara påbörjat")).status_code == 204
    assert "Bara påbörjat" in (await world.doctor.get(path)).text
    refused = await world.doctor.post(path, do="sign", reason="Bara påbörjat", systolic="hög")
    assert refused.status_code == 422
    assert 'value="hög"' in refused.text
    assert "Skriv ett tal" in words_of(refused.text)
    assert 'value="hög"' in (await world.doctor.get(path)).text
    theirs = record_of_by(world, COLLEAGUE) + path.removeprefix(world.path)
    colleague = world.elsewhere(COLLEAGUE)
    assert (await colleague.get(theirs)).status_code == 404
    assert (await colleague.post(theirs, do="draft", reason="x")).status_code == 404
    assert (await colleague.post(theirs, do="discard")).status_code == 404
    assert path.split("/")[-1] in (await world.doctor.get("/staff/notes")).text
    for who in (COLLEAGUE, WARD_DOCTOR, SURGERY_DOCTOR):
        assert path.split("/")[-1] not in (await world.elsewhere(who).get("/staff/notes")).text
    assert "Bara påbörjat" not in await world.elsewhere(COLLEAGUE).said(record_of_by(world, COLLEAGUE))
    assert await world.count("Composition") == 0
    assert (await world.doctor.post(path, do="discard")).status_code == 303
    assert (await world.doctor.get(path)).status_code == 404


async def test_a_draft_of_one_assignment_is_not_there_under_another(world: World) -> None:
    path = await begun(world)
    assert CLINIC_DOCTOR.assignment
    moved = replace(CLINIC_DOCTOR, assignment=replace(CLINIC_DOCTOR.assignment, unit="SE2399999999-1777"))
    assert path.split("/")[-1] not in (await world.elsewhere(moved).get("/staff/notes")).text
    assert (await world.elsewhere(moved).get(path)).status_code == 404


async def test_a_care_worker_writes_the_social_care_record(world: World) -> None:
    pages = world.elsewhere(WORKER)
    path = await begun(world, pages, record_of_by(world, WORKER), "telephone")
    assert (await pages.post(path, do="sign", reason="Fallit hemma", assessment="Oskadd")).status_code == 303
    regime = await world.service.database.fetchval(
        "SELECT regime FROM resource WHERE type = 'Composition' AND person = $1", world.person
    )
    assert regime == "social"


async def test_the_patient_sees_in_the_log_that_a_note_was_worked_on(world: World) -> None:
    await begun(world)
    assert "arbetade med en anteckning om dig" in await Pages(world.service, citizen(world.person)).said("/me/log")


def record_of_by(world: World, who: Any) -> str:
    mark = hmac(world.service.app.state.secret, f"patient:{who.id}:{world.person}".encode(), sha256).hexdigest()[:20]
    return f"/staff/patient/{world.person}-{mark}"
