"""Transactions and batches."""

from __future__ import annotations

from typing import Any

from tests.fhir.service import CLINIC_DOCTOR, Service, observation, patient


def entry(method: str, url: str, resource: dict[str, Any] | None = None, full_url: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url}}
    if resource is not None:
        made["resource"] = resource
    if full_url:
        made["fullUrl"] = full_url
    return made


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


async def test_a_transaction_links_its_entries(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    note = {**observation("x"), "subject": {"reference": "urn:uuid:p"}}
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction", entry("POST", "Observation", note, "urn:uuid:o"), entry("POST", "Patient", patient(), "urn:uuid:p")
        ),
    )
    assert answer.status_code == 200, answer.text
    parts = [part["response"] for part in answer.json()["entry"]]
    assert [part["status"] for part in parts] == ["201 Created", "201 Created"]
    seen = await doctor("GET", "/fhir/" + parts[0]["location"].split("/_history")[0])
    assert seen.json()["subject"]["reference"] == parts[1]["location"].split("/_history")[0]


async def test_a_transaction_with_one_fault_stores_nothing_and_says_where(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    wrong = {**patient(), "gender": "unkown"}
    answer = await doctor(
        "POST", "/fhir", bundle("transaction", entry("POST", "Patient", patient()), entry("POST", "Patient", wrong))
    )
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.gender"]
    assert await service.database.fetchval("SELECT count(*) FROM resource") == 0


async def test_a_transaction_with_a_refused_write_stores_nothing(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    lost = {**observation("gone")}
    answer = await doctor(
        "POST", "/fhir", bundle("transaction", entry("POST", "Patient", patient()), entry("POST", "Observation", lost))
    )
    assert answer.status_code == 422
    assert await service.database.fetchval("SELECT count(*) FROM resource") == 0


async def test_a_transaction_deletes_before_it_writes_and_reads_last(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    old = await doctor.create(observation(person["id"]))
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("GET", f"Observation?patient={person['id']}"),
            entry("POST", "Observation", observation(person["id"], 61)),
            entry("DELETE", f"Observation/{old['id']}"),
        ),
    )
    found = answer.json()["entry"][0]["resource"]["entry"]
    assert [e["resource"]["valueQuantity"]["value"] for e in found] == [61]
    assert [part["response"]["status"] for part in answer.json()["entry"]] == ["200", "201 Created", "204 No Content"]


async def test_each_entry_of_a_batch_has_its_own_answer(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "batch",
            entry("POST", "Patient", patient()),
            entry("GET", "Patient/nobody"),
            entry("PUT", "Patient/a", {**patient(), "id": "b"}),
            entry("GET", "Patient?birthdat=1"),
        ),
    )
    assert answer.status_code == 200
    assert [part["response"]["status"] for part in answer.json()["entry"]] == ["201", "404", "400", "400"]
    assert answer.json()["entry"][1]["response"]["outcome"]["resourceType"] == "OperationOutcome"


async def test_a_transaction_may_not_change_one_resource_twice(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    one = {**patient(), "id": "p"}
    answer = await doctor("POST", "/fhir", bundle("transaction", entry("PUT", "Patient/p", one), entry("PUT", "Patient/p", one)))
    assert answer.status_code == 400
    assert "twice" in answer.json()["issue"][0]["diagnostics"]
