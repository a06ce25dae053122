"""history of one resource, of a type and of everything, under the law."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, Caller, Service, observation, patient


async def pages(caller: Caller, place: str) -> list[dict[str, Any]]:
    """Every entry, page after page."""
    found: list[dict[str, Any]] = []
    while place:
        answer = await caller("GET", place)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        assert bundle["type"] == "history"
        found += bundle.get("entry", [])
        place = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
    return found


def versions(entries: list[dict[str, Any]]) -> list[str]:
    return [f"{entry['fullUrl'].split('/fhir/')[1]} {entry['response']['etag'][3:-1]}" for entry in entries]


async def several(doctor: Caller) -> tuple[str, str]:
    """A Patient with three versions and an Observation that was made, deleted and made again."""
    person = await doctor.create(patient())
    for gender in ("male", "other"):
        await doctor("PUT", f"/fhir/Patient/{person['id']}", {**person, "gender": gender})
    seen = await doctor.create(observation(person["id"]))
    await doctor("DELETE", f"/fhir/Observation/{seen['id']}")
    await doctor("PUT", f"/fhir/Observation/{seen['id']}", seen)
    return person["id"], seen["id"]


async def test_a_history_pages_newest_first_with_deletions(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person, seen = await several(doctor)
    one = await pages(doctor, f"/fhir/Observation/{seen}/_history?_count=1")
    assert [(entry["request"]["method"], entry["response"]["status"]) for entry in one] == [
        ("PUT", "201"),
        ("DELETE", "204"),
        ("POST", "201"),
    ]
    assert ["resource" in entry for entry in one] == [True, False, True]
    of_all = [f"Observation/{seen} {n}" for n in (3, 2, 1)] + [f"Patient/{person} {n}" for n in (3, 2, 1)]
    assert versions(await pages(doctor, "/fhir/_history?_count=2")) == of_all
    assert versions(await pages(doctor, "/fhir/Patient/_history?_count=2")) == of_all[3:]
    first = (await doctor("GET", f"/fhir/Patient/{person}/_history?_count=1")).json()
    assert first["total"] == 3


async def test_a_history_begins_where_it_is_asked_to(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person, seen = await several(doctor)
    entries = await pages(doctor, f"/fhir/Patient/{person}/_history")
    second = entries[1]["resource"]["meta"]["lastUpdated"]
    for place in (f"Patient/{person}/_history", "Patient/_history"):
        assert versions(await pages(doctor, f"/fhir/{place}?_since={second}")) == versions(entries)[:2]
        assert versions(await pages(doctor, f"/fhir/{place}?_at={second}"))[-1] in versions(entries)[1:]
        assert versions(await pages(doctor, f"/fhir/{place}?_at=2001")) == []
        assert await pages(doctor, f"/fhir/{place}?_since=2999-01-01") == []
    assert versions(await pages(doctor, "/fhir/_history?_at=2999&_count=1")) == [f"Observation/{seen} 3", f"Patient/{person} 3"]


async def test_what_may_not_be_seen_is_in_no_history(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person, seen = await several(doctor)
    other = service.as_(SURGERY_DOCTOR)
    assert await pages(other, "/fhir/_history") == await pages(other, "/fhir/Observation/_history") == []
    assert (await other("GET", f"/fhir/Observation/{seen}/_history")).status_code == 404
    assert (await other("GET", "/fhir/Observation/none/_history")).status_code == 404
    me = await service.citizen(person)
    assert len(await pages(me, "/fhir/_history")) == 6


async def test_a_history_is_logged_for_each_person_in_it(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person, _ = await several(doctor)
    await doctor.create(patient())
    key = await service.person_of(person)
    await doctor("GET", "/fhir/Patient/_history?_count=2")
    rows = await service.database.fetch("SELECT person, resources, detail FROM access_log WHERE action = 'history' ORDER BY seq")
    assert [len(row["resources"]) for row in rows] == [1, 1]
    assert {row["detail"] for row in rows} == {"Patient/_history?_count=2"}
    assert key in {row["person"] for row in rows}


async def test_pages_neither_lose_nor_repeat_while_others_write(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    people = [await doctor.create(patient()) for _ in range(6)]
    before = versions(await pages(doctor, "/fhir/Patient/_history"))

    async def write() -> None:
        for person in people * 2:
            await doctor("PUT", f"/fhir/Patient/{person['id']}", {**person, "birthDate": "1950-01-01"})
            await doctor.create(patient())

    task = asyncio.create_task(write())
    found = versions(await pages(doctor, "/fhir/Patient/_history?_count=1"))
    await task
    assert len(found) == len(set(found))
    assert set(before) <= set(found)


async def test_a_history_takes_what_it_takes_and_says_so(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    await several(doctor)
    for query, told in (("_sort=id", "_sort"), ("_since=soon", "_since"), ("_count=x", "_count"), ("_count=1&_count=2", "twice")):
        answer = await doctor("GET", f"/fhir/Patient/_history?{query}")
        assert (answer.status_code, told in answer.json()["issue"][0]["diagnostics"]) == (400, True)
    first = (await doctor("GET", "/fhir/Patient/_history?_count=1")).json()
    cursor = first["link"][1]["url"].split("_cursor=")[1]
    assert (await doctor("GET", f"/fhir/Patient/_history?_count=2&_cursor={cursor}")).status_code == 400
    assert (await service.as_(SURGERY_DOCTOR)("GET", f"/fhir/Patient/_history?_count=1&_cursor={cursor}")).status_code == 400
