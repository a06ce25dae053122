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


def found(answer: Any) -> list[dict[str, Any]]:
    return [part["response"] for part in answer.json()["entry"]]


def place_of(response: dict[str, Any]) -> str:
    return response["location"].split("/_history")[0]


def conditional(criteria: str, resource: dict[str, Any], full_url: str = "") -> dict[str, Any]:
    made = entry("POST", resource["resourceType"], resource, full_url)
    made["request"]["ifNoneExist"] = criteria
    return made


def issues(answer: Any) -> list[tuple[str, str]]:
    return [(issue["expression"][0], issue["code"]) for issue in answer.json()["issue"]]


async def test_references_to_an_entry_that_is_there_already_go_to_what_is_there(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    for expected in ("200 OK", "200 OK"):
        note = {**observation("x"), "subject": {"reference": "urn:uuid:p"}}
        answer = await doctor(
            "POST",
            "/fhir",
            bundle(
                "transaction",
                entry("POST", "Observation", note),
                conditional("identifier=195802142389", patient("195802142389"), "urn:uuid:p"),
            ),
        )
        assert answer.status_code == 200, answer.text
        first, second = found(answer)
        assert (first["status"], second["status"], place_of(second)) == ("201 Created", expected, f"Patient/{person['id']}")
        assert (await doctor("GET", f"/fhir/{place_of(first)}")).json()["subject"]["reference"] == f"Patient/{person['id']}"
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE type = 'Patient'") == 1


async def test_a_reference_by_search_leads_to_the_store_or_to_an_entry_with_that_criterion(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    by_search = {**observation("x"), "subject": {"reference": "Patient?identifier=195802142389"}}
    by_entry = {**observation("x"), "subject": {"reference": "Patient?identifier=http://example.org/mine|7"}}
    new = {**patient(), "identifier": [{"system": "http://example.org/mine", "value": "7"}]}
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("POST", "Observation", by_search),
            entry("POST", "Observation", by_entry),
            conditional("identifier=http://example.org/mine|7", new),
        ),
    )
    assert answer.status_code == 200, answer.text
    one, two, three = map(place_of, found(answer))
    assert (await doctor("GET", f"/fhir/{one}")).json()["subject"]["reference"] == f"Patient/{person['id']}"
    assert (await doctor("GET", f"/fhir/{two}")).json()["subject"]["reference"] == three


async def test_every_reference_that_leads_nowhere_is_told_with_its_place(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    for _ in range(2):
        await doctor.create(patient())
    lost = {**observation("x"), "subject": {"reference": "Patient?identifier=nobody"}}
    many = {**observation("x"), "subject": {"reference": "Patient?family=Lindqvist"}}
    answer = await doctor(
        "POST", "/fhir", bundle("transaction", entry("POST", "Observation", lost), entry("POST", "Observation", many))
    )
    assert answer.status_code == 412
    assert issues(answer) == [
        ("Bundle.entry[0].resource.subject.reference", "not-found"),
        ("Bundle.entry[1].resource.subject.reference", "multiple-matches"),
    ]
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE type = 'Observation'") == 0


async def test_a_reference_between_entries_is_checked_as_what_it_will_be(service: Service) -> None:
    note = {**observation("x"), "subject": {"reference": "urn:uuid:b"}}
    basic = {"resourceType": "Basic", "code": {"text": "x"}}
    answer = await service.as_(CLINIC_DOCTOR)(
        "POST", "/fhir", bundle("transaction", entry("POST", "Observation", note), entry("POST", "Basic", basic, "urn:uuid:b"))
    )
    assert answer.status_code == 400
    assert issues(answer)[0][0] == "Bundle.entry[0].resource.subject.reference"


async def test_full_urls_are_followed_in_narratives_identifiers_and_relative_references(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    root = "http://elsewhere.example/fhir/"
    note = {
        **observation("7"),
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:p"}],
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><a href="urn:uuid:p">who</a></div>',
        },
    }
    about = {**observation("x"), "subject": {"reference": "urn:uuid:p"}}
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("POST", "Patient", patient(), f"{root}Patient/7"),
            entry("POST", "Observation", note, f"{root}Observation/8"),
            entry("POST", "Patient", patient(), "urn:uuid:p"),
            entry("POST", "Observation", about),
        ),
    )
    assert answer.status_code == 200, answer.text
    one, two, three, _ = map(place_of, found(answer))
    seen = (await doctor("GET", f"/fhir/{two}")).json()
    assert seen["subject"]["reference"] == one
    assert seen["identifier"][0]["value"] == three
    assert f'href="{three}"' in seen["text"]["div"]


async def test_entries_update_patch_and_delete_by_searches(service: Service) -> None:
    import base64
    import json

    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    old, kept = await doctor.create(observation(person["id"], 1)), await doctor.create(observation(person["id"], 2))
    operations = json.dumps([{"op": "replace", "path": "/status", "value": "amended"}]).encode()
    binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(operations).decode(),
    }
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("PUT", "Patient?identifier=195802142389", {**patient("195802142389"), "gender": "other"}),
            entry("PATCH", f"Observation/{kept['id']}", binary),
            entry("DELETE", f"Observation?patient={person['id']}&value-quantity=1"),
            entry("DELETE", "Observation?value-quantity=99"),
        ),
    )
    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in found(answer)] == ["200 OK", "200 OK", "204 No Content", "204 No Content"]
    assert (await doctor("GET", f"/fhir/Patient/{person['id']}")).json()["gender"] == "other"
    assert (await doctor("GET", f"/fhir/Observation/{kept['id']}")).json()["status"] == "amended"
    assert (await doctor("GET", f"/fhir/Observation/{old['id']}")).status_code == 410


async def test_what_a_patch_brings_may_refer_to_another_entry(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    seen = await doctor.create(observation(person["id"]))
    parts = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Observation"},
        {"name": "name", "valueString": "performer"},
        {"name": "value", "valueReference": {"reference": "urn:uuid:p"}},
    ]
    change = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("PATCH", f"Observation/{seen['id']}", change),
            entry("POST", "Patient", patient(), "urn:uuid:p"),
        ),
    )
    assert answer.status_code == 200, answer.text
    patched, made = map(place_of, found(answer))
    assert (await doctor("GET", f"/fhir/{patched}")).json()["performer"] == [{"reference": made}]


async def test_one_search_may_be_asked_for_one_and_for_many(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    for value in range(3):
        await doctor.create(observation(person["id"], value))
    place = f"Observation?patient={person['id']}"
    answer = await doctor("POST", "/fhir", bundle("transaction", entry("DELETE", f"{place}&_count=50"), entry("DELETE", place)))
    assert (answer.status_code, issues(answer)) == (412, [("Bundle.entry[1]", "multiple-matches")])
    assert (await doctor("POST", "/fhir", bundle("transaction", entry("DELETE", f"{place}&_count=50")))).status_code == 200
    assert await doctor.search(place) == []


async def test_conditions_of_entries_hold_and_all_that_fail_are_told(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient())
    stale = entry("PUT", f"Patient/{person['id']}", person)
    stale["request"]["ifMatch"] = 'W/"4"'
    gone = entry("DELETE", "Patient/none")
    patched = entry("PATCH", "Patient/nobody", {"resourceType": "Parameters", "parameter": []})
    answer = await doctor("POST", "/fhir", bundle("transaction", stale, gone, patched))
    assert answer.status_code == 412
    assert issues(answer) == [
        ("Bundle.entry[0]", "conflict"),
        ("Bundle.entry[1]", "not-found"),
        ("Bundle.entry[2]", "not-found"),
    ]


async def test_two_entries_that_would_each_create_the_one_are_refused(service: Service) -> None:
    one = conditional("identifier=195802142389", patient("195802142389"))
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir", bundle("transaction", one, one))
    assert (answer.status_code, issues(answer)) == (400, [("Bundle.entry[1]", "duplicate")])


async def test_one_resource_under_two_names_is_changed_once(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "transaction",
            entry("PUT", f"Patient/{person['id']}", person),
            entry("PUT", "Patient?identifier=195802142389", patient("195802142389")),
        ),
    )
    assert (answer.status_code, issues(answer)) == (400, [("Bundle.entry[1]", "invariant")])


async def test_a_full_url_names_one_entry(service: Service) -> None:
    one = entry("POST", "Patient", patient(), "urn:uuid:p")
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir", bundle("transaction", one, one))
    assert (answer.status_code, issues(answer)) == (400, [("Bundle.entry[1].fullUrl", "duplicate")])


async def test_entries_say_no_more_than_prefer_asks_for(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    for kind in ("transaction", "batch"):
        one = bundle(kind, entry("POST", "Patient", patient()))
        plain = (await doctor("POST", "/fhir", one)).json()["entry"][0]
        assert "resource" not in plain
        assert {"status", "location", "etag", "lastModified"} <= plain["response"].keys()
        whole = (await doctor("POST", "/fhir", one, Prefer="return=representation")).json()["entry"][0]
        assert whole["resource"]["resourceType"] == "Patient"
        told = (await doctor("POST", "/fhir", one, Prefer="return=OperationOutcome")).json()["entry"][0]
        assert told["response"]["outcome"]["resourceType"] == "OperationOutcome"


async def test_a_batch_takes_conditions_and_patches(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    person = await doctor.create(patient("195802142389"))
    stale = entry("PUT", f"Patient/{person['id']}", person)
    stale["request"]["ifMatch"] = 'W/"4"'
    known = entry("GET", f"Patient/{person['id']}")
    known["request"]["ifNoneMatch"] = 'W/"1"'
    answer = await doctor(
        "POST",
        "/fhir",
        bundle(
            "batch",
            known,
            stale,
            conditional("identifier=195802142389", patient("195802142389")),
            entry("PATCH", f"Patient/{person['id']}", {"resourceType": "Parameters"}),
            entry("PATCH", f"Patient/{person['id']}", {"resourceType": "Binary"}),
        ),
    )
    assert [one["status"] for one in found(answer)] == ["304", "412", "200", "200", "400"]


async def test_a_transaction_is_of_writes_and_reads_alone(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)(
        "POST",
        "/fhir",
        bundle(
            "transaction", entry("POST", "Patient/_search"), entry("PUT", "Nothing/1", patient()), entry("PUT", "Patient", {})
        ),
    )
    assert answer.status_code == 400
    assert [place for place, _ in issues(answer)] == [f"Bundle.entry[{n}].request.url" for n in range(3)]
