"""Whatever is sent, the answer is a precise OperationOutcome, never a 5xx, and nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fhir.service import CLINIC_DOCTOR, Service, patient

DEEP = b'{"resourceType":"Patient","extension":' + b"[" * 5000 + b"]" * 5000 + b"}"
BODIES: list[tuple[str, bytes, int, str, str]] = [
    ("broken JSON", b'{"resourceType":"Patient",', 400, "structure", "not JSON"),
    ("empty", b"", 400, "required", "no body"),
    ("no object", b'["Patient"]', 400, "structure", "not a JSON object"),
    ("duplicate key", b'{"resourceType":"Patient","gender":"male","gender":"female"}', 400, "structure", "`gender` stands twice"),
    ("deep", DEEP, 400, "structure", "nested deeper"),
    ("NUL", b'{"resourceType":"Patient","language":"s\\u0000v"}', 400, "value", "NUL"),
    ("not UTF-8", b'{"resourceType":"Patient","language":"\xff"}', 400, "structure", "not UTF-8"),
    ("unknown element", b'{"resourceType":"Patient","gendre":"male"}', 400, "structure", "gender"),
    ("wrong type", b'{"resourceType":"Patient","active":"yes"}', 400, "structure", "boolean"),
    ("not a code", b'{"resourceType":"Patient","gender":"man"}', 400, "code-invalid", "male"),
    ("bad date", b'{"resourceType":"Patient","birthDate":"2026-02-30"}', 400, "value", "2026-02-30"),
    ("other type", b'{"resourceType":"Person"}', 400, "invalid", "Patient"),
    (
        "bad personnummer",
        b'{"resourceType":"Patient","identifier":[{"system":"http://electronichealth.se/identifier/personnummer","value":"195802142381"}]}',
        422,
        "value",
        "check digit",
    ),
]


@pytest.mark.parametrize(("name", "body", "status", "code", "told"), BODIES, ids=[body[0] for body in BODIES])
async def test_a_bad_body_is_refused_precisely(
    service: Service, name: str, body: bytes, status: int, code: str, told: str
) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", body)
    issue = answer.json()["issue"][0]
    assert (answer.status_code, issue["code"]) == (status, code), answer.text
    assert told in issue["diagnostics"]
    assert await service.database.fetchval("SELECT count(*) FROM resource") == 0


async def test_50_megabytes_are_refused_unread(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("POST", "/fhir/Patient", b" " * 50_000_000)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (413, "too-long")


QUERIES = [
    ("Patient?brithdate=2000", "did you mean `birthdate`?"),
    ("Patient?birthdate=2000-13", "2000-13"),
    ("Patient?birthdate=yesterday", "yesterday"),
    ("Patient?name:exakt=A", "exact"),
    ("Observation?value-quantity=ten", "ten"),
    ("Observation?_count=-1", "_count"),
    ("Observation?_sort=colour", "colour"),
    ("Observation?_include=Observation:colour", "colour"),
    ("Observation?_cursor=AAAA", "_cursor"),
    ("Patient?_id=%00", ""),
    ("Patient?name=%FF", "UTF-8"),
    ("Patient?patient.name=A", ""),
    ("Observation?subject:Patinet.name=A", "Patient"),
]


@pytest.mark.parametrize(("query", "told"), QUERIES, ids=[query[0] for query in QUERIES])
async def test_a_bad_search_is_refused_with_what_to_do(service: Service, query: str, told: str) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("GET", f"/fhir/{query}")
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Patinet/1", 404),
        ("GET", "Patient/1/2/3", 404),
        ("PATCH", "Patient/1", 400),
        ("GET", "Patient/$nothing", 404),
        ("GET", "Patient/a/_history/x", 404),
        ("GET", "Patient/" + "a" * 100, 404),
        ("PUT", "Patient/" + "a" * 65, 400),
        ("PUT", "Patient/å", 400),
        ("GET", "Patient/%00", 404),
        ("DELETE", "Patient/none", 404),
    ],
)
async def test_an_address_that_leads_nowhere_says_so(service: Service, method: str, path: str, status: int) -> None:
    answer = await service.as_(CLINIC_DOCTOR)(method, f"/fhir/{path}", patient() if method == "PUT" else None)
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_format_that_is_not_served_is_told_so(service: Service) -> None:
    doctor = service.as_(CLINIC_DOCTOR)
    assert (await doctor("GET", "/fhir/Patient", Accept="text/turtle")).status_code == 406
    assert (await doctor("GET", "/fhir/Patient?_format=ttl")).status_code == 406
    assert (await doctor("GET", "/fhir/Patient?_format=json", Accept="text/turtle")).status_code == 200
    sent = await doctor("POST", "/fhir/Patient", b"a fhir:Patient", Content_Type="text/turtle")
    assert sent.status_code == 415


async def test_what_curl_sends_by_default_is_taken_as_json(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)(
        "POST", "/fhir/Patient", patient(), Content_Type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 201
    found = await service.as_(CLINIC_DOCTOR)(
        "POST", "/fhir/Patient/_search", b"family=Lindqvist", Content_Type="application/x-www-form-urlencoded"
    )
    assert len(found.json()["entry"]) == 1


async def test_head_tells_the_length_and_sends_nothing(service: Service) -> None:
    answer = await service.as_(CLINIC_DOCTOR)("HEAD", "/fhir/Patient")
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 50


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["resourceType", "id", "meta", "name", "identifier", "subject", "entry", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    path=st.sampled_from(["", "/Patient", "/Observation", "/Consent"]),
    rest=st.dictionaries(st.text(max_size=12), _JSON, max_size=5),
)
async def test_no_json_makes_a_5xx(service: Service, path: str, rest: dict[str, Any]) -> None:
    body = {"resourceType": path.removeprefix("/") or "Bundle", "type": "transaction", **rest} if path == "" else {**rest}
    answer = await service.as_(CLINIC_DOCTOR)("POST", f"/fhir{path}", body)
    assert answer.status_code < 500, answer.text
    assert answer.json()["resourceType"] in ("OperationOutcome", "Bundle", "Patient", "Observation", "Consent")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    resource_type=st.sampled_from(["Patient", "Observation", "Consent"]),
    name=st.sampled_from(
        ["name", "birthdate", "code", "date", "value-quantity", "_sort", "_id", "_has", "patient", "_lastUpdated", "_count"]
    )
    | st.text(max_size=10),
    value=st.text(max_size=15),
)
async def test_no_search_makes_a_5xx(service: Service, resource_type: str, name: str, value: str) -> None:
    token = service.as_(CLINIC_DOCTOR)
    from urllib.parse import quote

    answer = await token("GET", f"/fhir/{resource_type}?{quote(name, safe='')}={quote(value, safe='')}")
    assert answer.status_code < 500, answer.text
