"""Contacts and bookings: a free time is one person's, moved and cancelled in time; the unit publishes, closes and calls off."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson
from kedja.access.actor import Actor, Kind, acting
from kedja.access.instants import text_of
from kedja.access.mandate import Matter
from kedja.access.mandates import mandate
from kedja.care import times
from kedja.gate import booked, booking
from kedja.identity.systems import PERSONNUMMER
from kedja.portals.shared.calendar import event
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, SURGERY_DOCTOR, WARD_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages, words_of

ZONE = ZoneInfo("Europe/Stockholm")
_NUMBERS = iter(("195803142388", "194004022390", "196811202388", "198801292387", "198606112392"))


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def somebody(service: Service, number: str = "") -> tuple[str, Pages]:
    made = await service.as_(CLINIC_DOCTOR).create(patient(number) | {"birthDate": "1958-03-14"})
    return made["id"], Pages(service, citizen(await service.person_of(made["id"])))


async def published(
    service: Service, doctor: Actor = CLINIC_DOCTOR, *, days: int = 30, hours: int = 24, what: str = "Besök"
) -> str:
    """Four times of half an hour; the id of the kind of visit."""
    day = (datetime.now(ZONE) + timedelta(days=days)).date().isoformat()
    staff = Pages(service, doctor)
    form = {"what": what, "day": day, "start": "09:00", "end": "11:00", "minutes": "30", "hours": str(hours)}
    assert "4 tider är utlagda" in await staff.done("/staff/times", **form)
    found = await service.as_(doctor).search("Schedule")
    return next(each["id"] for each in found if each["serviceType"][0]["text"] == what)


async def slots(service: Service, schedule: str) -> list[dict[str, Any]]:
    return await service.as_(CLINIC_DOCTOR).search(f"Slot?schedule=Schedule/{schedule}&_sort=start")


async def mine(pages: Pages) -> list[dict[str, Any]]:
    return await pages.service.as_(pages.actor).search("Appointment")


async def test_a_time_is_found_booked_moved_and_cancelled(service: Service) -> None:
    kind = await published(service, what="Årskontroll")
    _, pages = await somebody(service)
    assert "Årskontroll" in await pages.said("/me/contacts/new")
    offered = await pages.get(f"/me/contacts/new?kind={kind}")
    first, second, *_ = re.findall(r'name="slot" value="([^"]+)"', offered.text)
    said = await pages.done("/me/contacts/new", kind=kind, slot=first, words="Det gäller   knät")
    assert "Tiden är bokad" in said
    assert "Det gäller knät" in said
    [one] = await mine(pages)
    assert validate(exactjson.loads(exactjson.dumps(one)), expect_type="Appointment") == []
    assert [each["status"] for each in await slots(service, kind)] == ["busy", "free", "free", "free"]
    assert all(validate(exactjson.loads(exactjson.dumps(each)), expect_type="Slot") == [] for each in await slots(service, kind))

    assert "Tiden är flyttad" in await pages.done(f"/me/contacts/{one['id']}/move", kind=kind, slot=second)
    assert [each["status"] for each in await slots(service, kind)] == ["free", "busy", "free", "free"]
    [moved] = await mine(pages)
    assert moved["start"] == (await slots(service, kind))[1]["start"]
    assert "Avboka" in await pages.said(f"/me/contacts/{one['id']}/cancel")
    assert "Tiden är avbokad" in await pages.done(f"/me/contacts/{one['id']}/cancel")
    assert {each["status"] for each in await slots(service, kind)} == {"free"}
    assert (await mine(pages))[0]["status"] == "cancelled"
    assert (await pages.post(f"/me/contacts/{one['id']}/cancel")).status_code == 409


async def test_of_many_who_want_one_time_at_once_one_gets_it_and_the_others_are_offered_the_nearest(service: Service) -> None:
    kind = await published(service, what="Vaccination")
    wanted = (await slots(service, kind))[1]["id"]
    many = [(await somebody(service))[1] for _ in range(8)]
    for pages in many:
        await pages.get("/me/contacts")  # so that each has a session before they start
    answers = await asyncio.gather(*(pages.post("/me/contacts/new", kind=kind, slot=wanted, words="x y") for pages in many))
    assert sorted(answer.status_code for answer in answers) == [303, *[409] * 7]
    kept = "SELECT count(*) FROM resource WHERE type = 'Appointment' AND body LIKE '%' || $1 || '%'"
    assert await service.database.fetchval(kept, wanted) == 1
    lost = next(answer for answer in answers if answer.status_code == 409)
    said = words_of(lost.text)
    assert "är inte ledig längre" in said
    assert "närmaste" in said
    near = set(re.findall(r'name="slot" value="([^"]+)"', lost.text))
    assert near == {each["id"] for each in await slots(service, kind) if each["status"] == "free"}
    assert "x y" in lost.text


async def test_one_person_who_asks_twice_at_once_has_no_more_than_they_may_and_two_moves_do_not_meet(service: Service) -> None:
    kind = await published(service, what="Provtagning")
    ids = [each["id"] for each in await slots(service, kind)]
    _, pages = await somebody(service)
    await pages.get("/me/contacts")
    answers = await asyncio.gather(*(pages.post("/me/contacts/new", kind=kind, slot=id) for id in ids))
    assert sorted(answer.status_code for answer in answers) == [303] * booking.MOST + [409]
    free = next(each["id"] for each in await slots(service, kind) if each["status"] == "free")
    first, second, _ = await mine(pages)
    moves = await asyncio.gather(*(pages.post(f"/me/contacts/{one['id']}/move", kind=kind, slot=free) for one in (first, second)))
    assert sorted(answer.status_code for answer in moves) == [303, 409]
    states = [each["status"] for each in await slots(service, kind)]
    assert (states.count("busy"), states.count("free")) == (3, 1)


async def test_after_the_units_latest_time_nothing_is_changed_here(service: Service) -> None:
    kind = await published(service, days=1, hours=48, what="Akut tid")
    first, second, *_ = [each["id"] for each in await slots(service, kind)]
    _, pages = await somebody(service)
    assert "för sent" in await pages.done("/me/contacts/new", kind=kind, slot=first)
    [one] = await mine(pages)
    for answer in (
        await pages.post(f"/me/contacts/{one['id']}/cancel"),
        await pages.post(f"/me/contacts/{one['id']}/move", slot=second),
    ):
        assert answer.status_code == 409
        assert "Ring enheten" in words_of(answer.text)
    assert (await mine(pages))[0]["status"] == "booked"


async def test_a_booked_time_is_a_care_relation_from_when_it_begins_and_none_once_it_is_cancelled(service: Service) -> None:
    kind = await published(service, WARD_DOCTOR, what="Mottagning")
    _, pages = await somebody(service)
    slot = (await slots(service, kind))[0]
    await pages.done("/me/contacts/new", kind=kind, slot=slot["id"])
    asked = "SELECT unit, starts, ends FROM care_relation WHERE person = $1 AND unit = $2"
    unit = WARD_DOCTOR.assignment.unit if WARD_DOCTOR.assignment else ""
    [row] = await service.database.fetch(asked, pages.actor.person, unit)
    assert row["starts"] == datetime.fromisoformat(slot["start"])
    assert row["ends"] == datetime.fromisoformat(slot["end"]) + timedelta(days=365)
    [one] = await mine(pages)
    await pages.done(f"/me/contacts/{one['id']}/cancel")
    assert await service.database.fetch(asked, pages.actor.person, unit) == []


async def test_what_is_not_theirs_is_not_there_and_what_is_wrong_is_told(service: Service) -> None:
    kind = await published(service, what="Samtal")
    slot, other, *_ = [each["id"] for each in await slots(service, kind)]
    _, pages = await somebody(service)
    _, stranger = await somebody(service)
    await pages.done("/me/contacts/new", kind=kind, slot=slot)
    [one] = await mine(pages)
    for path in (f"/me/contacts/{one['id']}/cancel", f"/me/contacts/{one['id']}/move"):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(path, slot=other)).status_code == 404
    assert (await stranger.get(f"/me/contacts/{one['id']}/calendar.ics")).status_code == 404
    assert await service.as_(stranger.actor).search("Appointment") == []
    assert await service.as_(SURGERY_DOCTOR).search("Appointment") == []
    unchosen = await pages.post("/me/contacts/new", kind=kind, words="Kvar")
    assert unchosen.status_code == 422
    assert "Kvar" in unchosen.text
    assert (await pages.post("/me/contacts/new", kind=kind, slot="finns-inte")).status_code == 404
    south = await published(service, SURGERY_DOCTOR, what="Annan vårdgivare")
    away = await pages.post(f"/me/contacts/{one['id']}/move", kind=south, slot=(await slots(service, south))[0]["id"])
    assert away.status_code == 422


async def test_a_proxy_books_with_a_mandate_for_visits_and_with_no_other(service: Service) -> None:
    kind = await published(service, what="Ombud")
    ids = [each["id"] for each in await slots(service, kind)]
    id, pages = await somebody(service)
    number = next(_NUMBERS)
    _, proxy = await somebody(service, number)
    for matters, status in ((Matter.MEDICINES, 403), (Matter.VISITS, 303)):
        now = datetime.now(UTC)
        given_ = mandate(
            f"Patient/{id}", (PERSONNUMMER, number), matters, dated=now, starts=now, ends=now + timedelta(days=9), name="O"
        )
        await service.as_(pages.actor).create(given_)
        as_proxy = Pages(service, acting(proxy.actor, Kind.PROXY, pages.actor.person, "Astrid"))
        assert (await as_proxy.post("/me/contacts/new", kind=kind, slot=ids[0])).status_code == status
    [one] = await mine(pages)
    assert "Boka om" in await as_proxy.said("/me/contacts")
    assert f"UID:{one['id']}@kedja" in (await as_proxy.get(f"/me/contacts/{one['id']}/calendar.ics")).text


async def test_the_unit_sees_who_is_booked_closes_times_and_calls_off_with_a_reason_that_the_person_is_told(
    service: Service,
) -> None:
    kind = await published(service, days=20, what="Läkarbesök")
    first, second, *_ = await slots(service, kind)
    _, pages = await somebody(service)
    await pages.done("/me/contacts/new", kind=kind, slot=first["id"], words="Ont i knät")
    staff, day = Pages(service, CLINIC_DOCTOR), first["start"][:10]
    said = await staff.said(f"/staff/times?from={day}")
    assert "Astrid Lindqvist" in said
    assert "Ont i knät" in said
    assert "1 tid är stängd" in await staff.done("/staff/times/close", slot=second["id"], **{"from": day})
    assert "Astrid" not in await Pages(service, WARD_DOCTOR).said(f"/staff/times?from={day}")
    [one] = await mine(pages)
    assert (await Pages(service, WARD_DOCTOR).post("/staff/times/off", booking=one["id"], why="x")).status_code in (403, 404)
    assert (await staff.post("/staff/times/off", booking=one["id"], why=" ")).status_code == 422
    assert "Besöket är inställt" in await staff.done(
        "/staff/times/off", booking=one["id"], why="Läkaren är sjuk", **{"from": day}
    )
    assert (await staff.post("/staff/times/off", booking=one["id"], why="igen")).status_code == 409
    states = [each["status"] for each in await slots(service, kind)]
    assert states == ["busy-unavailable", "busy-unavailable", "free", "free"]
    notices = await pages.said("/me/notices")
    assert "Ett besök är inställt" in notices
    assert "Läkaren är sjuk" in notices
    assert "Läkaren är sjuk" in await pages.said("/me/contacts")
    looked = "SELECT count(*) FROM access_log WHERE person = $1 AND action = 'search' AND resources @> ARRAY[$2]"
    assert await service.database.fetchval(looked, pages.actor.person, f"Appointment/{one['id']}") not in (None, 0)


@pytest.mark.parametrize(
    "change",
    [{"what": ""}, {"day": "2020-01-01"}, {"end": "08:00"}, {"minutes": "7"}, {"hours": "x"}, {"start": "hej"}],
)
async def test_times_that_cannot_be_are_told_of_and_none_is_published(service: Service, change: dict[str, str]) -> None:
    day = (datetime.now(ZONE) + timedelta(days=40)).date().isoformat()
    form = {"what": "Fel", "day": day, "start": "09:00", "end": "10:00", "minutes": "30", "hours": "24"} | change
    answer = await Pages(service, CLINIC_DOCTOR).post("/staff/times", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not [each for each in await service.as_(CLINIC_DOCTOR).search("Schedule") if each["serviceType"][0]["text"] == "Fel"]


async def test_the_same_times_are_not_published_twice(service: Service) -> None:
    await published(service, what="Dubbelt")
    day = (datetime.now(ZONE) + timedelta(days=30)).date().isoformat()
    form = {"what": "Dubbelt", "day": day, "start": "10:15", "end": "12:15", "minutes": "30", "hours": "24"}
    assert (await Pages(service, CLINIC_DOCTOR).post("/staff/times", **form)).status_code == 422


async def test_each_is_reminded_once_of_what_is_near_and_of_nothing_else(service: Service) -> None:
    near, far = await published(service, days=1, hours=0, what="Snart"), await published(service, days=5, what="Senare")
    _, pages = await somebody(service)
    for kind in (near, far):
        await pages.done("/me/contacts/new", kind=kind, slot=(await slots(service, kind))[0]["id"])
    door = service.app.state.door
    assert await booked.remind(door) >= 1
    assert await booked.remind(door) == 0
    said = await pages.said("/me/notices")
    assert said.count("Påminnelse om bokad tid") == 1
    assert "Snart" in said
    assert "Senare" not in said
    later = replace(door, clock=lambda: datetime.now(UTC) + timedelta(days=4))
    assert await booked.remind(later) == 1


async def test_nobody_writes_a_unit_times_but_the_unit(service: Service) -> None:
    kind = await published(service, what="Vems")
    slot = (await slots(service, kind))[0]
    _, pages = await somebody(service)
    for actor in (pages.actor, WARD_DOCTOR, SURGERY_DOCTOR):
        answer = await service.as_(actor)("PUT", f"/fhir/Slot/{slot['id']}", slot | {"status": "busy"})
        assert answer.status_code in (403, 404), actor.name
    assert (await slots(service, kind))[0]["status"] == "free"


def test_times_are_half_hours_across_the_change_of_the_clock() -> None:
    night = datetime(2026, 10, 25, tzinfo=ZONE)
    made = list(times.slots("s", "x", night.replace(hour=1), night.replace(hour=4), 30))
    assert len(made) == 8  # three hours by the clock, four of time
    starts = [datetime.fromisoformat(each["start"]) for each in made]
    assert {later - earlier for earlier, later in itertools.pairwise(starts)} == {timedelta(minutes=30)}


@given(st.text(), st.text())
def test_a_calendar_file_has_short_lines_that_unfold_to_what_was_said(title: str, where: str) -> None:
    at = datetime(2026, 5, 4, 7, tzinfo=UTC)
    file = event("id", at, at + timedelta(minutes=30), title, where, at)
    lines = file.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert file.endswith(b"END:VCALENDAR\r\n")
    whole = file.replace(b"\r\n ", b"").decode()
    assert "DTSTART:20260504T070000Z" in whole
    assert text_of(at) == "2026-05-04T07:00:00Z"
    said = next(line for line in whole.split("\r\n") if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    unescaped = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], said, flags=re.S)
    assert unescaped == title.replace("\r", "")
