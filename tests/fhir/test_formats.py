"""Formats over HTTP: JSON and XML both ways, how they are asked for, compression, HEAD, and what a client has already."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kedja import exactjson, fhirxml
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, observation, patient, running

XML = "application/fhir+xml"
JSON = "application/fhir+json"


def of(answer: httpx.Response) -> dict[str, Any]:
    """The resource of an answer in the format that it says it has."""
    is_xml = "xml" in answer.headers["content-type"]
    return fhirxml.loads(answer.content) if is_xml else exactjson.loads(answer.content)


@pytest.fixture(scope="module")
async def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        yield started


async def with_observations(service: Service, count: int = 2) -> tuple[Caller, str]:
    """(a doctor, the id of a patient with a contact and some observations)."""
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(patient())
    for number in range(count):
        await doctor.create(observation(stored["id"], 50.5 + number))
    return doctor, stored["id"]


async def test_a_resource_is_stored_from_xml_and_read_in_both_formats(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    stored = await doctor.create(patient())
    written = fhirxml.dumps(observation(stored["id"], exactjson.Number("52.10")))
    created = await doctor("POST", "/fhir/Observation", written, Content_Type=XML, Accept=XML)
    assert (created.status_code, created.headers["content-type"]) == (201, f"{XML}; charset=utf-8")
    assert b'<value value="52.10"/>' in created.content
    place = f"/fhir/Observation/{of(created)['id']}"
    as_json, as_xml = await doctor("GET", place), await doctor("GET", place, Accept=XML)
    assert b'"value":52.10' in as_json.content
    assert exactjson.canonical(of(as_json)) == exactjson.canonical(of(as_xml))
    updated = await doctor("PUT", place, as_xml.content.replace(b"52.10", b"53.00"), Content_Type="text/xml; charset=utf-8")
    assert b'"value":53.00' in updated.content


async def test_every_kind_of_answer_comes_as_xml(service: Service) -> None:
    doctor, id = await with_observations(service)
    for path in ("metadata", f"Patient/{id}", f"Observation?patient={id}", f"Patient/{id}/_history", f"Patient/{id}/$everything"):
        answer = await doctor("GET", f"/fhir/{path}", Accept=XML)
        assert answer.status_code == 200, answer.text
        assert validate(of(answer)) == [], path
    for method, path in (("GET", "Patient/none"), ("GET", "Patinet"), ("POST", "Patient"), ("GET", "Patient?brithdate=1")):
        answer = await doctor(method, f"/fhir/{path}", Accept=XML)
        assert answer.status_code >= 400
        assert (of(answer)["resourceType"], validate(of(answer))) == ("OperationOutcome", [])


async def test_a_bundle_in_xml_is_processed(service: Service) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [
            {"resource": patient(), "request": {"method": "POST", "url": "Patient"}},
            {"request": {"method": "GET", "url": "Patient/none"}},
        ],
    }
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir", fhirxml.dumps(bundle), Content_Type=XML, Accept="application/xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert [entry["response"]["status"][:3] for entry in of(answer)["entry"]] == ["201", "404"]


async def test_xml_that_cannot_be_read_is_refused_with_its_place(service: Service) -> None:
    body = b'<Patient xmlns="http://hl7.org/fhir">\n <nam value="x"/>\n</Patient>'
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", body, Content_Type=XML)
    assert answer.status_code == 400
    assert "did you mean `name`? (line 2, column 2)" in answer.json()["issue"][0]["diagnostics"]
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Patient xmlns="http://hl7.org/fhir"/>'
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", entity, Content_Type=XML)
    assert (answer.status_code, "document type" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", "", JSON),
        ("", "*/*", JSON),
        ("", "application/fhir+xml", XML),
        ("", "application/xml", "application/xml"),
        ("", "application/json", "application/json"),
        ("", "application/fhir+json;q=0.5, application/fhir+xml;q=0.9", XML),
        ("", "application/fhir+xml;q=0, */*", JSON),
        ("", "text/turtle, application/fhir+xml;q=0.1", XML),
        ("", "application/fhir+xml; fhirVersion=4.0", f"{XML}; fhirVersion=4.0"),
        ("", "application/fhir+json; fhirVersion=5.0, application/fhir+xml", XML),
        ("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        ("_format=xml", "application/fhir+json", XML),
        ("_format=json", "application/fhir+xml", JSON),
        ("_format=application/fhir+xml", "", XML),
        ("_format=application/fhir%2Bxml", "", XML),
        ("_format=text/xml", "", "text/xml"),
        ("_format=application/fhir%2Bjson;fhirVersion%3D4.0", "", f"{JSON}; fhirVersion=4.0"),
        ("_format=xml&_pretty=true", "", XML),
    ],
)
async def test_the_format_that_is_asked_for_is_answered(service: Service, query: str, accept: str, content_type: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/Patient?{query}", Accept=accept)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert of(answer)["resourceType"] == "Bundle"


async def test_what_is_not_served_or_not_taken_is_refused_precisely(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    for query, accept in (
        ("_format=turtle", ""),
        ("", "text/turtle"),
        ("", "application/fhir+json; fhirVersion=3.0"),
        ("", "*/*;q=0"),
    ):
        assert (await doctor("GET", f"/fhir/Patient?{query}", Accept=accept)).status_code == 406, (query, accept)
    for sent in ("text/turtle", "application/fhir+json; charset=latin-1", "application/fhir+json; fhirVersion=5.0", "text/plain"):
        assert (await doctor("POST", "/fhir/Patient", patient(), Content_Type=sent)).status_code == 415, sent
    assert (await doctor("POST", "/fhir/Patient/_search", b"{}", Content_Type=JSON)).status_code == 415
    assert (await doctor("GET", "/fhir/Patient?_pretty=yes")).status_code == 400


async def test_a_pretty_answer_has_lines_and_the_same_content(service: Service) -> None:
    doctor, id = await with_observations(service, 1)
    plain = await doctor("GET", f"/fhir/Observation?patient={id}")
    for query in ("_pretty=true", "_pretty=true&_format=xml", "_format=html"):
        pretty = await doctor("GET", f"/fhir/Observation?patient={id}&{query}")
        assert len(pretty.text.splitlines()) > 20
        assert exactjson.canonical(of(pretty)["entry"]) == exactjson.canonical(of(plain)["entry"])
    assert b"\n" in (await doctor("GET", f"/fhir/Patient/{id}", Accept="text/html")).content


async def test_links_lead_to_pages_in_the_same_form(service: Service) -> None:
    doctor, id = await with_observations(service, 5)
    answer = await doctor("GET", f"/fhir/Observation?patient={id}&_count=2&_format=xml&_elements=status&_pretty=true")
    seen = 0
    while True:
        bundle = of(answer)
        assert answer.headers["content-type"].startswith(XML)
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert all("_format=xml&_elements=status&_pretty=true" in url for url in links.values())
        assert all("valueQuantity" not in entry["resource"] for entry in bundle["entry"])
        seen += len(bundle["entry"])
        if "next" not in links:
            break
        answer = await doctor("GET", links["next"].removeprefix("http://kedja.test"))
    assert seen == 5


async def test_large_answers_are_compressed_where_that_is_taken(service: Service) -> None:
    doctor, id = await with_observations(service, 10)
    path = f"/fhir/Observation?patient={id}"
    plain = await doctor("GET", path, Accept_Encoding="identity")
    packed = await doctor("GET", path, Accept_Encoding="br;q=1, gzip;q=0.5")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert packed.json()["entry"] == plain.json()["entry"]
    for refused in ("gzip;q=0", "br", "*;q=0"):
        assert "content-encoding" not in (await doctor("GET", path, Accept_Encoding=refused)).headers
    assert "content-encoding" not in (await doctor("GET", "/fhir/Patient/none", Accept_Encoding="gzip")).headers
    assert "content-encoding" in (await service.http.get("/fhir/metadata")).headers
    assert "content-encoding" not in (await service.http.get("/fhir/metadata", headers={"Cookie": "a=b"})).headers


async def test_a_body_may_come_as_gzip(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    packed = gzip.compress(exactjson.dumps(patient()))
    assert (await doctor("POST", "/fhir/Patient", packed, Content_Encoding="gzip")).status_code == 201
    for body, encoding, status in (
        (packed[:-9], "gzip", 400),
        (packed + b"x", "gzip", 400),
        (b"plain", "gzip", 400),
        (packed, "br", 415),
        (packed, "", 400),
    ):
        answer = await doctor("POST", "/fhir/Patient", body, Content_Encoding=encoding)
        assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")


async def test_a_bomb_is_not_unpacked(service: Service) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 1024 * 1024
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", bomb, Content_Encoding="gzip")
    assert answer.status_code == 413


async def test_head_tells_what_get_would(service: Service) -> None:
    doctor, id = await with_observations(service)
    for path in ("metadata", f"Patient/{id}", f"Observation?patient={id}", f"Patient/{id}/_history", f"Patient/{id}/_history/1"):
        for more in ({}, {"Accept": XML}, {"Accept_Encoding": "identity"}):
            get, head = await doctor("GET", f"/fhir/{path}", **more), await doctor("HEAD", f"/fhir/{path}", **more)
            assert (head.status_code, head.content) == (200, b"")
            for name in ("content-type", "content-length", "content-encoding", "etag", "last-modified"):
                assert head.headers.get(name) == get.headers.get(name), (path, name)


async def test_what_a_client_has_already_is_not_sent_again(service: Service) -> None:
    doctor, id = await with_observations(service, 0)
    for path in (f"/fhir/Patient/{id}", f"/fhir/Patient/{id}/_history/1"):
        whole = await doctor("GET", path)
        etag, modified = whole.headers["etag"], whole.headers["last-modified"]
        for headers in (
            {"If_None_Match": etag},
            {"If_None_Match": f'"7", {etag}'},
            {"If_None_Match": etag.removeprefix("W/")},
            {"If_None_Match": "*"},
            {"If_Modified_Since": modified},
        ):
            answer = await doctor("GET", path, **headers)
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        for headers in (
            {"If_None_Match": 'W/"9"'},
            {"If_None_Match": 'W/"9"', "If_Modified_Since": modified},
            {"If_Modified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"If_Modified_Since": "yesterday"},
        ):
            assert (await doctor("GET", path, **headers)).status_code == 200


async def test_every_method_is_answered_by_an_outcome(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    for method in ("OPTIONS", "TRACE", "PROPFIND"):
        answer = await doctor(method, "/fhir/Patient/1")
        assert (answer.status_code, answer.json()["resourceType"]) == (405, "OperationOutcome"), method


async def test_a_host_that_is_none_does_not_come_into_links(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    for host in ("a b", "evil/x", 'a"', "a?b", "a@b", "[", "[x]:"):
        assert (await doctor("GET", "/fhir/Patient", Host=host)).status_code == 400, host
    assert (await doctor("GET", "/fhir/Patient", Host="[::1]:8000")).json()["link"][0]["url"].startswith("http://[::1]:8000/fhir")


async def test_who_is_not_signed_in_is_told_in_the_format_that_was_asked_for(service: Service) -> None:
    answer = await service.http.get("/fhir/Patient", headers={"Accept": XML})
    assert (answer.status_code, of(answer)["issue"][0]["code"]) == (401, "login")
    assert answer.headers["www-authenticate"].startswith("Bearer")
