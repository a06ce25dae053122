"""What a person holds to be wrong is noted beside it; nothing of a record is erased on request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fhir.acting import about, acting, born, family, old_man
from tests.fhir.service import SURGERY_DOCTOR, WARD_DOCTOR, Caller, Service


async def contest(caller: Caller, entry: str, text: str = "Jag har aldrig haft astma", **headers: str) -> Any:
    parameters = [{"name": "entry", "valueString": entry}, {"name": "text", "valueString": text}]
    body = {"resourceType": "Parameters", "parameter": [one for one in parameters if one["valueString"]]}
    return await caller("POST", "/fhir/Patient/$contest", body, **headers)


async def test_the_words_stand_beside_the_entry_at_its_unit_and_the_entry_is_as_it_was(service: Service) -> None:
    old = await old_man(service)
    (entry,) = await old.himself.search("Condition")
    answer = await contest(old.himself, f"Condition/{entry['id']}")
    assert answer.status_code == 200, answer.text
    (note,) = await old.clinic.search(f"Communication?subject=Patient/{old.patient}")
    assert note["about"] == [{"reference": f"Condition/{entry['id']}"}]
    assert note["payload"] == [{"contentString": "Jag har aldrig haft astma"}]
    assert await old.himself.search("Condition") == [entry]
    assert [one["id"] for one in await old.himself.search("Communication")] == [note["id"]]
    kept = await service.database.fetchrow("SELECT regime, provider, unit FROM resource WHERE id = $1", note["id"])
    held = await service.database.fetchrow("SELECT regime, provider, unit FROM resource WHERE id = $1", entry["id"])
    assert kept == held
    assert await service.as_(WARD_DOCTOR).search("Communication") == []
    rules = await service.database.fetchval("SELECT rules FROM access_log WHERE action = 'create' ORDER BY seq DESC LIMIT 1")
    assert rules == ["P-6"]


@pytest.mark.parametrize(
    ("entry", "text", "status"),
    [
        ("Condition", "fel", 400),
        ("Condition/", "fel", 400),
        ("Sickness/1", "fel", 404),
        ("Condition/nothing", "fel", 404),
        ("", "x", 400),
    ],
)
async def test_what_is_not_there_is_not_contested(service: Service, entry: str, text: str, status: int) -> None:
    old = await old_man(service)
    assert (await contest(old.himself, entry, text)).status_code == status


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
async def test_the_words_are_of_some_length(service: Service, text: str) -> None:
    old = await old_man(service)
    (entry,) = await old.himself.search("Condition")
    assert (await contest(old.himself, f"Condition/{entry['id']}", text)).status_code == 400


async def test_only_the_person_has_it_noted(service: Service) -> None:
    home = await family(service, born(8))
    entry = await home.clinic.create(about("Condition", home.patient))
    place = f"Condition/{entry['id']}"
    mother = await acting(home.mother)
    assert (await contest(home.mother, place, Kedja_Acting_For=mother.handle)).status_code == 403
    assert (await contest(home.mother, place)).status_code == 404
    assert (await contest(home.clinic, place)).status_code == 403
    assert (await contest(service.as_(SURGERY_DOCTOR), place)).status_code == 404


async def test_a_request_to_erase_is_referred_to_the_inspectorate(service: Service) -> None:
    old = await old_man(service)
    (entry,) = await old.himself.search("Condition")
    answer = await old.himself("DELETE", f"/fhir/Condition/{entry['id']}")
    assert answer.status_code == 403
    told = answer.json()["issue"][0]["diagnostics"]
    assert "Inspektionen för vård och omsorg" in told
    assert "PDL 8 kap. 4 §" in told
    assert await old.himself.search("Condition") == [entry]
    assert (await old.daughter("DELETE", f"/fhir/Condition/{entry['id']}")).status_code == 404
