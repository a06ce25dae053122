"""Pages at the edges of what a record can be, and how many statements a page takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import pytest
from asyncpg.connection import Connection

from tests.fhir.acting import about
from tests.fhir.service import CLINIC_DOCTOR, Service, citizen, observation, patient, running
from tests.portals.pages import Pages, words_of

LONG = "von " + "Hohenlohe-" * 12 + "Berghem"  # 131 characters
_MOST = 10
_PERSONS = ("/me", "/me/results", "/me/medicines", "/me/log", "/me/blocks", "/me/control", "/me/own", "/me/preview")


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service, family: str = "Lindqvist") -> tuple[str, int]:
    made = await service.as_(CLINIC_DOCTOR).create(patient(family=family))
    return made["id"], await service.person_of(made["id"])


def record_of(service: Service, person: int) -> str:
    """The address of a patient's record, for the clinic's doctor."""
    mark = hmac(service.app.state.secret, f"patient:{CLINIC_DOCTOR.id}:{person}".encode(), sha256).hexdigest()[:20]
    return f"/staff/patient/{person}-{mark}"


_ASKED: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements go to `_ASKED` of who asks: what runs in the background, as the sealing of the log, has none."""
    run: Any = getattr(Connection, "_execute")  # noqa: B009 - every statement goes through it

    async def counted(self: Any, query: str, *args: Any, **more: Any) -> Any:
        if (asked := _ASKED.get()) is not None:
            asked.append(query)
        return await run(self, query, *args, **more)

    monkeypatch.setattr(Connection, "_execute", counted)


@pytest.mark.usefixtures("counting")
async def test_no_page_takes_over_ten_statements_however_much_there_is(service: Service) -> None:
    id, person = await somebody(service)
    for n in range(12):
        await service.as_(CLINIC_DOCTOR).create(observation(id, n + 40, f"2025-0{n % 9 + 1}-11"))
    pages, doctor = Pages(service, citizen(person)), Pages(service, CLINIC_DOCTOR)
    await pages.get("/me")
    asked = {path: (pages, path) for path in _PERSONS}
    asked |= {"overview": (doctor, record_of(service, person)), "critical": (doctor, record_of(service, person) + "/critical")}
    await doctor.get(record_of(service, person))
    for name, (visitor, path) in asked.items():
        statements: list[str] = []
        token = _ASKED.set(statements)
        assert (await visitor.get(path)).status_code == 200
        _ASKED.reset(token)
        assert 0 < len(statements) <= _MOST, (name, [each.split("\n")[0][:80] for each in statements])


async def test_a_person_without_anything_and_with_a_long_name_gets_every_page(service: Service) -> None:
    _, person = await somebody(service, LONG)
    pages = Pages(service, citizen(person), "en")
    for path in (*_PERSONS, "/me?q=x&kind=notes", "/me/notices", "/me/acting"):
        assert (await pages.get(path)).status_code == 200, path
    assert "Nothing here yet" in await pages.said("/me")
    assert LONG in await Pages(service, CLINIC_DOCTOR).said(record_of(service, person))


async def test_five_hundred_medicines_are_told_and_merged(service: Service) -> None:
    id, person = await somebody(service)
    entries = [
        {"resource": about("MedicationRequest", id, authoredOn=f"2026-0{n % 5 + 1}-01", medicationCodeableConcept=_medicine(n))}
        | {"request": {"method": "POST", "url": "MedicationRequest"}}
        for n in range(500)
    ]
    sent = await service.as_(CLINIC_DOCTOR)("POST", "/fhir", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert sent.status_code == 200
    assert "Läkemedel 249" in await Pages(service, citizen(person)).said("/me/medicines")
    told = await Pages(service, CLINIC_DOCTOR).get(record_of(service, person))
    assert "Läkemedel 249" in words_of(told.text)
    assert words_of(told.text).count("Läkemedel 7 ") <= 2, "the same substance twice is one medicine"


def _medicine(n: int) -> dict[str, Any]:
    return {"text": f"Läkemedel {n % 250}", "coding": [{"system": "http://www.whocc.no/atc", "code": f"A10BA{n % 250:03}"}]}
