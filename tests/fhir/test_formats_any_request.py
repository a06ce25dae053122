"""Whatever is sent to any route: never a 5xx, and always a FHIR resource that is valid, in the format that it says it has.

Seeded from the tables of routes and operations. `KEDJA_FUZZ_REQUESTS` is how many requests are made (250 when not said).
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
from kedja.search.criterion import KINDS
from kedja.search.parameters import parameters_of
from kedja.signin.tokens import mint
from kedja.validation import validate
from tests.fhir.service import CLINIC_DOCTOR, Caller, observation, patient, running

REQUESTS = int(os.environ.get("KEDJA_FUZZ_REQUESTS", "250"))
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
types = st.sampled_from(KNOWN_TYPES) | st.sampled_from([*KNOWN_TYPES, *spec.TYPES])


def id_of(resource_type: str) -> st.SearchStrategy[str]:
    """Mostly one that is there."""
    known = {"Patient": "PATIENT", "Observation": "OBSERVATION"}.get(resource_type, "none")
    return st.sampled_from([known, known, known, "none", "1"])


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """(method, segments): of a route or an operation, its places filled with what mostly fits."""
    kind = draw(types)
    if draw(st.integers(0, 2)) == 0:
        one = draw(st.sampled_from(OPERATIONS))
        kind = draw(st.sampled_from(one.types or KNOWN_TYPES))
        level = draw(st.sampled_from(sorted(one.levels)))
        place = {"system": [], "type": [kind], "instance": [kind, draw(id_of(kind))]}[level]
        return draw(st.sampled_from(["GET", "POST"] if one.get else ["POST"])), [*place, f"${one.name}"]
    method, pattern, _ = draw(st.sampled_from(ROUTES))
    places = iter([kind, draw(id_of(kind)), "1" if "_history" in pattern else draw(types)])
    return method, [next(places) if part == "*" else part for part in pattern]


def _values(kind: str) -> list[str]:
    texts = {
        "date": ["2026-05-04", "ge2020", "2026-05-04T10:00:00%2B02:00", "ap2026", "2020-02-30", "sa2026-05,lt2025"],
        "token": ["a|b", "|b", "a|", "NPU27300", "http://loinc.org|1,x", "urn:oid:1.2.752.108.1|NPU27300"],
        "reference": ["Patient/PATIENT", "PATIENT", "http://x/Patient/1", "Patient/1/_history/2", "#a"],
        "number": ["1", "ge1.50", "1e3", "-0", "ap7"],
        "quantity": ["5.4|http://unitsofmeasure.org|mg", "gt50||mmol/mol", "50", "ap50|x|"],
        "composite": ["a|b$5", "a|b$ge5||mg", "a$b$c", "$"],
        "special": ["1|2|3|km", "59.3|18.0", "a|b|c"],
        "uri": ["http://a", "urn:oid:1.2", "http://a|1"],
    }
    return texts.get(kind, ["Ast", "Å", "a,b", "a\\,b"])


@st.composite
def parameters(draw: st.DrawFn, resource_type: str) -> tuple[str, str]:
    """One of the type's own search parameters, mostly with a value and a modifier that it has."""
    if resource_type not in spec.TYPES or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(CONTROLS)), draw(st.sampled_from(VALUES))
    known = parameters_of(resource_type)
    definition = known[draw(st.sampled_from(sorted(known)))]
    modifiers = [*KINDS[definition.type].modifiers, "missing"]
    modifier = draw(st.sampled_from(["", "", "", *(f":{name}" for name in modifiers), ".name", ":Patient.name", ":x"]))
    value = draw(st.sampled_from(_values(definition.type)))
    return definition.code + modifier, "true" if modifier == ":missing" else value


resources = st.sampled_from(
    [
        patient(),
        observation("PATIENT"),
        {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "x"}]}}]},
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient()}]},
        {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": "http://hl7.org/fhir/ValueSet/issue-type"}]},
        {"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": "http://hl7.org/fhir/issue-type"}]}},
        {"resourceType": "SearchParameter", "url": "urn:x", "code": "x", "base": ["Patient"], "expression": "Patient.("},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient()}]},
        {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [
                {"request": {"method": "GET", "url": "Patient/PATIENT?_elements=name"}},
                {"request": {"method": "PATCH", "url": "Patient/PATIENT"}},
                {"resource": patient(), "request": {"method": "POST", "url": "Patient", "ifNoneExist": "family=x"}},
            ],
        },
    ]
)
patches = st.sampled_from(
    [
        [{"op": "add", "path": "/active", "value": True}],
        [{"op": "copy", "from": "/name", "path": "/name/0"}],
        [{"op": "remove", "path": "/resourceType"}],
        {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [{"name": "type", "valueCode": "delete"}]}]},
    ]
)
wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bodies(draw: st.DrawFn, method: str, segments: list[str]) -> tuple[bytes, str]:
    """(body, its Content-Type): mostly a resource that fits the address; now and then changed, in XML, or no resource."""
    body: Any = draw(patches if method == "PATCH" else resources)
    if method == "PUT" and isinstance(body, dict):
        body = {**body, "id": segments[1] if len(segments) > 1 else "x"}
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(NO_RESOURCES)), "application/fhir+json"
    if isinstance(body, dict) and kind < 4:
        body = {**body, **draw(st.dictionaries(st.sampled_from([*body, "id", "meta", "text", "x"]), wild, max_size=2))}
    elif isinstance(body, dict) and kind < 6:
        return fhirxml.dumps(body), "application/fhir+xml"
    return exactjson.dumps(body), "application/json-patch+json" if isinstance(body, list) else "application/fhir+json"


NO_RESOURCES = [b"", b"{", b"\x00", b"<a/>", b"[" * 5000, b'{"a":' * 5000, b"null", b"1", b"a=b&_id=1", b'"\\ud800"', b"1e999"]
HEADERS = {
    "accept": [
        "application/fhir+xml",
        "application/fhir+xml",
        "text/turtle",
        "*/*;q=x",
        ",;,=",
        "application/json;fhirVersion=9",
    ],
    "accept-encoding": ["gzip", "br", "*", ";q=", "identity;q=0"],
    "prefer": ["return=minimal", "return=OperationOutcome,handling=lenient", "handling=lenient", ";;=", 'return="'],
    "if-match": ['W/"1"', "*", "x", '"', "9" * 40],
    "if-none-match": ['W/"1"', "*", "x", ","],
    "if-modified-since": ["Mon, 01 Jan 2001 00:00:00 GMT", "x", "Mon, 01 Jan 99999 00:00:00 GMT", "Mon, 01 Jan 2001 00:00:00"],
    "if-none-exist": ["identifier=a|b", "x=", "?", "name:exact=a&_count=0"],
    "content-type": ["text/plain", "application/fhir+xml", "application/x-www-form-urlencoded", ";a=x"],
    "content-encoding": ["gzip", "br"],
    "host": ["a b", '"', "å", "[", "x/y", "x" * 5000],
    "x-odd": ["x" * 2000, "\x01"],
}


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    """A request that would go well, with up to two things about it that would not."""
    method, segments = draw(lines())
    kind = segments[0] if segments else ""
    pairs = draw(st.lists(parameters(kind), max_size=2)) if draw(st.booleans()) else []
    body, content_type = draw(bodies(method, segments)) if method in ("POST", "PUT", "PATCH") else (b"", "")
    if segments[-1:] == ["_search"]:
        body, pairs, content_type = _encoded(pairs).encode(), [], "application/x-www-form-urlencoded"
    headers = {"content-type": content_type}
    for _ in range(draw(st.integers(0, 2))):
        match draw(st.integers(0, 7)):
            case 0:
                at = draw(st.integers(0, len(segments)))
                segments[at : at + draw(st.integers(0, 1))] = [draw(st.sampled_from(ODD_SEGMENTS) | odd_text.map(quote))]
            case 1:
                method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]))
            case 2:
                pairs = [*pairs, draw(st.tuples(odd_text, odd_text))]
            case 3:
                pairs = [
                    *pairs,
                    (draw(st.sampled_from(["_summary", "_elements", "_format", "_pretty"])), draw(st.sampled_from(VALUES))),
                ]
            case _:
                name = draw(st.sampled_from(sorted(HEADERS)))
                headers[name] = draw(st.sampled_from(HEADERS[name]))
    return Sent(method, "".join(f"/{one}" for one in segments), _encoded(pairs), tuple(headers.items()), body)


def _encoded(pairs: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe=':._')}={quote(value, safe='|,:/%')}" for name, value in pairs)


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
    query = sent.query
    for name, id in world.places.items():
        path, query, body = path.replace(name, id), query.replace(name, id), body.replace(name.encode(), id.encode())
    return Sent(sent.method, path, query, (("authorization", f"Bearer {world.token}"), *sent.headers), body)


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
    # A part need not hold what is said of the whole, and what was only converted is as good as what was sent.
    level = "structure" if b"SUBSETTED" in body or sent.path.endswith("$convert") else "full"
    return "; ".join(f"{issue.expression}: {issue.diagnostics}" for issue in validate(resource, level=level)[:3])


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
