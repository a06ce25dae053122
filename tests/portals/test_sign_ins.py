"""The log of sign-ins has its readers: oneself, and who reviews logs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kedja.gate.sessions import note
from tests.fhir.service import CLINIC_DOCTOR, NORTH, Service, running
from tests.fhir.test_obligations import reviewer
from tests.portals.pages import Pages


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def test_everybody_sees_their_own_sign_ins_and_nobody_elses(service: Service) -> None:
    await note(service.app.state.door, "signed-in", "test", f"test {CLINIC_DOCTOR.id}")
    await note(service.app.state.door, "signed-out", "test", "test somebody-else")
    said = await Pages(service, CLINIC_DOCTOR).said("/sessions")
    assert "Loggade in" in said
    assert "Loggade ut" not in said


async def test_who_reviews_logs_sees_what_was_tried_by_nobody_and_is_logged(service: Service) -> None:
    for _ in range(3):
        await note(service.app.state.door, "no-token", "GET /fhir/Patient")
    await note(service.app.state.door, "signed-in", "test", "test a-human")
    said = await Pages(service, reviewer(NORTH)).said("/staff/sign-ins")
    assert "En nyckel som inte gäller" in said
    assert "GET /fhir/Patient" in said
    assert "a-human" not in said
    assert (
        await service.database.fetchval("SELECT count(*) FROM access_log WHERE detail = 'sign-in log' AND decision = 'permit'")
        == 1
    )


async def test_nobody_else_does(service: Service) -> None:
    for who in (CLINIC_DOCTOR, reviewer(NORTH, "plain", "Läsa;alla;VG")):
        assert (await Pages(service, who).get("/staff/sign-ins")).status_code == 403
