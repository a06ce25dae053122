"""The log extract: who, when, what, why and on which authority, for the person alone; as FHIR, JSON and PDF."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest

from kedja.portals.citizen.extract import document
from kedja.portals.shared import readings
from kedja.portals.shared.language import language
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, WARD_DOCTOR, Service
from tests.fhir.test_obligations import REASON, opening, record


async def history(service: Service) -> str:
    """A person whose record was written, read, opened in an emergency and looked for in vain; the id of their Patient."""
    id, surgery = await record(service)
    result = (await service.as_(CLINIC_DOCTOR).search(f"Observation?patient={id}"))[0]
    assert (await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Observation/{result['id']}")).status_code == 200
    await opening(surgery, id)
    refused = await service.as_(WARD_DOCTOR)("PUT", f"/fhir/Observation/{result['id']}", result | {"status": "amended"})
    assert refused.status_code in (403, 404)
    return id


async def extract(service: Service, id: str, query: str) -> dict[str, Any]:
    answer = await (await service.citizen(id))("GET", f"/audit/extract?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_extract_says_who_when_what_why_and_on_which_authority(service: Service):
    id = await history(service)
    entries = (await extract(service, id, "format=json"))["entries"]
    (opened,) = [each for each in entries if each["activityType"] == "Nödöppning"]
    assert opened["user"]["name"] == "Staff cia" and opened["user"]["unit"]["name"] == "Unit 2001"
    assert (opened["reason"], opened["purpose"], opened["permitted"]) == (REASON, "Vård och behandling", True)
    read = next(each for each in entries if each["action"] == "read" and each["permitted"])
    assert {rule["rule"] for rule in read["authority"]} == {"I-1"} and "2008:355" in read["authority"][0]["citation"]
    assert read["resources"][0]["provider"] == "SE2399999999-0001" and read["resources"][0]["unit"] == "SE2399999999-1001"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", read["startDate"]) and read["logId"].isdecimal()


async def test_denied_attempts_are_in_it(service: Service):
    id = await history(service)
    denied = [each for each in (await extract(service, id, "format=json"))["entries"] if not each["permitted"]]
    assert denied and all(each["user"]["name"] == "Staff bo" for each in denied)
    events = [entry["resource"] for entry in (await extract(service, id, "format=fhir"))["entry"]]
    assert sum(event["outcome"] == "4" for event in events) == len(denied)


async def test_as_fhir_it_is_valid_audit_events_with_the_reason(service: Service):
    id = await history(service)
    bundle = await extract(service, id, "")
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    assert [issue for issue in validate(bundle) if issue.severity in ("error", "fatal")] == []
    assert [{"text": REASON}] in [entry["resource"].get("purposeOfEvent") for entry in bundle["entry"]]


async def test_it_is_given_page_by_page_and_within_dates(service: Service):
    id = await history(service)
    whole = (await extract(service, id, "format=json"))["entries"]
    first = await extract(service, id, "format=json&count=2")
    assert len(first["entries"]) == 2
    rest = await extract(service, id, "format=json&" + first["next"].partition("?")[2])
    assert rest["entries"][0]["logId"] < first["entries"][-1]["logId"]
    assert (await extract(service, id, "format=json&until=2020-01-01"))["entries"] == []
    today = await extract(service, id, "format=json&from=2020-01-01")
    assert len(today["entries"]) > len(whole)  # asking for it is in it too


async def test_nobody_else_gets_it_and_the_attempt_is_logged(service: Service):
    id = await history(service)
    other = (await service.as_(SURGERY_DOCTOR).create({"resourceType": "Patient", "name": [{"family": "Other"}]}))["id"]
    assert (await service.as_(CLINIC_DOCTOR)("GET", "/audit/extract")).status_code == 403
    assert (await service.http.get("/audit/extract")).status_code == 401
    entries = (await extract(service, other, "format=json"))["entries"]
    assert REASON not in str(entries) and id not in str(entries)


@pytest.mark.parametrize("query", ["format=xml", "count=0", "before=x", "from=yesterday"])
async def test_it_refuses_what_it_does_not_understand(service: Service, query: str):
    id = await history(service)
    assert (await (await service.citizen(id))("GET", f"/audit/extract?{query}")).status_code == 400


async def test_that_it_was_taken_is_in_the_log_once(service: Service):
    id = await history(service)
    await extract(service, id, "format=json")
    person = await service.person_of(id)
    count = await service.database.fetchval(
        "SELECT count(*) FROM access_log WHERE person = $1 AND action = 'log' AND detail = 'extract' AND rules = '{P-5}'", person
    )
    assert count == 1


# As PDF


def row(**more: Any) -> dict[str, Any]:
    from datetime import UTC, datetime

    return {
        "seq": 1, "at": datetime(2026, 3, 2, 11, 1, tzinfo=UTC), "action": "read", "decision": "permit", "rules": ["I-1"],
        "resources": ["Observation/1"], "detail": "", "actor": "a", "kind": "professional", "name": "Åsa Öberg-Łuczak",
        "title": "Läkare", "purpose": "care", "provider": "P", "provider_name": "Regionen", "unit": "U", "unit_name": "Ekbacken",
    } | more  # fmt: skip


def words_of(pdf: bytes) -> str:
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    shown: list[bytes] = []
    for stream in streams:
        try:
            shown += re.findall(rb"\((.*?)\) Tj", zlib.decompress(stream), re.S)
        except zlib.error:
            continue
    return " ".join(text.decode("cp1252") for text in shown)


@pytest.mark.parametrize(("code", "title", "refused"), [("sv", "Loggutdrag", "Nekat"), ("en", "Log extract", "Refused")])
def test_the_pdf_has_its_language_a_title_headings_and_all_that_was_done(code: str, title: str, refused: str):
    words = language(code)
    rows = [row(), row(seq=2, decision="deny", rules=[], actor="b", name="Bo Ek")]
    pdf = document(readings.lines(rows, {}, words), words, "Astrid Lindqvist", cut=False)
    shown = words_of(pdf)
    assert title in shown and refused in shown
    assert "12:01" in shown and "Öberg-" in shown and "Ekbacken" in shown and "2008:355" in shown
    assert b"/Lang" in pdf and b"/Title" in pdf and b"/Outlines" in pdf


def test_a_long_log_becomes_a_pdf_of_many_pages():
    words = language("sv")
    rows = [row(seq=n, actor=f"a{n}") for n in range(400)]
    pdf = document(readings.lines(rows, {}, words), words, "Astrid", cut=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") > 5 or pdf.count(b"/Type /Page") > 6
