"""Over HTTP: what a search may not be made by, and who gets a number alone (PDL 2 kap. 8 §, 5 kap. 7 §)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from kedja.access.actor import Kind, Purpose
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, Caller, Service, observation, patient, staff

RACE = "http://loinc.org|32624-9"
COUNTER = staff("dag", NORTH, CLINIC, purpose=Purpose.COUNT)
RESEARCHER = staff("eva", NORTH, CLINIC, Kind.RESEARCHER, Purpose.COUNT)


@pytest.mark.parametrize(
    "path",
    [
        f"Observation?code={RACE}",
        f"Patient?_has:Observation:patient:code={RACE}",
        f"Observation?has-member:Observation.code={RACE}",
        f"Observation?_filter=code eq {RACE}",
        "Observation?_content=fackförening",
        f"Observation?code={RACE}&_summary=count",
        f"Observation/$lastn?patient=Patient/1&code={RACE}",
    ],
)
async def test_no_search_is_made_by_ethnic_origin_or_union_membership(service: Service, path: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/{path}")
    assert answer.status_code == 403, answer.text
    (issue,) = answer.json()["issue"]
    assert "PDL (2008:355) 2 kap. 8 §" in issue["diagnostics"]


async def test_neither_by_post_nor_in_a_bundle_nor_as_a_criterion_of_a_create(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    form = urlencode({"code": RACE}).encode()
    posted = await doctor("POST", "/fhir/Observation/_search", form, Content_Type="application/x-www-form-urlencoded")
    assert posted.status_code == 403
    entry = {"request": {"method": "GET", "url": f"Observation?code={RACE}"}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    answer = await doctor("POST", "/fhir", bundle)
    assert answer.json()["entry"][0]["response"]["status"].startswith("403")
    person = await doctor.create(patient())
    created = await doctor("POST", "/fhir/Observation", observation(person["id"]), If_None_Exist=f"code={RACE}")
    assert created.status_code == 403


async def test_the_refusal_is_in_the_log_with_its_rule(service: Service) -> None:
    await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Observation?code={RACE}")
    row = await service.database.fetchrow("SELECT decision, rules FROM access_log ORDER BY seq DESC LIMIT 1")
    assert row is not None
    assert (row["decision"], row["rules"]) == ("deny", ["I-9"])


async def test_a_person_searches_their_own_as_they_like(service: Service) -> None:
    person = await service.as_(CLINIC_DOCTOR).create(patient("19121212-1212"))
    own = await service.citizen(person["id"])
    assert (await own("GET", f"/fhir/Observation?code={RACE}")).status_code == 200


async def _cohort(doctor: Caller, size: int) -> None:
    for _ in range(size):
        person = await doctor.create(patient(family="Kohort"))
        await doctor.create(observation(person["id"]))


@pytest.mark.parametrize("actor", [COUNTER, RESEARCHER], ids=["staff", "researcher"])
async def test_who_counts_gets_the_number_of_persons_and_no_content(service: Service, actor: Any) -> None:
    await _cohort(service.as_(CLINIC_DOCTOR), 11)
    counter = service.as_(actor)
    answer = await counter("GET", "/fhir/Patient?_has:Observation:patient:code=NPU27300&_summary=count")
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == 11
    assert "entry" not in answer.json()
    for path in ("Patient?gender=female", "Observation?_summary=count", "Patient?_count=5"):
        assert (await counter("GET", f"/fhir/{path}")).status_code == 403


async def test_a_number_that_could_tell_of_somebody_is_an_interval(service: Service) -> None:
    await _cohort(service.as_(CLINIC_DOCTOR), 2)
    counted = (await service.as_(COUNTER)("GET", "/fhir/Patient?gender=female&_summary=count")).json()
    assert "total" not in counted
    assert counted["_total"]["extension"][0]["valueRange"] == {"low": {"value": 0}, "high": {"value": 9}}


async def test_a_count_names_nobody(service: Service) -> None:
    counter = service.as_(COUNTER)
    person = await service.as_(CLINIC_DOCTOR).create(patient("19121212-1212"))
    for query in ("family=Lindqvist", f"_id={person['id']}", "identifier=19121212-1212"):
        answer = await counter("GET", f"/fhir/Patient?{query}&_summary=count")
        assert answer.status_code == 403
        assert "PDL (2008:355) 5 kap. 7 §" in answer.text
    assert (await counter("GET", f"/fhir/Patient/{person['id']}")).status_code == 404
