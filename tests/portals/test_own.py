"""The person's own account: values written and sent in, shared for a time, taken along, deleted; never mixed with care's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.portals.citizen.own_values import MOST, number_of, read
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, SURGERY_DOCTOR, Service, citizen, patient, running
from tests.portals.pages import Pages, words_of

_NUMBERS = iter(("195803142388", "194004022390", "196811202388", "198801292387", "198606112392"))


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        hsa = "urn:oid:1.2.752.29.4.19"
        for id, value, more in (("north", NORTH, {}), ("clinic", CLINIC, {"partOf": {"reference": "Organization/north"}})):
            body = {"resourceType": "Organization", "id": id, "name": f"Enhet {value[-4:]}", **more}
            body["identifier"] = [{"system": hsa, "value": value}]
            assert (await started.system()("PUT", f"/fhir/Organization/{id}", body)).status_code == 201
        yield started


async def somebody(service: Service) -> tuple[str, Pages]:
    made = await service.as_(CLINIC_DOCTOR).create(patient(next(_NUMBERS)))
    return made["id"], Pages(service, citizen(await service.person_of(made["id"])))


async def kept(pages: Pages) -> list[dict[str, Any]]:
    return await pages.service.as_(pages.actor).search("Observation")


def point(id: str, value: float, day: str = "2026-05-01") -> dict[str, Any]:
    body = {"body_weight": {"value": value, "unit": "kg"}, "effective_time_frame": {"date_time": f"{day}T08:00:00Z"}}
    return {"header": {"id": id, "schema_id": {"name": "body-weight"}}, "body": body}


async def test_a_value_is_written_with_every_digit_and_is_kept_as_the_persons_own(service: Service) -> None:
    _, pages = await somebody(service)
    said = await pages.done("/me/own", kind="body-weight", value="80,50", day="2026-05-01", clock="08:15")
    assert "Värdet finns i ditt konto" in said
    assert "80,50 kg" in said
    [one] = await kept(pages)
    assert one["effectiveDateTime"] == "2026-05-01T08:15:00+02:00"
    custody = await service.database.fetchrow("SELECT regime, provider FROM resource WHERE id = $1", one["id"])
    assert custody is not None
    assert tuple(custody) == ("wellness", "")
    assert await service.as_(CLINIC_DOCTOR).search("Observation") == []
    pressure = await pages.done("/me/own", kind="blood-pressure", value="134", second="82", day="2026-05-02")
    assert "134/82" in pressure


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "body-weight", "value": "åttio", "day": "2026-05-01"},
        {"kind": "body-weight", "value": "-1", "day": "2026-05-01"},
        {"kind": "blood-pressure", "value": "134", "day": "2026-05-01"},
        {"kind": "mood", "value": "1", "day": "2026-05-01"},
        {"kind": "body-weight", "value": "80", "day": "2999-01-01"},
        {"kind": "body-weight", "value": "80", "day": "i går"},
        {},
    ],
)
async def test_what_is_wrong_with_a_value_is_told_and_nothing_is_kept(service: Service, form: dict[str, str]) -> None:
    made = await service.as_(CLINIC_DOCTOR).create(patient())
    pages = Pages(service, citizen(await service.person_of(made["id"])))
    answer = await pages.post("/me/own", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await kept(pages) == []


async def test_a_file_is_taken_in_once_however_often_it_is_sent_and_bad_values_are_told_of(service: Service) -> None:
    _, pages = await somebody(service)
    good = [point("a", 80.5), point("b", 81, "2026-05-02")]
    for number in ("2 värden", "0 värden"):
        sent = await pages.post("/me/own/upload", files={"file": ("a.json", json.dumps(good))})
        assert sent.status_code == 303, words_of(sent.text)
        assert f"{number} finns nu i ditt konto" in await pages.said(sent.headers["location"].split("#")[0])
    assert len(await kept(pages)) == 2
    mixed = "\n".join(json.dumps(each) for each in (point("c", 79), {"header": {}, "body": {"x": 1}}))
    answer = await pages.post("/me/own/upload", files={"file": ("b.ndjson", mixed)})
    assert "1 värde finns nu i ditt konto. 1 gick inte att läsa" in words_of(answer.text)
    record = '<Record type="HKQuantityTypeIdentifierBodyMass" unit="kg" value="82" startDate="{0}" endDate="{0}"/>'
    apple = f'<HealthData locale="sv_SE">{record.format("2026-05-03 08:00:00 +0200")}</HealthData>'
    assert (await pages.post("/me/own/upload", files={"file": ("export.xml", apple)})).status_code == 303
    assert len(await kept(pages)) == 4
    for wrong in ("", "hej", "<x", "[1]", "{"):
        refused = await pages.post("/me/own/upload", files={"file": ("x", wrong)})
        assert refused.status_code in (200, 422), wrong
    assert len(await kept(pages)) == 4


async def test_the_account_is_shared_for_a_time_and_only_with_the_unit(service: Service) -> None:
    _, pages = await somebody(service)
    await pages.done("/me/own", kind="heart-rate", value="62", day="2026-05-01")
    assert "Enhet 1001" in await pages.done("/me/own/share", unit=CLINIC, months="1")
    [row] = await service.database.fetch("SELECT unit, ends FROM consent WHERE person = $1", pages.actor.person)
    assert (row["unit"], (row["ends"] - datetime.now(row["ends"].tzinfo)).days in (29, 30)) == (CLINIC, True)
    assert len(await service.as_(CLINIC_DOCTOR).search("Observation?code=8867-4")) == 1
    assert await service.as_(SURGERY_DOCTOR).search("Observation?code=8867-4") == []
    assert (await pages.post("/me/own/share", unit="x", months="1")).status_code == 422


async def test_everything_is_taken_along_and_deleted_when_it_is_said_twice(service: Service) -> None:
    _, pages = await somebody(service)
    for day in ("2026-05-01", "2026-05-02"):
        await pages.done("/me/own", kind="step-count", value="7000", day=day)
    bundle = (await pages.get("/me/own/export.json")).json()
    assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == ["Observation"] * 2
    first = bundle["entry"][0]["resource"]["id"]
    _, other = await somebody(service)
    assert (await other.post("/me/own/delete", entry=f"Observation/{first}")).status_code == 404
    await pages.done("/me/own/delete", entry=f"Observation/{first}")
    assert len(await kept(pages)) == 1
    assert (await pages.post("/me/own/delete", all="yes")).status_code == 422
    assert "Det är borttaget" in await pages.done("/me/own/delete", all="yes", sure="yes")
    assert await kept(pages) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("80,50", "80.50"), ("80.5", "80.5"), (" 7 000 ", "7000"), ("1e5", None), ("", None), ("0x1", None), ("1,", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str | None) -> None:
    found = number_of(text)
    assert (None if found is None else str(found)) == number


def test_a_file_with_too_many_values_is_refused_whole() -> None:
    with pytest.raises(OutcomeError):
        read(json.dumps([point(str(n), 80) for n in range(MOST + 1)]).encode(), "195803142388")
