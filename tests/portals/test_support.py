"""Decision support on the pages: what is sent, what is logged, what is shown, and that all works without it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from kedja.gate.support import Template, template_of
from kedja.portals.shared import support
from tests.fhir.acting import about
from tests.fhir.service import CLINIC_DOCTOR, Service, patient, running
from tests.portals.pages import Pages, words_of
from tests.portals.test_edges import record_of

DIAZEPAM = {"text": "Diazepam 5 mg", "coding": [{"system": "http://www.whocc.no/atc", "code": "N05BA01"}]}
ORDER = {"name": "Diazepam 2 mg", "atc": "n05ba01", "dose": "1 tablett till natten"}


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service, born: str = "1940-03-04") -> tuple[str, int, str]:
    made = await service.as_(CLINIC_DOCTOR).create(patient() | {"birthDate": born})
    await service.as_(CLINIC_DOCTOR).create(about("MedicationRequest", made["id"], medicationCodeableConcept=DIAZEPAM))
    person = await service.person_of(made["id"])
    return made["id"], person, record_of(service, person)


async def test_the_overview_shows_cards_and_the_log_says_what_was_sent(service: Service) -> None:
    _, person, path = await somebody(service)
    said = await Pages(service, CLINIC_DOCTOR).said(path)
    assert "Diazepam 5 mg: bör undvikas hos äldre" in said
    assert "Socialstyrelsen" in said
    row = await service.database.fetchrow("SELECT * FROM access_log WHERE action = 'support' AND person = $1", person)
    assert row is not None
    assert sorted(each.split("/")[0] for each in row["resources"]) == ["MedicationRequest", "Patient"]
    assert row["detail"] == "patient-view medicines-view"


async def test_only_what_prefetch_asks_for_leaves(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, path = await somebody(service)
    sent: list[Any] = []
    ask = getattr(support, "_ask")  # noqa: B009

    async def listening(visit: Any, place: str, body: Any = None) -> Any:
        sent.append(body)
        return await ask(visit, place, body)

    monkeypatch.setattr(support, "_ask", listening)
    await Pages(service, CLINIC_DOCTOR).get(path)
    told = next(each for each in sent if each)
    (entry,) = told["prefetch"]["patient"]["entry"]
    assert entry["resource"].keys() == {"resourceType", "id", "birthDate"}
    assert "Lindqvist" not in str(told)


async def test_an_order_is_signed_once_its_cards_are_read_and_why_is_logged(service: Service) -> None:
    id, person, path = await somebody(service)
    doctor = Pages(service, CLINIC_DOCTOR)
    shown = await doctor.post(f"{path}/medicine", **ORDER)
    assert shown.status_code == 200
    said = words_of(shown.text)
    assert "Diazepam 2 mg" in said
    assert "samma substans flera gånger" in said
    assert len(await service.as_(CLINIC_DOCTOR).search(f"MedicationRequest?patient={id}")) == 1
    read = re.findall(r'name="read" value="([^"]+)"', shown.text)
    assert len(read) == 2
    reasons = {f"why-{each}": "planned" for each in read}
    assert "ordinerat och signerat" in await doctor.done(f"{path}/medicine", **ORDER, read=read, **reasons)
    assert len(await service.as_(CLINIC_DOCTOR).search(f"MedicationRequest?patient={id}")) == 2
    told = await service.database.fetch("SELECT detail FROM access_log WHERE person = $1 AND detail LIKE 'overridden %'", person)
    assert all(row["detail"].endswith(" planned") for row in told)
    assert len(told) == 2


async def test_an_order_that_nothing_is_said_of_is_signed_at_once_and_one_that_lacks_something_keeps_what_was_typed(
    service: Service,
) -> None:
    id, _, path = await somebody(service, "1990-01-01")
    doctor = Pages(service, CLINIC_DOCTOR)
    kept = await doctor.post(f"{path}/medicine", name="Alvedon", atc="N02", dose="")
    assert kept.status_code == 422
    assert 'value="Alvedon"' in kept.text
    assert (await doctor.post(f"{path}/medicine", name="Alvedon", atc="N02BE01", dose="1")).status_code == 303
    assert len(await service.as_(CLINIC_DOCTOR).search(f"MedicationRequest?patient={id}")) == 2
    other = Pages(service, replace(CLINIC_DOCTOR, id="anna", prescriber=False))
    assert (await other.post(f"{path}/medicine", **ORDER)).status_code == 403


async def test_a_service_that_does_not_answer_is_told_and_stops_nobody(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, path = await somebody(service)
    doctor = Pages(service, CLINIC_DOCTOR)
    config = service.app.state.config
    for name in ("cds_services",):
        service.app.state._state.pop(name, None)
    service.app.state.config = replace(config, cds="http://127.0.0.1:9")
    try:
        assert "Beslutsstödet svarar inte nu" in await doctor.said(path)
        shown = await doctor.post(f"{path}/medicine", **ORDER)
        assert "Beslutsstödet svarar inte nu" in words_of(shown.text)
        assert (await doctor.post(f"{path}/medicine", **ORDER, read="none")).status_code == 303
        service.app.state.config = replace(config, cds="off")
        assert "bör undvikas" not in await doctor.said(path)
        assert (await service.http.get("/cds-services")).status_code == 404
    finally:
        service.app.state.config = config
    assert "bör undvikas" in await doctor.said(path)


async def test_the_contract_answers_over_http(service: Service) -> None:
    told = (await service.http.get("/cds-services")).json()["services"]
    assert {each["id"] for each in told} == {"medicines-view", "medicines-select", "medicines-sign"}
    assert (await service.http.post("/cds-services/medicines-view", json={})).status_code == 400
    assert (await service.http.post("/cds-services/medicines-view", content=b"{")).status_code == 400
    assert (await service.http.post("/cds-services/medicines-view", content=b" " * 2_000_000)).status_code == 413
    assert (await service.http.post("/cds-services/medicines-view/feedback", json={"feedback": []})).status_code == 400


def test_a_template_that_asks_for_more_than_is_understood_is_sent_nothing() -> None:
    asked = "MedicationRequest?patient={{context.patientId}}&status=active&_elements=status"
    assert template_of(asked) == Template("MedicationRequest", "active", ("status",))
    for text in (
        "MedicationRequest?patient=Patient/other",
        "MedicationRequest",
        "Patient/{{context.patientId}}/$everything",
        "Observation?patient={{context.patientId}}&code=x",
    ):
        assert template_of(text) is None
