"""Sensors and cameras at home: none is used until the person and who lives there have said yes, and either stops it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja import exactjson
from kedja.access.actor import Kind
from kedja.care.monitoring import TECHNIQUES, Terms, terms_of, wrong
from kedja.identity import luhn
from kedja.portals.staff.handle import handle
from kedja.validation import validate
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, WARD, Caller, Service, citizen, patient, running, staff
from tests.portals.pages import Pages

WORKER = staff("kalle", NORTH, CLINIC, Kind.CARE_WORKER)
DEVICE = staff("camera", NORTH, CLINIC, Kind.SYSTEM)
_NUMBERS = iter([f"19420304{serial}{luhn(f'420304{serial}')}" for serial in range(980, 999)])
CAMERA = {
    "technique": "camera",
    "purpose": "Se att allt är lugnt på natten, utan att väcka",
    "data": "live-image",
    "start": "22:00",
    "end": "06:00",
    "days": "0",
    "months": "3",
}


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


class Home:
    """A father and a mother, and the page of his on which social care asks."""

    def __init__(self, service: Service, father: str, keys: tuple[int, int], number: str) -> None:
        self.service, self.patient, self.number = service, father, number
        self.father, self.mother = (Pages(service, citizen(key)) for key in keys)
        self.worker = Pages(service, WORKER)
        visit: Any = type("Visit", (), {"actor": WORKER, "secret": service.app.state.secret})()
        self.path = f"/staff/patient/{handle(visit, keys[0])}/monitoring"

    async def ask(self, **more: str) -> None:
        assert "Alla är tillfrågade" in await self.worker.done(self.path, **{**CAMERA, "number": self.number, **more})

    async def answer(self, pages: Pages, said: str) -> None:
        [id] = [each["id"] for each in await _consents(self.service.as_(pages.actor)) if each["status"] in ("proposed", "active")]
        answer = await pages.post("/me/monitoring", consent=id, answer=said)
        assert answer.status_code == 303, answer.text

    async def active(self, caller: Caller | None = None) -> list[bool]:
        answer = await (caller or self.service.as_(DEVICE))("GET", f"/fhir/Patient/{self.patient}/$monitoring")
        assert answer.status_code == 200, answer.text
        parts = [one["part"] for one in answer.json().get("parameter", [])]
        return [part["valueBoolean"] for one in parts for part in one if part["name"] == "active"]


async def _consents(caller: Caller) -> list[dict[str, Any]]:
    return [each for each in await caller.search("Consent") if terms_of(each)]


async def home(service: Service, number: str = "") -> Home:
    worker, number = service.as_(WORKER), number or next(_NUMBERS)
    father = await worker.create(patient() | {"birthDate": "1940-04-02"})
    mother = await worker.create(patient(number) | {"birthDate": "1942-03-04"})
    return Home(service, father["id"], (await service.person_of(father["id"]), await service.person_of(mother["id"])), number)


async def test_a_camera_is_used_only_while_both_have_said_yes_and_either_stops_it_at_once(service: Service) -> None:
    one = await home(service)
    await one.ask()
    assert await one.active() == [False]
    for pages in (one.father, one.mother):
        said = await pages.said("/me/monitoring")
        assert "från 22:00 till 06:00" in said
        assert "direkt: inget sparas" in said
        assert "utan att väcka" in said
    assert "där du också bor" in await one.mother.said("/me/monitoring")
    for consent in await _consents(service.as_(one.father.actor)):
        assert validate(exactjson.loads(exactjson.dumps(consent)), expect_type="Consent") == []

    await one.answer(one.father, "yes")
    assert await one.active() == [False]
    assert "någon annan har inte sagt ja" in await one.father.said("/me/monitoring")
    await one.answer(one.mother, "yes")
    assert await one.active() == [True]
    assert await one.active(service.as_(WORKER)) == [True]
    assert "Får användas nu" in await one.worker.said(one.path)

    await one.answer(one.mother, "withdraw")
    assert await one.active() == [False]
    said = await one.worker.said(one.path)
    assert "Får inte användas" in said
    assert "har tagit tillbaka sitt ja" in said
    await one.answer(one.father, "withdraw")
    assert await service.database.fetchval("SELECT count(*) FROM consent WHERE person = $1", one.father.actor.person) == 0


async def test_a_no_of_either_keeps_it_off_and_is_not_asked_twice(service: Service) -> None:
    one = await home(service)
    await one.ask()
    await one.answer(one.father, "yes")
    [id] = [each["id"] for each in await _consents(service.as_(one.mother.actor))]
    await one.answer(one.mother, "no")
    assert (await one.mother.post("/me/monitoring", consent=id, answer="yes")).status_code == 409
    assert await one.active() == [False]
    assert "har sagt nej" in await one.worker.said(one.path)


async def test_nobody_says_yes_for_somebody_else(service: Service) -> None:
    one = await home(service)
    await one.ask()
    [mothers] = await _consents(service.as_(one.mother.actor))
    assert (await one.father.post("/me/monitoring", consent=mothers["id"], answer="yes")).status_code == 404
    for actor in (WORKER, DEVICE, one.father.actor):
        answer = await service.as_(actor)("PUT", f"/fhir/Consent/{mothers['id']}", mothers | {"status": "active"})
        assert answer.status_code in (403, 404, 422), actor.id
    [fathers] = await _consents(service.as_(one.father.actor))
    answer = await service.as_(WORKER)("PUT", f"/fhir/Consent/{fathers['id']}", fathers | {"status": "active"})
    assert answer.status_code == 403
    assert await one.active() == [False]


async def test_terms_that_a_person_rewrites_are_not_what_was_asked(service: Service) -> None:
    """The father cannot leave the mother out: what he writes himself is not the unit's question."""
    one = await home(service)
    await one.ask()
    [fathers] = await _consents(service.as_(one.father.actor))
    alone = fathers | {"status": "active", "extension": fathers["extension"][:1]}
    await service.as_(one.father.actor)("PUT", f"/fhir/Consent/{fathers['id']}", alone)
    assert True not in await one.active()


async def test_one_who_lives_alone_is_asked_alone_and_it_ends_by_itself(service: Service) -> None:
    one = await home(service)
    await one.ask(alone="yes", number="")
    await one.answer(one.father, "yes")
    assert await one.active() == [True]
    door = service.app.state.door
    service.app.state.door = replace(door, clock=lambda: datetime.now(UTC) + timedelta(days=91))
    try:
        assert await one.active() == [False]
    finally:
        service.app.state.door = door


async def test_other_units_and_others_learn_nothing_of_it(service: Service) -> None:
    one = await home(service)
    await one.ask()
    elsewhere = staff("lisa", NORTH, WARD, Kind.CARE_WORKER)
    assert await _consents(service.as_(elsewhere)) == []
    assert (await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Patient/{one.patient}/$monitoring")).status_code == 403
    assert (await service.as_(one.father.actor)("GET", f"/fhir/Patient/{one.patient}/$monitoring")).status_code == 403
    stranger = Pages(service, citizen(10**6))
    assert "Ingen har frågat" in await stranger.said("/me/monitoring")


@pytest.mark.parametrize(
    "change",
    [
        {"technique": "drone"},
        {"purpose": " "},
        {"data": "movement"},
        {"data": ""},
        {"days": "1"},
        {"days": "x"},
        {"start": ""},
        {"end": "22:00"},
        {"months": "12"},
        {"number": ""},
        {"number": "190001019999"},
    ],
)
async def test_more_than_is_needed_is_not_asked_for(service: Service, change: dict[str, str]) -> None:
    if "one" not in _SHARED:
        _SHARED["one"] = await home(service)
    one = _SHARED["one"]
    answer = await one.worker.post(one.path, **{**CAMERA, "number": one.number, **change})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await _consents(service.as_(one.father.actor)) == []


_SHARED: dict[str, Home] = {}


def test_every_technique_has_terms_that_are_not_wrong() -> None:
    for name, each in TECHNIQUES.items():
        times = ("22:00", "06:00") if each.timed else ("", "")
        assert wrong(Terms(name, "x", each.data, *times, each.days, "G")) == ""
        assert wrong(Terms(name, "x", each.data, *times, each.days + 1, "G")) == "days"
