"""Tokens by meaning, in a real PostgreSQL: of a value set, over and under a code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from kedja import definitions
from kedja.access.custody import Custody, Regime
from kedja.outcome import OutcomeError
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.values import concepts
from tests.store.searching.asking import BASE, ask, references
from tests.store.searching.world import NOW, Held, World, load

Conn = asyncpg.Connection
COLOURS = "http://example.org/colours"
REDS = "http://example.org/reds"
DEFINED: list[dict[str, Any]] = [
    {
        "resourceType": "CodeSystem",
        "url": COLOURS,
        "status": "active",
        "content": "complete",
        "concept": [{"code": "red", "concept": [{"code": "crimson"}]}, {"code": "blue"}],
    },
    {
        "resourceType": "ValueSet",
        "id": "reds",
        "url": REDS,
        "status": "active",
        "compose": {"include": [{"system": COLOURS, "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}]},
    },
]


@pytest.fixture(autouse=True)
def colours() -> Iterator[None]:
    with definitions.using(definitions.of(DEFINED)):
        yield


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[Conn]:
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    yield connection
    await connection.close()


async def stored(conn: Conn) -> World:
    """Observations of a colour, of a colour elsewhere, and of none."""
    world = World()
    codes = {"red": "red", "crimson": "crimson", "blue": "blue", "other": "crimson", "none": ""}
    for number, (id, code) in enumerate(codes.items()):
        system = "http://example.org/other" if id == "other" else COLOURS
        concept = {"coding": [{"system": system, "code": code}]} if code else {"text": "some colour"}
        body = {"resourceType": "Observation", "id": id, "status": "final", "code": concept}
        world.held.append(Held(body, Custody(Regime.HEALTH, 1, "prov-a", "unit-1"), 4096 * (number + 1), NOW))
    await load(conn, world)
    return world


async def test_codes_are_found_by_what_they_mean(conn: Conn) -> None:
    world = await stored(conn)

    async def found(name: str, value: str) -> set[str]:
        bundle = await ask(conn, world, "Observation", [(name, value)])
        return {reference.partition("/")[2] for reference in references(bundle, "match")}

    for value in (REDS, "ValueSet/reds", f"{BASE}/ValueSet/reds"):
        assert await found("code:in", value) == {"red", "crimson"}
    assert await found("code:not-in", REDS) == {"blue", "other", "none"}
    assert await found("code:below", f"{COLOURS}|red") == {"red", "crimson"}
    assert await found("code:below", f"{COLOURS}|crimson,{COLOURS}|blue") == {"crimson", "blue"}
    assert await found("code:above", f"{COLOURS}|crimson") == {"red", "crimson"}
    everything = {"red", "crimson", "blue", "other", "none"}
    assert await found("status:in", "http://hl7.org/fhir/ValueSet/observation-status") == everything
    assert await found("status:in", REDS) == set()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("code:in", "http://example.org/none", "`http://example.org/none` is not here"),
        ("code:in", "ValueSet/none", "ValueSet/none is not here"),
        ("code:in", "http://hl7.org/fhir/ValueSet/condition-code", "`http://snomed.info/sct` cannot be listed"),
        ("code:below", "red", "wants a code with its system"),
        ("code:below", "http://snomed.info/sct|1", "is not known here: store its CodeSystem"),
        ("identifier:in", REDS, "has no codes of code systems"),
    ],
)
def test_what_cannot_be_looked_up_is_refused_with_the_reason(name: str, value: str, told: str) -> None:
    with pytest.raises(OutcomeError) as refused:
        resolve(parse("Observation", [(name, value)]))
    assert refused.value.status == 400
    assert told in str(refused.value)


def test_a_value_set_with_too_many_codes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concepts, "MOST", 1)
    with pytest.raises(OutcomeError, match="stands for 2 codes; at most 1 are taken"):
        resolve(parse("Observation", [("code:in", REDS)]))
