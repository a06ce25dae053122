"""Whatever is sent to any route: never a 5xx, and always a FHIR resource that is valid, in the format that it says it has.

Seeded from the tables of routes and operations. `KEDJA_FUZZ_REQUESTS` is how many requests are made (400 when not said).
"""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from kedja import exactjson, fhirxml, spec
from kedja.http.fhir import ROUTES
from kedja.operations.table import OPERATIONS
from kedja.search.parameters import parameters_of
from kedja.signin.tokens import mint
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, Caller, observation, patient, running

REQUESTS = int(os.environ.get("KEDJA_FUZZ_REQUESTS", "400"))
KNOWN_TYPES = ["Patient", "Observation", "Encounter", "ValueSet", "Bundle", "Binary", "Parameters", "Consent", "SearchParameter"]
ODD_SEGMENTS = [
    "Patinet",
    "%00",
    "%",
    "%FF",
    "..",
    "å",
    "%2F",
    "a" * 300,
    "$x",
    "_x",
    "*",
    "-",
    "none",
    "_history",
    "$meta",
    "1;2",
]
CONTROLS = ["_count", "_sort", "_total", "_summary", "_elements", "_format", "_pretty", "_include", "_revinclude", "_has", "_id"]
CONTROLS += ["_lastUpdated", "_cursor", "_type", "_filter", "_text", "_content", "_list", "_since", "_at", "_contained", "mode"]
VALUES = [
    "",
    "0",
    "1",
    "-1",
    "9" * 30,
    "1e400",
    "true",
    "xml",
    "json",
    "2020",
    "ge2020-01",
    "ap2020-02-30",
    "Patient/1",
    "a|b",
    "|",
    ",",
]
VALUES += [
    "\\",
    "$",
    "\x00",
    "å",
    "%",
    "name",
    "-birthdate,_id",
    "Observation:subject",
    "*",
    "a" * 3000,
    "urn:uuid:x",
    "(",
    "name eq 1",
]


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class World:
    """A service with a patient and an observation; `places`: their ids, by what stands for them in a request."""

    app: Starlette
    token: str = field(repr=False)
    places: dict[str, str]


odd_text = st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace").decode())
types = st.sampled_from(KNOWN_TYPES) | st.sampled_from(spec.TYPES)
ids = st.sampled_from(["PATIENT", "OBSERVATION", "none", "1"])
segments = st.one_of(types, types, types, ids, st.sampled_from(ODD_SEGMENTS), odd_text.map(quote))


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, str]:
    """(method, path): of a route or an operation, its places filled with what fits or does not."""
    if draw(st.booleans()):
        one = draw(st.sampled_from(OPERATIONS))
        kind = draw(st.sampled_from(one.types or KNOWN_TYPES))
        place = draw(st.sampled_from(["", f"/{kind}", f"/{kind}/PATIENT", f"/{kind}/none"]))
        return draw(st.sampled_from(["GET", "POST"])), f"{place}/${one.name}"
    method, pattern, _ = draw(st.sampled_from(ROUTES))
    filled = [
        part if part != "*" else draw(types if at == 0 else ids if at == 1 else segments) for at, part in enumerate(pattern)
    ]
    if draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(filled)))
        filled[at : at + draw(st.integers(0, 1))] = [draw(segments)]
    if draw(st.integers(0, 5)) == 0:
        method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]))
    return method, "".join(f"/{part}" for part in filled)


@st.composite
def queries(draw: st.DrawFn, path: str) -> list[tuple[str, str]]:
    named = path.split("/")[1:2]
    codes = sorted(parameters_of(named[0])) if named and named[0] in spec.TYPES else ["code"]
    name = st.one_of(st.sampled_from(CONTROLS), st.sampled_from(codes), odd_text)
    modifier = st.sampled_from(["", "", ":exact", ":missing", ":not", ":in", ":x", ".name", ":Patient.name", ":iterate", ":text"])
    names = st.tuples(name, modifier).map("".join)
    return draw(st.lists(st.tuples(names, st.sampled_from(VALUES) | odd_text), max_size=3))


resources = st.sampled_from(
    [
        patient(),
        observation("PATIENT"),
        {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "x"}]}}]},
        {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [{"name": "type", "valueCode": "add"}]}]},
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient()}]},
        {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": "http://hl7.org/fhir/ValueSet/gender"}]},
        {"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": "http://hl7.org/fhir/issue-type"}]}},
        {"resourceType": "SearchParameter", "url": "urn:x", "code": "x", "base": ["Patient"], "expression": "Patient.("},
        {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [{"request": {"method": "GET", "url": "Patient/PATIENT?_elements=x"}}, {"request": {"method": "PATCH"}}],
        },
        [{"op": "add", "path": "/active", "value": True}],
        [{"op": "copy", "from": "/name", "path": "/name/0"}],
    ]
)
wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, str]:
    """(body, its Content-Type)."""
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return draw(st.sampled_from([b"", b"{", b"\x00", b"<a/>", b"[" * 5000, b'{"a":' * 5000, b"null", b"1", b"a=b&_id=1"])), ""
    resource: Any = draw(resources)
    if isinstance(resource, dict) and kind > 3:
        changed = draw(st.dictionaries(st.sampled_from([*resource, "id", "meta", "text", "x"]), wild, max_size=2))
        resource = {**resource, **changed}
    if kind == 1 and isinstance(resource, dict):
        return fhirxml.dumps(resource), "application/fhir+xml"
    return exactjson.dumps(resource), "application/json-patch+json" if isinstance(resource, list) else "application/fhir+json"


other_headers = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.sampled_from(["application/fhir+xml", "text/turtle", "*/*;q=x", ",;,=", "application/json;fhirVersion=9"]),
        "accept-encoding": st.sampled_from(["gzip", "br", "*", ";q=", "identity;q=0"]),
        "prefer": st.sampled_from(["return=minimal", "return=OperationOutcome,handling=lenient", ";;=", 'return="']),
        "if-match": st.sampled_from(['W/"1"', "*", "x", '"', "9" * 40]),
        "if-none-match": st.sampled_from(['W/"1"', "*", "x", ""]),
        "if-modified-since": st.sampled_from(["Mon, 01 Jan 2001 00:00:00 GMT", "x", "Mon, 01 Jan 99999 00:00:00 GMT"]),
        "if-none-exist": st.sampled_from(["identifier=a|b", "x=", "", "name:exact=a&_count=0"]),
        "content-type": st.sampled_from(
            ["text/plain", "application/fhir+xml", "application/x-www-form-urlencoded", ";charset=x"]
        ),
        "content-encoding": st.sampled_from(["gzip", "br"]),
        "host": st.sampled_from(["a b", '"', "", "å", "[", "x/y", "x" * 5000]),
        "x-odd": st.sampled_from(["x" * 2000, "\x01"]),
    },
)


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    method, path = draw(lines())
    pairs = draw(queries(path))
    body, content_type = draw(bodies()) if method in ("POST", "PUT", "PATCH") else (b"", "")
    headers = {"content-type": content_type, **(draw(other_headers) if draw(st.booleans()) else {})}
    if path.endswith("_search") and draw(st.booleans()):
        body, pairs = _encoded(pairs).encode(), []
        headers["content-type"] = "application/x-www-form-urlencoded"
    return Sent(method, path, _encoded(pairs), tuple(headers.items()), body)


def _encoded(pairs: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe=':._')}={quote(value, safe='|,:')}" for name, value in pairs)


async def request(app: Starlette, sent: Sent) -> Got:
    """Straight to the application, so that nothing between makes a request well-behaved."""
    scope = {
        "type": "http",
        "method": sent.method,
        "scheme": "http",
        "path": unquote(f"/fhir{sent.path}", errors="replace"),
        "raw_path": f"/fhir{sent.path}".encode(),
        "query_string": sent.query.encode(),
        "headers": [(name.encode(), value.encode("utf-8")) for name, value in sent.headers if value],
        "server": ("kedja.test", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "http_version": "1.1",
        "app": app,
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in told[0]["headers"]}
    return Got(told[0]["status"], headers, b"".join(message.get("body", b"") for message in told[1:]))


@pytest.fixture(scope="module")
async def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(module_database_url, tmp_path_factory.mktemp("home")) as started:
        doctor: Caller = started.as_(CLINIC_DOCTOR)
        stored = await doctor.create(patient())
        seen = await doctor.create(observation(stored["id"]))
        token = mint(CLINIC_DOCTOR, started.app.state.secret, timedelta(hours=1))
        yield World(started.app, token, {"PATIENT": stored["id"], "OBSERVATION": seen["id"]})


def _placed(sent: Sent, world: World) -> Sent:
    path, body = sent.path, sent.body
    for name, id in world.places.items():
        path, body = path.replace(f"/{name}", f"/{id}"), body.replace(f"Patient/{name}".encode(), f"Patient/{id}".encode())
    return Sent(sent.method, path, sent.query, (("authorization", f"Bearer {world.token}"), *sent.headers), body)


def fault(sent: Sent, got: Got) -> str:
    """What is wrong with an answer, or nothing."""
    if got.status >= 500:
        return f"status {got.status}"
    if sent.method == "HEAD" or got.status in (204, 304) or not got.body:
        return "" if sent.method == "HEAD" or got.status < 400 else f"status {got.status} without an outcome"
    body = gzip.decompress(got.body) if got.headers.get("content-encoding") == "gzip" else got.body
    kind = got.headers["content-type"]
    resource = fhirxml.loads(body) if "xml" in kind else exactjson.loads(body) if "json" in kind else {}
    if got.status >= 400 and resource.get("resourceType") != "OperationOutcome":
        return f"status {got.status} is told by {resource.get('resourceType')}"
    return "; ".join(f"{issue.expression}: {issue.diagnostics}" for issue in validate(resource)[:3])


@settings(
    max_examples=REQUESTS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate] if REQUESTS < 1000 else list(Phase),
)
@given(sent=requests())
async def test_any_request_is_answered_by_a_valid_resource(world: World, sent: Sent) -> None:
    placed = _placed(sent, world)
    got = await request(world.app, placed)
    assert fault(placed, got) == "", (got.status, got.body[:2000])
