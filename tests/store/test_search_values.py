"""Composites, amounts, places and texts, as PostgreSQL compares them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from kedja.access.custody import Custody, Regime
from tests.store.searching.asking import ask, next_pairs, references
from tests.store.searching.world import NOW, Held, World, load

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def concept(code: str, system: str = LOINC, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, **more}]}


def amount(value: float, code: str = "mm[Hg]") -> dict[str, Any]:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def usage(code: str, **value: Any) -> dict[str, Any]:
    return {"code": {"system": "urn:usage", "code": code}, **value}


RESOURCES: dict[str, dict[str, Any]] = {
    "pressure": {
        "resourceType": "Observation",
        "code": concept("85354-9", display="Blood pressure"),
        "component": [
            {"code": concept("8480-6"), "valueQuantity": amount(120)},
            {"code": concept("8462-4"), "valueQuantity": amount(80)},
        ],
    },
    "high": {
        "resourceType": "Observation",
        "code": concept("85354-9"),
        "component": [
            {"code": concept("8480-6"), "valueQuantity": amount(16, "kPa")},
            {"code": concept("8462-4"), "valueQuantity": amount(120)},
        ],
    },
    "weight": {"resourceType": "Observation", "code": concept("29463-7"), "valueQuantity": amount(70.5, "kg")},
    "light": {"resourceType": "Observation", "code": concept("29463-7"), "valueQuantity": amount(900, "g")},
    "smoker": {
        "resourceType": "Observation",
        "code": concept("72166-2"),
        "valueCodeableConcept": concept("smokes"),
        "component": [
            {"code": concept("kind"), "valueCodeableConcept": concept("pipe")},
            {"code": concept("since"), "valueCodeableConcept": concept("long")},
        ],
    },
    "told": {"resourceType": "Observation", "code": concept("note"), "valueString": "Åter i dag"},
    "period": {"resourceType": "Observation", "code": concept("leave"), "valuePeriod": {"start": "2024-01-10", "end": "2024-02"}},
    "group": {
        "resourceType": "Group",
        "characteristic": [
            {"code": concept("smoker"), "valueBoolean": True},
            {"code": concept("twin"), "valueBoolean": False},
            {"code": concept("sex"), "valueCodeableConcept": concept("F", "urn:sex")},
        ],
    },
    "copy": {
        "resourceType": "DocumentReference",
        "relatesTo": [
            {"code": "replaces", "target": {"reference": "DocumentReference/a"}},
            {"code": "signs", "target": {"reference": "DocumentReference/b"}},
        ],
    },
    "adults": {
        "resourceType": "PlanDefinition",
        "useContext": [
            usage("age", valueRange={"low": amount(18, "a"), "high": amount(64, "a")}),
            usage("dose", valueQuantity=amount(5, "mg")),
            usage("focus", valueCodeableConcept=concept("asthma", "urn:focus")),
        ],
    },
    "gene": {
        "resourceType": "MolecularSequence",
        "referenceSeq": {"chromosome": concept("7", "urn:chromosomes"), "windowStart": 100, "windowEnd": 200},
        "variant": [{"start": 110, "end": 120}, {"start": 150, "end": 190}],
    },
    "house": {"resourceType": "Location", "position": {"latitude": 0, "longitude": 0}},
    "ward": {"resourceType": "Location", "position": {"latitude": 0, "longitude": 0}, "partOf": {"reference": "Location/house"}},
    "room": {"resourceType": "Location", "position": {"latitude": 0, "longitude": 0}, "partOf": {"reference": "Location/ward"}},
    "in-house": {"resourceType": "Encounter", "location": [{"location": {"reference": "Location/house"}}]},
    "in-room": {"resourceType": "Encounter", "location": [{"location": {"reference": "Location/room"}}]},
    "elsewhere": {"resourceType": "Encounter", "location": [{"location": {"reference": "Location/norrvik"}}]},
    "norrvik": {"resourceType": "Location", "position": {"latitude": 59.3293, "longitude": 18.0686}},
    "uppsala": {"resourceType": "Location", "position": {"latitude": 59.8586, "longitude": 17.6389}},
    "fiji": {"resourceType": "Location", "position": {"latitude": -17.7, "longitude": 179.9}},
    "anywhere": {"resourceType": "Location"},
}


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    for number, (id, resource) in enumerate(RESOURCES.items(), 1):
        world.held.append(Held({"id": id, **resource}, Custody(Regime.DIRECTORY, 0), number * 4096, NOW))
    return world


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


CASES = [
    ("Observation", "component-code-value-quantity", f"8480-6$gt110|{UCUM}|mm[Hg]", "pressure high"),
    ("Observation", "component-code-value-quantity", f"8480-6$120|{UCUM}|mm[Hg]", "pressure high"),
    ("Observation", "component-code-value-quantity", "8480-6$120", "pressure"),
    ("Observation", "component-code-value-quantity", "8462-4$120", "high"),
    ("Observation", "component-code-value-quantity", f"{LOINC}|8462-4$lt100", "pressure"),
    ("Observation", "component-code-value-quantity", "urn:x|8462-4$lt100", ""),
    ("Observation", "component-code-value-quantity", "8480-6$16||kPa,8462-4$80||mm[Hg]", "pressure high"),
    ("Observation", "code-value-quantity", f"29463-7$gt1|{UCUM}|kg", "weight"),
    ("Observation", "code-value-quantity", f"29463-7$lt1|{UCUM}|kg", "light"),
    ("Observation", "combo-code-value-quantity", f"{LOINC}|29463-7$70.5|{UCUM}|kg,8480-6$16||kPa", "weight high"),
    ("Observation", "code-value-concept", "72166-2$smokes", "smoker"),
    ("Observation", "component-code-value-concept", "kind$pipe", "smoker"),
    ("Observation", "component-code-value-concept", f"{LOINC}|kind${LOINC}|pipe", "smoker"),
    ("Observation", "component-code-value-concept", f"{LOINC}|${LOINC}|long", "smoker"),
    ("Observation", "component-code-value-concept", "kind$long", ""),
    ("Observation", "combo-code-value-concept", "since$long,72166-2$smokes", "smoker"),
    ("Observation", "code-value-string", "note$ater", "told"),
    ("Observation", "code-value-string", "leave$ater", ""),
    ("Observation", "code-value-date", "leave$sa2023", "period"),
    ("Observation", "code-value-date", "leave$2024-01-15", ""),
    ("Observation", "code-value-date", "leave$2024", "period"),
    ("Observation", "component-code-value-quantity:missing", "false", "pressure high"),
    ("Observation", "code-value-quantity:missing", "true", "pressure high smoker told period"),
    ("Group", "characteristic-value", "smoker$true", "group"),
    ("Group", "characteristic-value", "twin$true", ""),
    ("Group", "characteristic-value", "sex$urn:sex|F", "group"),
    ("Group", "value", "true", "group"),
    ("Group", "value", "urn:sex|F", "group"),
    ("DocumentReference", "relationship", "DocumentReference/a$replaces", "copy"),
    ("DocumentReference", "relationship", "a$http://hl7.org/fhir/document-relationship-type|replaces", "copy"),
    ("DocumentReference", "relationship", "DocumentReference/a$signs", ""),
    ("PlanDefinition", "context-type-quantity", f"age$gt20|{UCUM}|a", "adults"),
    ("PlanDefinition", "context-type-quantity", f"age$gt80|{UCUM}|a", ""),
    ("PlanDefinition", "context-type-quantity", f"dose$0.005|{UCUM}|g", "adults"),
    ("PlanDefinition", "context-type-quantity", f"age$0.005|{UCUM}|g", ""),
    ("PlanDefinition", "context-type-value", "urn:usage|focus$urn:focus|asthma", "adults"),
    ("MolecularSequence", "chromosome-variant-coordinate", "7$ge110$le120", "gene"),
    ("MolecularSequence", "chromosome-variant-coordinate", "7$ge150$le120", ""),
    ("MolecularSequence", "chromosome-variant-coordinate", "8$ge110$le120", ""),
    ("MolecularSequence", "chromosome-window-coordinate", "urn:chromosomes|7$100$200", "gene"),
    ("Encounter", "location:below", "house", "in-house in-room"),
    ("Encounter", "location:below", "Location/ward", "in-room"),
    ("Encounter", "location:above", "room", "in-house in-room"),
    ("Encounter", "location:above", "ward,norrvik", "in-house elsewhere"),
    ("Location", "partof:below", "house", "ward room"),
    ("Location", "near", "59.33|18.07", "norrvik"),
    ("Location", "near", "59.33|18.07|100|km", "norrvik uppsala"),
    ("Location", "near", "59.33|18.07|300|m", "norrvik"),
    ("Location", "near", "59.33|18.07|50|m", ""),
    ("Location", "near", "59.85|17.64|2|[mi_i],59.33|18.07|300|m", "norrvik uppsala"),
    ("Location", "near", "-17.7|-179.9|30", "fiji"),
    ("Location", "near:missing", "true", "anywhere"),
    ("Observation", "code:text", "blood", "pressure"),
    ("Observation", "value-quantity", f"0.9|{UCUM}|kg", "light"),
    ("Observation", "value-quantity", f"ne0.9|{UCUM}|kg", "weight"),
    ("Observation", "combo-value-quantity", f"ap16|{UCUM}|kPa", "pressure high"),
    ("Observation", "_id:not", "weight,light,told,period,smoker", "pressure high"),
    ("Location", "_id:missing", "true", ""),
]


ORDERS = [
    ("Observation", "code", "light weight smoker high pressure period told"),
    ("Observation", "-code", "told period high pressure smoker light weight"),
    ("Observation", "-code,-_id", "told period pressure high smoker weight light"),
    ("Observation", "value-concept,_id", "smoker high light period pressure told weight"),
    ("Observation", "component-code,_id", "high pressure smoker light period told weight"),
    ("Location", "-status,_id", "anywhere fiji house norrvik room uppsala ward"),
    ("DocumentReference", "relatesto", "copy"),
    ("MolecularSequence", "-chromosome", "gene"),
]


@pytest.mark.parametrize(("resource_type", "order", "found"), ORDERS)
async def test_codes_and_references_have_an_order_and_what_has_none_comes_last(
    conn: asyncpg.Connection, world: World, resource_type: str, order: str, found: str
) -> None:
    bundle = await ask(conn, world, resource_type, [("_sort", order)])
    assert [one.partition("/")[2] for one in references(bundle, "match")] == found.split()


async def test_pages_follow_the_order_of_codes(conn: asyncpg.Connection, world: World) -> None:
    pairs: list[tuple[str, str]] | None = [("_sort", "-code,_id"), ("_count", "2")]
    found: list[str] = []
    while pairs is not None:
        bundle = await ask(conn, world, "Observation", pairs)
        found += references(bundle, "match")
        pairs = next_pairs(bundle)
    assert [one.partition("/")[2] for one in found] == ["told", "period", "high", "pressure", "smoker", "light", "weight"]


@pytest.mark.parametrize(("resource_type", "name", "value", "found"), CASES)
async def test_what_is_asked_of_an_element_is_found(
    conn: asyncpg.Connection, world: World, resource_type: str, name: str, value: str, found: str
) -> None:
    bundle = await ask(conn, world, resource_type, [(name, value)])
    assert {one.partition("/")[2] for one in references(bundle, "match")} == {*found.split()}
