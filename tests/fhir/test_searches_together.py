"""Searches that are in flight at once share a statement, and each gets its own right answer and its own row in the log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from kedja.access.consents import block_consent
from kedja.store.pool import Settled
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SURGERY_DOCTOR,
    WARD_DOCTOR,
    Caller,
    Service,
    observation,
    patient,
    running,
)
from tests.fhir.test_law import in_care

_MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}|_cursor=[^\"]*")
Asked = tuple[Caller, str]


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database_url, tmp_path) as one:
        yield one


async def _asked(service: Service) -> list[Asked]:
    """Searches of a few shapes by three doctors, of whom two see most of it."""
    clinic, ward, surgery = (service.as_(actor) for actor in (CLINIC_DOCTOR, WARD_DOCTOR, SURGERY_DOCTOR))
    ids = [(await clinic.create(patient(family=family)))["id"] for family in ("Ahlgren", "Ahl", "Zetterlund")]
    for number, id in enumerate(ids):
        for value in range(number * 8):
            await clinic.create(observation(id, 40 + value, f"2026-05-{value + 1:02}"))
    await in_care(ward, patient_id=ids[2])
    paths = [f"Patient?family={family}" for family in ("ahl", "zett", "nobody")]
    for id in (*ids, "nothing"):
        about = f"Observation?patient={id}&code=NPU27300&date=ge2026-05-04"
        paths += [about, f"{about}&_include=Observation:patient", f"Observation?patient={id}&_sort=-date&_count=5"]
    paths += [f"Observation?patient.family={family}&code=NPU27300" for family in ("ahl", "zett")]
    return [(who, path) for who in (clinic, ward, surgery) for path in paths * 2]


def _told(answer: httpx.Response) -> tuple[int, str, list[str]]:
    body = answer.json()
    ids = [entry["resource"].get("id", "") for entry in body.get("entry", [])]
    return answer.status_code, _MADE.sub("*", answer.text), ids


async def _logged(service: Service, answers: Sequence[httpx.Response]) -> list[list[tuple[Any, ...]]]:
    """What each request left in the log."""
    text = "SELECT person, actor, action, decision, rules, resources, detail FROM access_log WHERE request = $1 ORDER BY person"
    return [[tuple(row) for row in await service.database.fetch(text, one.headers["x-request-id"])] for one in answers]


async def _both(service: Service, asked: Sequence[Asked]) -> None:
    """One by one and all at once: the same answers, the same log."""
    alone = [await who("GET", f"/fhir/{path}") for who, path in asked]
    together = await asyncio.gather(*(who("GET", f"/fhir/{path}") for who, path in asked))
    for (_, path), one, other in zip(asked, alone, together):
        assert _told(one) == _told(other), path
    logged = await _logged(service, alone)
    assert logged == await _logged(service, together)
    assert all(logged)


def _watched(monkeypatch: pytest.MonkeyPatch, fails: bool = False) -> list[int]:
    """How many searches each shared statement was of, as they come; they fail where asked to."""
    sizes: list[int] = []
    real = Settled.fetch

    async def fetch(self: Settled, text: str, args: Sequence[Any]) -> Any:
        if text.startswith("WITH asked AS"):
            sizes.append(len(args[0]))
            if fails:
                raise RuntimeError("thrown by the test")
        return await real(self, text, args)

    monkeypatch.setattr(Settled, "fetch", fetch)
    return sizes


async def test_searches_at_once_find_and_log_what_each_does_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await _asked(service)
    sizes = _watched(monkeypatch)
    await _both(service, asked)
    assert max(sizes) > 2, "they were asked together"


async def test_where_they_fail_together_each_is_asked_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await _asked(service)
    assert _watched(monkeypatch, fails=True) == []
    await _both(service, asked[:20])


async def test_a_block_holds_for_all_that_are_asked_at_once_after_it(service: Service) -> None:
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    id = (await clinic.create(patient()))["id"]
    await clinic.create(observation(id))
    await in_care(ward, patient_id=id)
    me = await service.citizen(id)
    path = f"Observation?patient={id}"

    async def found() -> set[int]:
        return {len(one) for one in await asyncio.gather(*(ward.search(path) for _ in range(12)))}

    assert await found() == {1}
    block = await me.create(block_consent(f"Patient/{id}", NORTH, inner=True, unit=CLINIC, dated=datetime.now(UTC)))
    assert await found() == {0}
    assert (await me("PUT", f"/fhir/Consent/{block['id']}", {**block, "status": "inactive"})).status_code == 200
    assert await found() == {1}
    rows = await service.database.fetchval("SELECT count(*) FROM access_log WHERE action = 'search' AND detail = $1", path)
    assert rows == 36, "each search left one row"
