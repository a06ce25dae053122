"""The short way of plain requests: what it answers is what the whole way answers, and the law and the log are the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from kedja.access.consents import block_consent
from kedja.http import edge
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, WARD_DOCTOR, Service, observation, patient, running
from tests.fhir.test_law import in_care


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database_url, tmp_path) as one:
        yield one


READS: list[tuple[str, dict[str, str]]] = [
    ("Observation/{seen}", {}),
    ("Observation/{seen}", {"Accept": "application/fhir+json"}),
    ("Observation/{seen}", {"Accept": "application/json; fhirVersion=4.0"}),
    ("Observation/{seen}", {"Accept": "application/fhir+xml"}),
    ("Observation/{seen}", {"Accept": "text/html"}),
    ("Observation/{seen}", {"Accept": "image/png"}),
    ("Observation/{seen}", {"If-None-Match": 'W/"1"'}),
    ("Observation/{seen}", {"If-None-Match": 'W/"2"'}),
    ("Observation/{seen}", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("Observation/{seen}", {"Host": "no host"}),
    ("Observation/{seen}", {"Authorization": "Bearer forged"}),
    ("Observation/{seen}", {"Authorization": "Basic abc"}),
    ("Observation/{seen}", {"Kedja-Acting-For": "nobody"}),
    ("Observation/{seen}?_pretty=true", {}),
    ("Observation/{seen}?_elements=status", {}),
    ("Observation/{large}", {"Accept-Encoding": "gzip"}),
    ("Observation/{large}", {"Accept-Encoding": "identity"}),
    ("Observation/{gone}", {}),
    ("Observation/nothing", {}),
    ("Observation/no_id", {}),
    ("Observation/", {}),
    ("Nothing/{seen}", {}),
    ("Observation/{seen}/", {}),
    ("Observation/$stats", {}),
]


SEARCHES: list[tuple[str, dict[str, str]]] = [
    ("Observation?patient={person}&code=NPU27300&date=ge2026", {}),
    ("Observation", {}),
    ("Observation?", {}),
    ("Patient?family=lind&_total=accurate", {"Accept": "application/fhir+json"}),
    ("Patient?family=lind&_count=0", {}),
    ("Patient?family=lind&_summary=count", {}),
    ("Patient?family=lind&_summary=true", {}),
    ("Patient?family=lind&_elements=name", {}),
    ("Patient?family=lind&_pretty=true", {}),
    ("Patient?family=lind&_format=xml", {}),
    ("Patient?family=lind", {"Accept": "application/fhir+xml"}),
    ("Patient?family=lind", {"Accept": "text/html"}),
    ("Patient?family=lind", {"Accept-Encoding": "gzip"}),
    ("Patient?family=lind&nothing=1", {}),
    ("Patient?family=lind&nothing=1", {"Prefer": "handling=lenient"}),
    ("Patient?family=%FF", {}),
    ("Patient?family=%00", {}),
    ("Patient?family=lind&_cursor=forged", {}),
    ("Patient?family=", {}),
    ("Patient?" + "&".join(["family=l"] * 201), {}),
    ("Patient?family=lind", {"Authorization": "Bearer forged"}),
    ("Patient?family=lind", {"Kedja-Acting-For": "nobody"}),
    ("Patient?family=lind", {"Host": "no host"}),
    ("Observation?patient={person}&_include=Observation:patient&_count=1", {}),
    ("Nothing?family=lind", {}),
    ("Observation/?patient={person}", {}),
]


_MADE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}|(?<=_cursor=)[^\"]+|\d{4}-\d\d-\d\dT[\d:.]+Z"
    r"|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
)


def _told(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """What differs from one request to the next is left out: ids, times and versions of what was made, the length of a cursor."""
    changing = {"x-request-id"} | ({"content-length"} if "_cursor=" in answer.text else set[str]())
    headers = {name: value for name, value in answer.headers.items() if name not in changing}
    return answer.status_code, {k: _MADE.sub("*", v) for k, v in headers.items()}, _MADE.sub("*", answer.text)


async def _ask_both(
    service: Service, monkeypatch: pytest.MonkeyPatch, method: str, path: str, headers: dict[str, str], body: Any = None
) -> httpx.Response:
    """The answer of the short way, once the whole way was seen to give the same."""
    doctor = service.as_(CLINIC_DOCTOR)
    short = await doctor(method, f"/fhir/{path}", body, **headers)
    with monkeypatch.context() as whole:
        whole.setattr(edge, "_plain", lambda _scope: None)
        other = await doctor(method, f"/fhir/{path}", body, **headers)
    assert _told(short) == _told(other), f"{method} {path} {headers}"
    assert short.headers["x-request-id"] != other.headers["x-request-id"]
    return short


async def test_reads_are_answered_alike_on_both_ways(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = (await doctor.create(patient()))["id"]
    note = {"note": [{"text": "å" * 2000}]}
    ids = {
        "seen": (await doctor.create(observation(person)))["id"],
        "large": (await doctor.create({**observation(person), **note}))["id"],
        "gone": (await doctor.create(observation(person)))["id"],
    }
    assert (await doctor("DELETE", f"/fhir/Observation/{ids['gone']}")).status_code == 204
    answers = [await _ask_both(service, monkeypatch, "GET", path.format(**ids), headers) for path, headers in READS]
    statuses = {answer.status_code for answer in answers}
    assert statuses >= {200, 304, 400, 401, 404, 406, 410}
    for path, headers in READS[:9]:
        await _ask_both(service, monkeypatch, "HEAD", path.format(**ids), headers)


async def test_searches_are_answered_alike_on_both_ways(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = (await doctor.create(patient()))["id"]
    for value in (1, 2, 3):
        await doctor.create(observation(person, value))
    answers = [await _ask_both(service, monkeypatch, "GET", path.format(person=person), headers) for path, headers in SEARCHES]
    assert {answer.status_code for answer in answers} >= {200, 400, 401, 404}
    assert answers[0].json()["entry"]


async def test_creates_are_answered_alike_on_both_ways(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    person = (await service.as_(CLINIC_DOCTOR).create(patient()))["id"]
    good = observation(person)
    asked: list[tuple[str, dict[str, str], Any]] = [
        ("Observation", {}, good),
        ("Observation", {"Prefer": "return=minimal"}, good),
        ("Observation", {"Prefer": "return=OperationOutcome"}, good),
        ("Observation", {"Accept": "application/fhir+xml"}, good),
        ("Observation", {"Content-Type": "application/json; charset=utf-8"}, good),
        ("Observation", {"Content-Type": "text/plain"}, good),
        ("Observation", {"Content-Type": "application/json; charset=latin-1"}, good),
        ("Observation", {"If-None-Exist": "code=nothing"}, good),
        ("Observation", {}, {**good, "status": "no"}),
        ("Observation", {}, patient()),
        ("Observation", {}, b""),
        ("Observation", {}, b"{"),
        ("Observation", {}, b'{"resourceType":"Observation","status":"final","status":"final"}'),
        ("Observation", {}, observation("nobody")),
        ("Patient", {}, patient()),
        ("Nothing", {}, good),
    ]
    statuses = {(await _ask_both(service, monkeypatch, "POST", *one)).status_code for one in asked}
    assert statuses >= {201, 400, 404, 415, 422}


async def test_each_plain_request_leaves_its_row_in_the_log(service: Service) -> None:
    doctor, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    person = (await doctor.create(patient()))["id"]
    made = await doctor("POST", "/fhir/Observation", observation(person))
    place = f"/fhir/Observation/{made.json()['id']}"
    seen, unseen = await doctor("GET", place), await ward("GET", place)
    asked = [answer.headers["x-request-id"] for answer in (made, seen, unseen)]
    text = "SELECT request, action, decision FROM access_log WHERE request = ANY ($1::text[])"
    rows = await service.database.fetch(text, asked)
    found = {row["request"]: (row["action"], row["decision"]) for row in rows}
    assert [found[request] for request in asked] == [("create", "permit"), ("read", "permit"), ("read", "deny")]


async def test_a_block_that_one_server_takes_holds_from_the_next_read_at_another(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    clinic = service.as_(CLINIC_DOCTOR)
    person = (await clinic.create(patient()))["id"]
    seen = (await clinic.create(observation(person)))["id"]
    await in_care(service.as_(WARD_DOCTOR), patient_id=person)
    me = await service.citizen(person)
    async with running(database_url, tmp_path) as other:
        ward = other.as_(WARD_DOCTOR)
        for _ in range(3):
            assert (await ward("GET", f"/fhir/Observation/{seen}")).status_code == 200
            block = await me.create(block_consent(f"Patient/{person}", NORTH, inner=True, unit=CLINIC, dated=datetime.now(UTC)))
            assert (await ward("GET", f"/fhir/Observation/{seen}")).status_code == 404
            assert (await me("PUT", f"/fhir/Consent/{block['id']}", {**block, "status": "inactive"})).status_code == 200
