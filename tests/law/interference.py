"""Two stores that differ only in what somebody may not see, and everything that this somebody can ask of them."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import asyncpg
import httpx

from kedja.access.actor import Actor, Purpose
from kedja.access.consents import block_consent
from kedja.gate.door import utc_now
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD,
    WARD_DOCTOR,
    Caller,
    Service,
    observation,
    patient,
    running,
    staff,
)  # fmt: skip

Resource = dict[str, Any]
QUALITY: Final = staff("ulf", NORTH, CLINIC, purpose=Purpose.QUALITY)
NUMBERS: Final = ("195803142388", "195802142389", "194004022390")
SECRET: Final = "Rosenkvarts"  # stands in what is hidden, and nowhere else
_NOT_FOR_PATIENT: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPATIENT"}


@dataclass(frozen=True)
class Hidden:
    """A place for something that the asker may not see: who keeps it, and as what. `version` stands there already."""

    keeper: Actor
    resource: Resource
    exists: bool

    @property
    def place(self) -> str:
        return f"{self.resource['resourceType']}/{self.resource['id']}"


@dataclass(frozen=True)
class Asker:
    """Somebody, what they may not see, and the persons whose records they ask for."""

    actor: Actor
    hidden: Sequence[Hidden]


@dataclass(frozen=True)
class Answer:
    """What was asked, and every byte that came, apart from what differs between any two requests."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


async def fill(service: Service) -> list[Asker]:
    """A clinic with two patients; a surgery of another provider that knows one of them and a third; a ward behind a block."""
    clinic, ward, surgery = (service.as_(actor) for actor in (CLINIC_DOCTOR, WARD_DOCTOR, SURGERY_DOCTOR))
    await _put(service.system(), {"resourceType": "Organization", "id": "org", "name": "Ekbackens vårdcentral"})
    for place, number in enumerate(NUMBERS[:2]):
        await _put(clinic, _patient(f"{CLINIC}.p{place}", number, "Lindqvist"))
        for day in range(1, 6):
            await _put(clinic, _note(f"{CLINIC}.o{place}-{day}", f"{CLINIC}.p{place}", 40 + day, f"2026-05-0{day}"))
    await _put(ward, _patient(f"{WARD}.p1", NUMBERS[1], "Lindqvist"))
    for place, number in enumerate((NUMBERS[0], NUMBERS[2])):
        await _put(surgery, _patient(f"{SURGERY}.p{place}", number, "Lindqvist"))
    first = await service.citizen(f"{CLINIC}.p0")
    second = await service.citizen(f"{CLINIC}.p1")
    await _block(second, f"{CLINIC}.p1")
    of_others = [*_kept(SURGERY_DOCTOR, f"{SURGERY}.p0", "elsewhere"), *_kept(SURGERY_DOCTOR, f"{SURGERY}.p1", "stranger")]
    behind_a_block = list(_kept(WARD_DOCTOR, f"{WARD}.p1", "blocked"))
    not_for_the_patient = [
        Hidden(one.keeper, one.resource | {"meta": {"security": [_NOT_FOR_PATIENT]}}, one.exists)
        for one in _kept(CLINIC_DOCTOR, f"{CLINIC}.p0", "masked")
    ]
    of_other_persons = [*_kept(CLINIC_DOCTOR, f"{CLINIC}.p1", "neighbour"), *_kept(SURGERY_DOCTOR, f"{SURGERY}.p1", "stranger")]
    askers = [
        Asker(CLINIC_DOCTOR, [*of_others, *behind_a_block]),
        Asker(QUALITY, [*of_others, *behind_a_block]),
        Asker(first.actor, [*not_for_the_patient, *of_other_persons]),
    ]
    for one in {one.place: one for asker in askers for one in asker.hidden}.values():
        if one.exists:
            await _put(service.as_(one.keeper), one.resource)
    return askers


def _patient(id: str, number: str, family: str) -> Resource:
    return patient(number, family) | {
        "id": id,
        "birthDate": "1958-03-14",
        "managingOrganization": {"reference": "Organization/org"},
    }


def _note(id: str, patient_id: str, value: int, date: str) -> Resource:
    return observation(patient_id, value, date) | {"id": id, "performer": [{"reference": "Organization/org"}]}


def _kept(keeper: Actor, patient_id: str, name: str) -> Iterator[Hidden]:
    """Places for things of many kinds, some taken and some free."""
    unit = keeper.assignment.unit if keeper.assignment else ""
    subject = {"subject": {"reference": f"Patient/{patient_id}"}}
    for number in range(4):
        id = f"{unit}.{name}-{number}"
        told = {"id": id, "note": [{"text": SECRET}], "identifier": [{"system": "urn:notes", "value": id}]}
        yield Hidden(keeper, _note(id, patient_id, 41 + number, f"2026-05-0{number + 1}") | told, number % 2 == 0)
        coded = {"coding": [{"system": "urn:oid:1.2.752.108.1", "code": "NPU27300"}], "text": SECRET}
        yield Hidden(keeper, {"resourceType": "Condition", "code": coded, **subject, "id": id}, number % 2 == 1)
    for number, value in enumerate(("", NUMBERS[2]) if keeper is not WARD_DOCTOR else ()):  # these would not be blocked
        yield Hidden(keeper, _patient(f"{unit}.{name}-p{number}", value, "Lindqvist"), number == 0)


async def _block(person: Caller, patient_id: str) -> None:
    """The person closes the ward to the provider's other units."""
    await person.create(block_consent(f"Patient/{patient_id}", NORTH, inner=True, unit=WARD, dated=utc_now()))


async def _put(caller: Caller, resource: Resource) -> None:
    answer = await caller("PUT", f"/fhir/{resource['resourceType']}/{resource['id']}", resource)
    assert answer.status_code in (200, 201), answer.text


async def change(service: Service, hidden: Sequence[Hidden], random: Random) -> None:
    """Add, change and remove some of what is hidden, in any order."""
    for one in random.sample(hidden, k=max(1, len(hidden) * 2 // 3)):
        caller = service.as_(one.keeper)
        for _ in range(random.choice((1, 1, 2))):
            if random.random() < 0.3:
                assert (await caller("DELETE", f"/fhir/{one.place}")).status_code in (204, 404)
            else:
                await _put(caller, one.resource | {"language": random.choice(("sv", "en", "fi"))})


def reads(hidden: Sequence[Hidden]) -> Iterator[str]:
    """Everything that can be asked by GET, of what may be seen and of what may not."""
    yield from _SEARCHES
    for one in hidden:
        type, id = one.resource["resourceType"], one.resource["id"]
        yield from (f"{type}/{id}", f"{type}/{id}/_history", f"{type}/{id}/_history/1", f"{type}/{id}/_history/2")
        yield from (
            f"{type}/{id}/$meta",
            f"{type}?_id={id}",
            f"{type}?_id={id}&_summary=count",
            f"Observation?has-member={type}/{id}",
        )
        yield from (f"Provenance?target={type}/{id}", f"Observation?identifier=urn:notes|{id}")
        if type == "Patient":
            yield from (
                f"Observation?patient={id}",
                f"Observation?subject=Patient/{id}",
                f"Patient/{id}/Observation",
                f"Patient/{id}/$everything",
            )


_SEARCHES: Final = (
    "Observation?_count=3",
    "Observation?_count=2&_sort=date",
    "Observation?_count=2&_sort=-date,_lastUpdated&_total=accurate",
    "Observation?_sort=-_lastUpdated&_summary=count",
    "Observation?code=NPU27300&_total=accurate",
    "Observation?code:text=hba1c",
    f"Observation?patient={CLINIC}.p0&_include=Observation:subject&_include=Observation:performer",
    f"Observation?patient={CLINIC}.p1&_revinclude=Condition:subject&_total=accurate",
    "Observation?subject:Patient.name=Lindqvist&_total=accurate",
    "Observation?subject:Patient.identifier=195803142388&_total=accurate",
    "Observation?value-quantity=gt42&_sort=value-quantity&_count=2",
    "Observation?value-quantity=lt44|http://unitsofmeasure.org|mmol/mol&_total=accurate",
    "Observation?date=ge2026-05-02&date=lt2026-05-05&_total=accurate",
    "Observation?_filter=date ge 2026-05-03 and code eq NPU27300&_total=accurate",
    "Observation?_lastUpdated=gt2020-01-01&_elements=status&_total=accurate",
    "Observation?identifier:missing=true&_total=accurate",
    "Observation?code-value-quantity=NPU27300$42&_total=accurate",
    "Patient?name=Lindqvist&_total=accurate&_revinclude=Observation:subject&_revinclude=Condition:subject",
    "Patient?_has:Observation:patient:code=NPU27300&_total=accurate",
    "Patient?_has:Condition:patient:code=NPU27300&_total=accurate",
    "Patient?birthdate=1958-03-14&_sort=family&_count=1",
    "Patient?identifier=194004022390",
    "Condition?_total=accurate",
    f"Condition?code:text={SECRET}",
    "Organization?_revinclude=Patient:organization&_revinclude=Observation:performer&_total=accurate",
    "Organization?_has:Patient:organization:name=Lindqvist",
    "?_type=Observation,Condition,Patient&_count=4&_total=accurate",
    f"Patient/{CLINIC}.p0/Observation?_total=accurate",
    f"Patient/{CLINIC}.p0/*?_count=3",
    f"Patient/{CLINIC}.p0/$everything",
    f"Patient/{CLINIC}.p1/$everything?_count=4",
    f"Observation/$lastn?patient={CLINIC}.p0&max=2",
    "Observation/$meta",
    "$meta",
    "_history?_count=5",
    "Observation/_history?_count=4",
    "Condition/_history",
    f"Observation/{CLINIC}.o0-1/_history",
)


def writes(hidden: Sequence[Hidden], own: Resource, *, of_a_citizen: bool) -> Iterator[tuple[str, str, Any, dict[str, str]]]:
    """(method, path, body, headers) of writes that meet what is hidden by its id, its identifier, or a search.

    Staff who give care may look up a Patient by its exact id, as by its number, and are logged: they may name it as a subject.
    """
    patch = [{"op": "replace", "path": "/status", "value": "amended"}]
    as_patch = {"Content_Type": "application/json-patch+json"}
    tags = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "a"}]}}]}
    for one in hidden:
        type, id = one.resource["resourceType"], one.resource["id"]
        mine = one.resource | ({"subject": own["subject"]} if "subject" in one.resource else {})
        yield "PUT", f"{type}/{id}", mine, {}
        yield "PUT", f"{type}/{id}", mine, {"If_Match": 'W/"1"'}
        yield "PUT", f"{type}/{id}", mine, {"If_None_Match": "*"}
        yield "PUT", f"{type}?_id={id}", mine, {}
        yield "PATCH", f"{type}/{id}", patch, as_patch
        yield "PATCH", f"{type}?_id={id}", patch, as_patch
        yield "DELETE", f"{type}/{id}", None, {}
        yield "DELETE", f"{type}/{id}", None, {"If_Match": 'W/"1"'}
        yield "DELETE", f"{type}?_id={id}", None, {}
        yield "POST", f"{type}/{id}/$meta-add", tags, {}
        yield "POST", f"{type}/{id}/$validate", None, {}
        yield "POST", "Observation", own, {"If_None_Exist": f"identifier=urn:notes|{id}"}
        yield "POST", "Observation", own | {"hasMember": [{"reference": f"Observation?identifier=urn:notes|{id}"}]}, {}
        yield "POST", "Observation", own | {"hasMember": [{"reference": f"{type}/{id}"}]}, {}
        yield "POST", "", _transaction(type, id, mine, own), {}
        if type == "Patient" and of_a_citizen:
            yield "POST", "Observation", own | {"subject": {"reference": f"Patient/{id}"}}, {}
    yield "PATCH", "Condition?code=NPU27300", patch, as_patch
    yield "DELETE", f"Condition?code:text={SECRET}", None, {}


def _transaction(type: str, id: str, mine: Resource, own: Resource) -> Resource:
    entries = [
        {"request": {"method": "GET", "url": f"{type}/{id}"}},
        {"resource": own, "request": {"method": "POST", "url": "Observation", "ifNoneExist": f"identifier=urn:notes|{id}"}},
        {"resource": mine, "request": {"method": "PUT", "url": f"{type}/{id}"}},
    ]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}


_DIFFERS: Final = ("x-request-id", "date", "content-length")
_MADE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOW: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)|\w{3}, \d\d \w{3} 20\d\d [0-9:]{8} GMT")
_CURSOR: Final = re.compile(r"_cursor=[A-Za-z0-9_-]+")


async def read_all(caller: Caller, paths: Sequence[str], *, written: bool = False) -> AsyncIterator[Answer]:
    """Every answer, with all the pages that follow it. A cursor is worth what it leads to."""
    for path in paths:
        following: str | None = f"/fhir/{path}"
        page = 0
        while following is not None and page < 12:
            answer = await caller("GET", following)
            yield answer_of(f"GET {path} page {page}", answer, written=written)
            links = answer.json().get("link", []) if answer.content else []
            following = next((link["url"].partition("kedja.test")[2] for link in links if link["relation"] == "next"), None)
            page += 1


def answer_of(asked: str, answer: httpx.Response, *, written: bool = False) -> Answer:
    """`written`: times and ids that this answer itself made are told apart only by their order."""
    body = _CURSOR.sub("_cursor=", answer.text)
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in _DIFFERS)
    if written:
        made: dict[str, str] = {}
        body = _NOW.sub("NOW", _MADE.sub(lambda match: made.setdefault(match[0], f"made-{len(made)}"), body))
        headers = [(name, _NOW.sub("NOW", _MADE.sub("made", value))) for name, value in headers]
    return Answer(asked, answer.status_code, tuple(headers), body)


async def write_all(caller: Caller, asked: Sequence[tuple[str, str, Any, dict[str, str]]]) -> AsyncIterator[Answer]:
    for method, path, body, headers in asked:
        content = json.dumps(body).encode() if body is not None else None
        answer = await caller(method, f"/fhir/{path}", content, **headers)
        yield answer_of(f"{method} {path} {headers}", answer, written=True)


@asynccontextmanager
async def twins(server: Any, name: str, home: Path) -> AsyncIterator[tuple[Service, Service]]:
    """The service twice, over two copies of the database `name`."""
    async with AsyncExitStack() as stack:
        admin = await asyncpg.connect(server("postgres"))
        stack.push_async_callback(admin.close)
        services: list[Service] = []
        for twin in ("one", "other"):
            stack.push_async_callback(admin.execute, f"DROP DATABASE {name}_{twin} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {name}_{twin} TEMPLATE {name}")
            services.append(await stack.enter_async_context(running(server(f"{name}_{twin}"), home, client_ids="own")))
        yield services[0], services[1]
