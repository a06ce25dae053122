"""Referrals: they come to the unit that they are to, with a care relation, and what becomes of them comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import pytest

from kedja.identity.systems import HSA_ID
from tests.fhir.acting import about
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD,
    WARD_DOCTOR,
    Service,
    citizen,
    patient,
    running,
)
from tests.portals.pages import Pages, words_of
from tests.portals.test_edges import record_of

ASKED = {"what": "Hjärtundersökning", "reason": "Nytillkommet blåsljud", "question": "Klaffel?", "urgent": "yes"}
_TASK = re.compile(r'href="(/staff/referrals/[^"]+)"')


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        for provider, name in ((NORTH, "North"), (SOUTH, "South")):
            made = await started.system().create(_organisation(provider, name))
            for unit in (CLINIC, WARD) if provider == NORTH else (SURGERY,):
                await started.system().create(_organisation(unit, f"Unit {unit[-4:]}", f"Organization/{made['id']}"))
        yield started


def _organisation(hsa_id: str, name: str, above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Organization", "name": name, "identifier": [{"system": HSA_ID, "value": hsa_id}]}
    return found | ({"partOf": {"reference": above}} if above else {})


@dataclass
class World:
    service: Service
    id: str
    person: int
    sender: Pages
    receiver: Pages
    path: str

    def page_of(self, who: Any) -> str:
        mark = hmac(self.service.app.state.secret, f"patient:{who.id}:{self.person}".encode(), sha256).hexdigest()[:20]
        return f"/staff/patient/{self.person}-{mark}"

    async def sent(self, to: str = SURGERY) -> None:
        answer = await self.sender.post(f"{self.path}/referral", to=to, **ASKED)
        assert answer.status_code == 303, words_of(answer.text)

    async def task(self, receiver: Pages | None = None) -> str:
        found = _TASK.findall((await (receiver or self.receiver).get("/staff/referrals")).text)
        for path in found:
            if self.id in (await self.body(path)):
                return path
        raise AssertionError(found)

    async def body(self, path: str) -> str:
        found = await self.service.database.fetchval(
            "SELECT body FROM resource WHERE type = 'Task' AND id = $1", path.split("/")[-1]
        )
        return found or ""


@pytest.fixture
async def world(service: Service) -> World:
    made = await service.as_(CLINIC_DOCTOR).create(patient())
    person = await service.person_of(made["id"])
    sender, receiver = Pages(service, CLINIC_DOCTOR), Pages(service, SURGERY_DOCTOR)
    return World(service, made["id"], person, sender, receiver, record_of(service, person))


async def test_a_referral_comes_to_the_other_providers_unit_with_a_care_relation(world: World) -> None:
    theirs = world.page_of(SURGERY_DOCTOR)
    await world.service.as_(CLINIC_DOCTOR).create(about("Condition", world.id))
    assert "Fråga patienten" not in await world.receiver.said(theirs)
    await world.sent()
    said = await world.receiver.said(await world.task())
    for words in ("Hjärtundersökning", "Nytillkommet blåsljud", "Klaffel?", "Akut", "Ny", "Staff anna"):
        assert words in said, words
    record = await world.receiver.said(theirs)
    assert "Fråga patienten" in record
    assert "Hjärtundersökning" in record
    ward = Pages(world.service, WARD_DOCTOR)
    assert "Hjärtundersökning" not in await ward.said("/staff/referrals")
    assert (await ward.get(await world.task())).status_code == 404


async def test_what_becomes_of_it_comes_back_and_the_patient_sees_the_state(world: World) -> None:
    await world.sent()
    own = Pages(world.service, citizen(world.person))
    assert "Hjärtundersökning: Skickad, inte bedömd än" in await own.said("/me")
    task = await world.task()
    assert "Det är gjort" in await world.receiver.done(task, to="accepted", assigned="Dr Cia")
    assert "Dr Cia" in await world.receiver.said(task)
    await world.receiver.done(task, to="in-progress")
    refused = await world.receiver.post(task, to="completed")
    assert refused.status_code == 422
    said = await world.receiver.done(task, to="completed", words="Lindrig aortastenos, kontroll om ett år")
    assert "Lindrig aortastenos" in said
    assert "Lindrig aortastenos" in await world.sender.said("/staff/referrals")
    assert "Lindrig aortastenos" in await world.sender.said(world.path)
    assert "Lindrig aortastenos" in await own.said("/me")
    assert "Hjärtundersökning: Besvarat" in await own.said("/me")
    assert (await world.receiver.post(task, to="in-progress")).status_code == 409
    assert task in (await world.receiver.get("/staff/referrals?closed=1")).text
    assert task not in (await world.receiver.get("/staff/referrals")).text


async def test_a_refused_referral_says_why_and_its_care_relation_ends(world: World) -> None:
    await world.service.as_(CLINIC_DOCTOR).create(about("Condition", world.id))
    await world.sent()
    task = await world.task()
    kept = await world.receiver.post(task, to="rejected", words=" ")
    assert kept.status_code == 422
    await world.receiver.done(task, to="rejected", words="Hör hemma i primärvården")
    assert "Hör hemma i primärvården" in await world.sender.said("/staff/referrals")
    assert "Fråga patienten" not in await world.receiver.said(world.page_of(SURGERY_DOCTOR))


async def test_a_referral_that_lacks_something_is_not_sent_and_keeps_what_was_typed(world: World) -> None:
    answer = await world.sender.post(f"{world.path}/referral", to="SE0", what="Röntgen", reason="", question="Vad?")
    assert answer.status_code == 422
    assert 'value="Röntgen"' in answer.text
    assert "Vad?" in answer.text
    assert "Välj vilken enhet" in words_of(answer.text)


async def test_nobody_makes_up_that_a_referral_was_received_or_changes_what_was_asked(world: World) -> None:
    await world.sent()
    task = await world.task()
    cia = world.service.as_(SURGERY_DOCTOR)
    standing = (await cia("GET", f"/fhir/Task/{task.split('/')[-1]}")).json()
    made_up = {name: value for name, value in standing.items() if name not in ("id", "meta")}
    assert (await cia("POST", "/fhir/Task", made_up)).status_code == 403
    changed = standing | {"requester": {"display": "Somebody else"}, "status": "accepted"}
    assert (await cia("PUT", f"/fhir/Task/{standing['id']}", changed)).status_code == 422
    elsewhere = (await world.service.as_(CLINIC_DOCTOR).search(f"ServiceRequest?patient={world.id}"))[0]
    forged = {name: value for name, value in elsewhere.items() if name not in ("id", "meta")}
    assert (await world.service.as_(WARD_DOCTOR)("POST", "/fhir/ServiceRequest", forged)).status_code == 403
