"""Search over HTTP: of several types, of compartments, by POST, page by page while others write."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, observation, patient

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def doctor(service: Service) -> Caller:
    return service.as_(CLINIC_DOCTOR)


async def found(caller: Caller, address: str, form: str | None = None) -> list[str]:
    method, body = ("GET", None) if form is None else ("POST", form.encode())
    answer = await caller(method, f"/fhir{address}", body, **({} if form is None else {"Content-Type": FORM}))
    assert answer.status_code == 200, answer.text
    return [f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in answer.json().get("entry", [])]


async def test_a_write_is_found_as_soon_as_it_is_acknowledged(doctor: Caller) -> None:
    about = await doctor.create(patient("199001012385"))
    for value in range(10):
        created = await doctor.create(observation(about["id"], value))
        assert await found(doctor, f"/Observation?value-quantity={value}&patient={about['id']}") == [
            f"Observation/{created['id']}"
        ]


async def test_types_are_searched_together(doctor: Caller) -> None:
    about = await doctor.create(patient("199001012385"))
    one = await doctor.create(observation(about["id"]))
    every = [f"Observation/{one['id']}", f"Patient/{about['id']}"]
    assert await found(doctor, "?_type=Patient,Observation") == every
    assert await found(doctor, f"?_id={about['id']}") == every[1:]
    assert await found(doctor, "/_search?_type=Observation,Condition", f"patient={about['id']}") == every[:1]


async def test_a_compartment_has_what_is_about_one(doctor: Caller) -> None:
    about, other = await doctor.create(patient("199001012385")), await doctor.create(patient("199001022384"))
    one = await doctor.create(observation(about["id"]))
    await doctor.create(observation(other["id"]))
    inside = [f"Observation/{one['id']}", f"Patient/{about['id']}"]
    assert await found(doctor, f"/Patient/{about['id']}/*") == inside
    assert await found(doctor, f"/Patient/{about['id']}/Observation?status=final") == inside[:1]
    assert await found(doctor, f"/Patient/{about['id']}/Observation/_search", "status=final") == inside[:1]
    assert await found(doctor, f"/Patient/{about['id']}/_search?_type=Patient", "") == inside[1:]
    answer = await doctor("GET", f"/fhir/Patient/{about['id']}/Location")
    assert (answer.status_code, "not in the compartment" in answer.text) == (404, True)


async def test_a_search_of_a_compartment_stands_in_the_log_of_its_person(service: Service, doctor: Caller) -> None:
    about = await doctor.create(patient("199001012385"))
    person = await service.person_of(about["id"])
    await found(doctor, f"/Patient/{about['id']}/Condition")
    row = await service.database.fetchrow("SELECT person, detail FROM access_log ORDER BY seq DESC LIMIT 1")
    assert tuple(row or ()) == (person, f"Patient/{about['id']}/Condition")


async def test_pages_are_of_one_moment_whatever_is_written(doctor: Caller) -> None:
    about = await doctor.create(patient("199001012385"))
    made = [await doctor.create(observation(about["id"], value)) for value in range(6)]
    first = (
        await doctor("GET", f"/fhir/Observation?patient={about['id']}&value-quantity=lt100&_sort=value-quantity&_count=2")
    ).json()
    await doctor("DELETE", f"/fhir/Observation/{made[2]['id']}")
    for one, value in ((made[3], 500), (made[0], 5.5)):
        changed = {**one, "valueQuantity": {**one["valueQuantity"], "value": value}}
        assert (await doctor("PUT", f"/fhir/Observation/{one['id']}", changed)).status_code == 200
    await doctor.create(observation(about["id"], 3.5))
    assert [entry["resource"]["id"] for entry in await rest(doctor, first)] == [one["id"] for one in made]


async def rest(caller: Caller, bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of this page and all that follow."""
    entries = bundle["entry"]
    while following := [link["url"] for link in bundle["link"] if link["relation"] == "next"]:
        parts = urlsplit(following[0])
        bundle = (await caller("GET", f"{parts.path}?{parts.query}")).json()
        entries += bundle["entry"]
    return entries
