"""Pages at their edges: names of one part and of 130 letters, leap days, changed clocks, a person without data, 500 medicines."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kedja.access.actor import Actor, Kind
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, observation, patient, running
from tests.sessions import cookie, signed_in

LONG = "Åström-Öberg " * 10  # 130 letters
NUMBERS = {"one part": "195803142388", "long": "196811202388", "leap": "199001012385", "much": "195009072397"}
PERSONAL = ("/me", "/me/results", "/me/medicines", "/me/log", "/me/blocks", "/me/acting", "/me/notices", "/sessions")


class Pages:
    """The pages as somebody who is signed in sees them, in a language."""

    def __init__(self, service: Service, actor: Actor, session: str) -> None:
        self.service, self.actor, self.session = service, actor, session

    async def text(self, path: str, language: str = "sv") -> str:
        self.service.http.cookies.clear()
        answer = await self.service.http.get(path, headers=cookie(self.session) | {"Accept-Language": language})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-2000:])
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def pages(service: Service, actor: Actor) -> Pages:
    return Pages(service, actor, await signed_in(service.app, actor))


async def known(service: Service, who: str, resource: dict[str, Any], *entries: dict[str, Any]) -> Pages:
    """The pages of a person with this Patient, who has these entries."""
    doctor = service.as_(CLINIC_DOCTOR)
    made = await doctor.create(patient(NUMBERS[who]) | resource)
    subject = {"reference": f"Patient/{made['id']}"}
    requests = [
        {"resource": each | {"subject": subject}, "request": {"method": "POST", "url": each["resourceType"]}} for each in entries
    ]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": requests}
    answer = await doctor("POST", "/fhir", json.dumps(bundle).encode())
    assert {entry["response"]["status"][:3] for entry in answer.json()["entry"]} <= {"201"}, answer.text[:500]
    found = citizen(await service.person_of(made["id"]))
    return await pages(service, Actor(found.id, Kind.CITIZEN, resource["name"][0].get("text", "Astrid"), person=found.person))


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("one part", {"text": "Ö"}),
        ("long", {"text": f"Åsa {LONG}", "family": LONG, "given": ["Åsa"]}),
    ],
)
async def test_a_name_of_one_letter_and_one_of_130_are_shown_whole(service: Service, who: str, name: dict[str, Any]) -> None:
    opened = await known(service, who, {"name": [name]}, observation("x"))
    for path in PERSONAL:
        for language in ("sv", "en"):
            assert " ".join(name["text"].split()) in await opened.text(path, language), path


async def test_a_person_of_whom_nothing_is_known_sees_pages_that_say_so(service: Service) -> None:
    opened = await pages(service, Actor("person:999999", Kind.CITIZEN, "Nils", person=999_999))
    for path in PERSONAL:
        assert "Nils" in await opened.text(path), path


async def test_days_are_swedish_days_on_leap_days_and_when_clocks_change(service: Service) -> None:
    moments = {
        "2024-02-28T23:30:00Z": "29 feb",  # already the leap day in Sweden
        "2026-03-29T00:59:00Z": "29 mars",
        "2026-03-29T01:00:00Z": "29 mars",  # there is no two o'clock
        "2025-10-26T00:30:00Z": "26 okt",
        "2025-10-26T01:30:00Z": "26 okt",  # for the second time
        "2025-12-31T23:00:00Z": "1 jan",
    }
    entries = [observation("x", 40 + place, moment) for place, moment in enumerate(moments)]
    opened = await known(service, "leap", {"name": [{"text": "Lea"}], "birthDate": "2000-02-29"}, *entries)
    told = await opened.text("/me/results/NPU27300")
    for place, day in enumerate(moments.values()):
        assert re.search(rf"{day}[^|]{{0,40}}\b{40 + place}\b", told), (day, told)


async def test_500_medicines_are_all_on_the_page(service: Service) -> None:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-05-04"}
    medicines = [order | {"medicationCodeableConcept": {"text": f"Läkemedel {place}"}} for place in range(500)]
    opened = await known(service, "much", {"name": [{"text": "Mia"}]}, *medicines)
    told = await opened.text("/me/medicines")
    assert "Läkemedel 0" in told
    assert "Läkemedel 499" in told
    await opened.text("/me")
