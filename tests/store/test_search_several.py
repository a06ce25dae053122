"""Searches of several types and of compartments find what a slow walk finds in each of the types."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kedja.search.condition import EVERYTHING, NOTHING, Condition
from tests.store.searching.asking import BASE, ask, link, next_pairs, references
from tests.store.searching.oracle import Oracle
from tests.store.searching.strategies import Pairs, laws, values
from tests.store.searching.values import values_of
from tests.store.searching.world import World, load, make

EXAMPLES = int(os.environ.get("KEDJA_TEST_EXAMPLES", "40"))
ASKED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
TYPES = ("Encounter", "Observation", "Organization", "Patient", "RiskAssessment")
COMMON = {  # values are those of the first of the types: its subjects may be of fewer types
    ("Encounter", "Observation"): ("date", "status", "patient", "subject", "subject.given", "patient.organization.name"),
    ("Patient", "Organization"): ("name",),
    ("Encounter", "RiskAssessment", "Observation"): ("subject",),
}
# The compartment of a Patient, as far as the world has it.
INSIDE = {"Encounter": ("patient",), "Observation": ("subject", "performer"), "RiskAssessment": ("subject",)}


@pytest.fixture(scope="module")
def world() -> World:
    return make()


@pytest_asyncio.fixture(scope="module")
async def conn(module_database_url: str, world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(module_database_url, server_settings={"timezone": "UTC", "jit": "off"})
    await load(connection, world)
    yield connection
    await connection.close()


@st.composite
def searches(draw: st.DrawFn) -> tuple[tuple[str, ...], Pairs]:
    """Types, and parameters that they have in common."""
    types = draw(st.sampled_from([*COMMON, TYPES]))
    pairs: Pairs = []
    for name in draw(st.lists(st.sampled_from(("_tag", "_id", "_lastUpdated", *COMMON.get(types, ()))), max_size=2)):
        code = {"subject.given": ("Patient", "given"), "patient.organization.name": ("Organization", "name")}
        value = draw(values(*code.get(name, (types[0], name))))
        pairs.append((f"{name}:not" if name == "_tag" and draw(st.booleans()) else name, value))
    return types, pairs


def expected(world: World, law: Condition, types: tuple[str, ...], pairs: Pairs) -> list[str]:
    found = {one for name in types for one in Oracle(world, law).search(name, pairs).matches}
    return [held.reference for held in sorted(world.held, key=lambda held: -held.key) if held.reference in found]


async def pages(
    conn: asyncpg.Connection, world: World, law: Condition, kind: str, pairs: Pairs, of: tuple[str, str] | None = None
) -> list[str]:
    found: list[str] = []
    ahead: Pairs | None = [*pairs, ("_count", "7")]
    while ahead is not None:
        bundle = await ask(conn, world, kind, ahead, law, compartment=of)
        found += references(bundle, "match")
        ahead = next_pairs(bundle)
    return found


@ASKED
@given(search=searches(), law=st.one_of(laws(), st.just(EVERYTHING)))
async def test_a_search_of_several_types_finds_what_each_has(
    conn: asyncpg.Connection, world: World, search: tuple[tuple[str, ...], Pairs], law: Condition
) -> None:
    types, pairs = search
    found = await pages(conn, world, law, "", [("_type", ",".join(types)), *pairs])
    assert found == expected(world, law, types, pairs)


@ASKED
@given(place=st.integers(0, 30), law=st.one_of(laws(), st.just(EVERYTHING)), kind=st.sampled_from(("", *INSIDE)))
async def test_a_compartment_has_what_leads_to_it(
    conn: asyncpg.Connection, world: World, place: int, law: Condition, kind: str
) -> None:
    patients = [held for held in world.held if held.type == "Patient"]
    patient = patients[place % len(patients)]
    same = {f"Patient/{id}" for id in world.patients().get(patient.id, (0, (patient.id,)))[1]} | {patient.reference}
    found = await pages(conn, world, law, kind, [], ("Patient", patient.id))
    visible = [held for name in INSIDE for held in Oracle(world, law).visible(name) if kind in ("", name)]
    referred = {held.reference: {ref for code in INSIDE[held.type] for ref in values_of(held.resource, code)} for held in visible}
    inside = {reference for reference, refs in referred.items() if refs & same}
    itself = [held.reference for held in Oracle(world, law).visible("Patient") if held is patient and not kind]
    assert set(found) == inside | set(itself)
    assert len(found) == len(set(found))


async def test_a_search_of_everything_says_where_it_was_asked(conn: asyncpg.Connection, world: World) -> None:
    bundle = await ask(conn, world, "", [("_count", "2")])
    assert link(bundle, "self") == f"{BASE}?_count=2"
    assert (link(bundle, "next") or "").startswith(f"{BASE}?_count=2&_cursor=")
    bundle = await ask(conn, world, "Observation", [("status", "final")], NOTHING, compartment=("Patient", "1"))
    assert link(bundle, "self") == f"{BASE}/Patient/1/Observation?status=final"
