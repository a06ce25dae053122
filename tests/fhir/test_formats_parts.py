"""Parts of resources (`_summary`, `_elements`), the capability statement and `$convert` over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kedja import exactjson, fhirxml, spec
from kedja.http.fhir import ROUTES
from kedja.operations.table import OPERATIONS
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, observation, patient, running

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


def full_patient() -> dict[str, Any]:
    return {
        **patient(),
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Astrid</div>'},
        "active": True,
        "birthDate": "1980-01-01",
        "maritalStatus": {"text": "x"},
        "contact": [{"name": {"text": "y"}}],
    }


async def read(caller: Caller, path: str) -> dict[str, Any]:
    answer = await caller("GET", f"/fhir/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("part", "kept", "left_out"),
    [
        ("_summary=true", {"name", "active", "birthDate", "gender"}, {"text", "contact", "maritalStatus"}),
        ("_summary=text", {"text", "active"}, {"name", "contact", "birthDate"}),
        ("_summary=data", {"name", "contact", "maritalStatus"}, {"text"}),
        ("_elements=name,birthDate", {"name", "birthDate", "active"}, {"text", "contact", "gender"}),
        ("_elements=Patient.contact", {"contact"}, {"name", "text"}),
    ],
)
async def test_a_part_is_marked_and_keeps_what_must_be_there(
    service: Service, part: str, kept: set[str], left_out: set[str]
) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(full_patient())
    place = f"Patient/{stored['id']}"
    history = (await read(doctor, f"{place}/_history?{part}"))["entry"][0]["resource"]
    found = (await read(doctor, f"Patient?_id={stored['id']}&{part}"))["entry"][0]["resource"]
    for resource in (await read(doctor, f"{place}?{part}"), await read(doctor, f"{place}/_history/1?{part}"), history, found):
        assert kept <= resource.keys()
        assert not left_out & resource.keys()
        assert resource["id"] == stored["id"]
        assert SUBSETTED in resource["meta"]["tag"]
        assert resource["meta"]["lastUpdated"] == stored["meta"]["lastUpdated"]


async def test_mandatory_and_modifier_elements_stay_and_choices_are_named_by_either_name(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(patient())
    seen = (
        await doctor("POST", "/fhir/Observation", exactjson.dumps(observation(stored["id"], exactjson.Number("1.50"))))
    ).json()
    for name in ("value", "valueQuantity", "value[x]"):
        part = await read(doctor, f"Observation/{seen['id']}?_elements={name}")
        assert {"status", "code", "valueQuantity"} <= part.keys()
        assert "subject" not in part
        assert validate(part) == []
    answer = await doctor("GET", f"/fhir/Observation/{seen['id']}?_elements=value&_format=xml")
    assert b'value="1.50"' in answer.content
    assert fhirxml.loads(answer.content)["meta"]["tag"] == [SUBSETTED]


async def test_the_whole_is_not_marked(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(full_patient())
    assert await read(doctor, f"Patient/{stored['id']}?_summary=false") == stored
    counted = await read(doctor, f"Patient?_id={stored['id']}&_summary=count")
    assert (counted["total"], "entry" in counted) == (1, False)


async def test_what_the_search_says_of_itself_is_never_cut(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    answer = await doctor("GET", "/fhir/Patient?nonsense=1&_summary=true", Prefer="handling=lenient")
    (told,) = [entry for entry in answer.json()["entry"] if entry["search"]["mode"] == "outcome"]
    assert "meta" not in told["resource"]
    assert told["resource"]["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("_summary=most", "true, text, data, count or false"),
        ("_elements=nam", "did you mean `name`?"),
        ("_elements=name&_summary=true", "_summary"),
        ("_elements=name,", "empty name"),
        ("_summary=true&_summary=data", "stands twice"),
        ("_summary=text&_revinclude=Observation:patient", "exclude each other"),
    ],
)
async def test_a_part_that_there_is_not_is_refused(service: Service, query: str, told: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Patient?{query}")
    assert answer.status_code == 400
    assert told in answer.text


async def test_a_bundle_that_is_read_is_a_resource_of_its_own(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(full_patient())
    batch = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": f"Patient/{stored['id']}?_elements=name&_format=xml"}}],
    }
    (entry,) = (await doctor("POST", "/fhir", batch)).json()["entry"]
    assert SUBSETTED in entry["resource"]["meta"]["tag"]
    assert "contact" not in entry["resource"]


async def test_the_capability_statement_tells_what_is_served(service: Service) -> None:
    answer = await service.http.get("/fhir/metadata")
    statement = answer.json()
    assert validate(statement) == []
    assert statement["implementation"]["url"] == "http://kedja.test/fhir"
    (rest,) = statement["rest"]
    assert [one["type"] for one in rest["resource"]] == list(spec.TYPES)
    told = {one["type"]: one for one in rest["resource"]}
    codes = {one["code"] for one in told["Patient"]["interaction"]}
    assert {"read", "vread", "update", "delete", "history-instance", "create", "search-type"} <= codes
    assert ("patch" in codes) == any(method == "PATCH" for method, _, _ in ROUTES)
    assert {one["name"] for one in told["Patient"]["operation"]} >= {"everything", "meta"}
    assert {one["name"] for one in rest["operation"]} == {one.name for one in OPERATIONS if "system" in one.levels}
    assert {one["name"] for one in told["Patient"]["searchParam"]} == set(spec.search_parameters("Patient"))
    assert "Observation:subject" in told["Patient"]["searchRevInclude"]
    assert "`:exact`" in rest["documentation"]


async def test_the_capability_statement_tells_of_what_is_added(service: Service) -> None:
    parameter = {
        "resourceType": "SearchParameter",
        "url": "http://kedja.test/SearchParameter/nickname",
        "name": "nickname",
        "status": "active",
        "description": "x",
        "code": "nickname",
        "base": ["Patient"],
        "type": "string",
        "expression": "Patient.name.where(use='nickname').given",
    }
    await service.system().create(parameter)
    wanted = {"name": "nickname", "definition": parameter["url"], "type": "string"}
    async with asyncio.timeout(60):  # until it is indexed
        while wanted not in await parameters_of(service, "Patient"):
            await asyncio.sleep(0.2)


async def parameters_of(service: Service, resource_type: str) -> list[dict[str, str]]:
    rest = (await service.http.get("/fhir/metadata")).json()["rest"][0]
    return next(one["searchParam"] for one in rest["resource"] if one["type"] == resource_type)


async def test_the_modes_of_metadata(service: Service) -> None:
    normative = (await service.http.get("/fhir/metadata?mode=normative")).json()
    assert {one["type"] for one in normative["rest"][0]["resource"]} >= {"Patient", "Observation"}
    assert len(normative["rest"][0]["resource"]) == 11
    terminology = (await service.http.get("/fhir/metadata?mode=terminology&_format=xml")).content
    assert fhirxml.loads(terminology)["resourceType"] == "TerminologyCapabilities"
    assert validate(fhirxml.loads(terminology)) == []
    assert (await service.http.get("/fhir/metadata?mode=odd")).status_code == 400


async def test_a_resource_is_converted(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    resource = observation("1", exactjson.Number("0.10"))
    as_xml = await doctor("POST", "/fhir/$convert", exactjson.dumps(resource), Accept="application/fhir+xml")
    assert as_xml.status_code == 200, as_xml.text
    assert b'<value value="0.10"/>' in as_xml.content
    as_json = await doctor("POST", "/fhir/$convert?_format=json", as_xml.content, Content_Type="application/fhir+xml")
    assert exactjson.canonical(exactjson.loads(as_json.content)) == exactjson.canonical(resource)
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "input", "resource": patient()}]}
    assert (await doctor("POST", "/fhir/$convert", wrapped)).json() == patient()
    assert (await doctor("POST", "/fhir/$convert", {"resourceType": "Patient", "nam": 1})).status_code == 400
