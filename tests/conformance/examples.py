"""The published examples of R4 over HTTP: stored, read back as JSON and as XML, and found by a search parameter of their own."""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from kedja import exactjson, fhirxml, spec
from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.terms import used
from kedja.outcome import OutcomeError
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from tests.conformance import delivered
from tests.conformance.report import Report
from tests.conftest import fresh_installation
from tests.differential import published
from tests.differential.matching import quantity, reference, string, token
from tests.differential.matching.escapes import escaped
from tests.fhir.service import CLINIC, NORTH, Caller, running

Resource = dict[str, Any]
_ABOUT: Final = (
    "Each published example is stored with PUT, read back as JSON and as XML (equal: the same canonical JSON, numbers as "
    "text, but for `meta.versionId` and `meta.lastUpdated`), and searched for by one of its own search parameters other "
    "than `_id`, and other than what a law forbids to search by, with a value that another implementation of FHIRPath takes "
    "from it. Patients that examples are about but that are not among them are stored first. What PUT refuses is delivered "
    'by a source that says `validation = "off"`, and then read and searched for in the same way: an id that R4 does not '
    "allow, and an address of the source's own, as the store writes them."
)
_SYSTEM: Final = Actor(
    "examples",
    Kind.SYSTEM,
    assignment=Assignment(
        "examples", Purpose.ADMINISTRATION, NORTH, CLINIC, ("Läsa;alla;SJF", "Skriva;alla;VE", "Skriva;definitioner;VE")
    ),
)
_AT_ONCE: Final = 40
_XML: Final = "application/fhir+xml"
Told = list[tuple[str, str]]  # (place, why)


@dataclass(frozen=True)
class Example:
    body: bytes
    resource: Resource  # numbers as they are written; as it is to be read
    found_by: tuple[str, str] | None = None  # a search parameter and its value

    @property
    def place(self) -> str:
        return f"{self.resource['resourceType']}/{self.resource['id']}"


def run(shared: Path, every: int = 1) -> Report:
    """`every`: take each example (1) or each n-th."""
    with gzip.open(shared / "suites/r4-examples.ndjson.gz") as lines:
        examples = [Example(line, exactjson.loads(line)) for line in islice(lines, 0, None, every)]
    examples = _with_searches(sorted(examples, key=lambda one: one.resource["resourceType"] != "Patient"))
    with fresh_installation() as database_url, tempfile.TemporaryDirectory() as home:
        failures, refused = asyncio.run(_failures(examples, database_url, Path(home)))
    if refused:
        with fresh_installation() as database_url, tempfile.TemporaryDirectory() as home:
            failures += asyncio.run(_failures_of_delivered(examples, dict(refused), database_url, Path(home)))
    return Report("examples", len(examples) - len(failures), len(examples), failures, _ABOUT, refused)


async def _failures_of_delivered(examples: Sequence[Example], refused: Mapping[str, str], database_url: str, home: Path) -> Told:
    """Those that PUT refuses, delivered by a source that does not look at more than their shape."""
    sent = [one for one in examples if one.place in refused]
    some = _with_searches([replace(one, resource=delivered.as_stored(one.body)) for one in sent])
    patients = [one for one in examples if one.resource["resourceType"] == "Patient"]
    async with running(database_url, home) as service:
        lines = [one.resource for one in patients] + _missing_patients([*some, *patients]) + delivered.PATIENTS
        lines += [exactjson.loads(one.body) for one in sent]
        told = await asyncio.to_thread(delivered.deliver, database_url, lines, home)
        caller = service.as_(_SYSTEM)
        reasons = [told.get(one.place) or await _reason(caller, one) for one in some]
    return [(one.place, reason) for one, reason in zip(some, reasons) if reason]


async def _failures(examples: Sequence[Example], database_url: str, home: Path) -> tuple[Told, Told]:
    """Those that do not pass, and those that PUT refuses."""
    failures: Told = []
    turned_away: Told = []
    async with running(database_url, home) as service:
        caller = service.as_(_SYSTEM)
        for patient in _missing_patients(examples):
            await _put(caller, patient)
        for some in _chunks(examples):
            refused = await _store(caller, some)
            reasons = await asyncio.gather(*(_reason(caller, one) for one in some if one.place not in refused))
            turned_away += refused.items()
            failures += [(one.place, why) for one, why in zip((one for one in some if one.place not in refused), reasons) if why]
    return failures, turned_away


def _chunks(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """Some at a time; never two of the same id."""
    chunk: dict[str, Example] = {}
    for one in examples:
        if len(chunk) == _AT_ONCE or one.place in chunk:
            yield list(chunk.values())
            chunk = {}
        chunk[one.place] = one
    yield list(chunk.values())


def _missing_patients(examples: Sequence[Example]) -> list[Resource]:
    there = {one.place for one in examples}
    wanted = [text for one in examples for text in spec.subject_references(one.resource) if text.startswith("Patient/")]
    ids = dict.fromkeys(text.split("/")[1] for text in wanted if text not in there)
    return [{"resourceType": "Patient", "id": id} for id in ids]


async def _put(caller: Caller, resource: Resource) -> None:
    answer = await caller("PUT", f"/fhir/Patient/{resource['id']}", resource)
    assert answer.status_code == 201, answer.text


async def _store(caller: Caller, examples: Sequence[Example]) -> dict[str, str]:
    """As one batch; {place: why not} of those that were refused."""
    entries = [
        b'{"resource":%b,"request":{"method":"PUT","url":%b}}' % (one.body.strip(), json.dumps(one.place).encode())
        for one in examples
    ]
    body = b'{"resourceType":"Bundle","type":"batch","entry":[%b]}' % b",".join(entries)
    answer = await caller("POST", "/fhir", body)
    if answer.status_code != 200:
        return {one.place: f"the batch: {answer.status_code} {answer.text[:200]}" for one in examples}
    told = [entry["response"] for entry in answer.json()["entry"]]
    return {one.place: _why(response) for one, response in zip(examples, told) if response["status"][0] != "2"}


def _why(response: dict[str, Any]) -> str:
    """The first error, with its place and without what differs between examples."""
    issues = response.get("outcome", {}).get("issue", [])
    error = next((one for one in issues if one["severity"] in ("error", "fatal")), {})
    where = ", ".join(error.get("expression", ()))
    return f"refused with {response['status'][:3]}: {error.get('diagnostics', '')} {f'({where})' if where else ''}".strip()


async def _reason(caller: Caller, one: Example) -> str:
    """Why the example did not pass, or nothing."""
    wanted = _content(one.resource)
    answer = await caller("GET", f"/fhir/{one.place}")
    if answer.status_code != 200:
        return f"read: {answer.status_code} {answer.text[:200]}"
    read = exactjson.loads(answer.content)
    if _content(read) != wanted:
        return "comes back as JSON with other content"
    answer = await caller("GET", f"/fhir/{one.place}", Accept=_XML)
    if answer.status_code != 200 or _XML not in answer.headers["content-type"]:
        return f"read as XML: {answer.status_code}"
    try:
        if _content(fhirxml.loads(answer.content)) != wanted:
            return "comes back as XML with other content"
    except OutcomeError as error:
        return f"the XML cannot be read: {error}"
    return await _search_fails(caller, one, read["meta"]["lastUpdated"])


async def _search_fails(caller: Caller, one: Example, updated: str) -> str:
    """By when it was stored where it has no other parameter than `_id`, as a Binary."""
    code, value = one.found_by or ("_lastUpdated", updated)
    query = f"{one.resource['resourceType']}?{code}={quote(value, safe='')}&_count=1000"
    answer = await caller("GET", f"/fhir/{query}")
    if answer.status_code != 200:
        return f"search by `{code}`: {answer.status_code} {answer.text[:200]}"
    places = [entry["fullUrl"].partition("/fhir/")[2] for entry in answer.json().get("entry", []) if "fullUrl" in entry]
    return "" if one.place in places else f"not found by `{code}`"


def _content(resource: Resource) -> bytes:
    """What was sent: without the version and the instant that the server gives."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    rest = {name: value for name, value in resource.items() if name != "meta"}
    return exactjson.canonical({**rest, **({"meta": meta} if meta else {})})


def _with_searches(examples: Sequence[Example]) -> list[Example]:
    """Each with the search that the fewest examples answer to."""
    every = [list(_searches(published.load(exactjson.dumps(one.resource).decode()))) for one in examples]
    known = Counter((one.resource["resourceType"], search) for one, searches in zip(examples, every) for search in set(searches))

    def rarest(one: Example, searches: list[tuple[str, str]]) -> tuple[str, str] | None:
        resource_type: str = one.resource["resourceType"]
        ranked = sorted(searches, key=lambda search: known[resource_type, search])
        return next((search for search in ranked if _is_lawful(resource_type, search)), None)

    return [replace(one, found_by=rarest(one, searches)) for one, searches in zip(examples, every)]


def _is_lawful(resource_type: str, search: tuple[str, str]) -> bool:
    """Whether no law names what the search is made by, as why a medicine was prescribed (NLL 3 kap. 9 §)."""
    return not used(resolve(parse(resource_type, [search]), base="", now=datetime.now(UTC)).uses)


def _searches(resource: Resource) -> Iterator[tuple[str, str]]:
    for code, parameter in spec.search_parameters(resource["resourceType"]).items():
        if code not in ("_id", "_lastUpdated") and parameter.type in _TEXTS:
            for value in published.selected(resource, code):
                if _is_meant(value, parameter.target):
                    yield from ((code, text) for text in _TEXTS[parameter.type](value) if 0 < len(text) < 500)


def _is_meant(value: Any, targets: tuple[str, ...]) -> bool:
    """Only a document's first resource is a Composition, and only a message's a MessageHeader."""
    return not (isinstance(value, dict) and "resourceType" in value) or value["resourceType"] in targets


def _dates(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value[:4].isdecimal() else []
    return [f"ge{value['start']}"] if isinstance(value, dict) and "start" in value else []


_TEXTS: Final = {
    "string": lambda value: [escaped(text.strip()) for text in string.texts(value) if string.fold(text)],
    "token": lambda value: [
        f"{escaped(one.system)}|{escaped(one.code)}" if one.system else escaped(one.code)
        for one in token.codes(value)
        if one.code
    ],
    "uri": lambda value: [escaped(value)] if isinstance(value, str) else [],
    "reference": lambda value: [escaped(place) for place in reference.places(value, "") if place[0] != "#"],
    "date": _dates,
    "number": lambda value: [str(have.value) for have in quantity.amounts(value) if have.low is None],
    "quantity": lambda value: [str(have.value) for have in quantity.amounts(value) if have.low is None],
}
