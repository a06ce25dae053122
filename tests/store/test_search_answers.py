"""What a search answers beside its matches: links, totals, bytes, warnings, and the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from kedja import exactjson
from kedja.access.custody import Custody, Regime
from kedja.outcome import OutcomeError
from kedja.search.condition import EVERYTHING, NOTHING, All, AnyOf, Column, Ruled
from kedja.search.sql.statement import MAX_INCLUDED
from tests.store.searching.asking import BASE, LOG, ask, ask_bytes, link, next_pairs, references
from tests.store.searching.world import NOW, Held, Resource, World, load

Conn = asyncpg.Connection


def hold(world: World, resource: Resource, person: int = 1, unit: str = "unit-1") -> Held:
    custody = Custody(Regime.HEALTH, person, "prov-a", unit)
    held = Held({"id": f"i{len(world.held)}", **resource}, custody, 4096 * (len(world.held) + 1), NOW)
    world.held.append(held)
    return held


def observation(world: World, patient: Held, code: str = "c", person: int = 1, unit: str = "unit-1", **more: object) -> Held:
    body = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"code": code}]}, **more}
    return hold(world, {**body, "subject": {"reference": patient.reference}}, person, unit)


@pytest.fixture
def world() -> World:
    return World()


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[Conn]:
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    yield connection
    await connection.close()


async def logged(conn: Conn) -> list[tuple[object, ...]]:
    rows = await conn.fetch(
        "SELECT person, actor, action, decision, rules, resources, request, detail FROM access_log "
        "WHERE actor = 7 ORDER BY person"
    )
    return [tuple(row) for row in rows]


async def test_numbers_come_back_digit_for_digit(conn: Conn, world: World) -> None:
    patient = hold(world, {"resourceType": "Patient"})
    observation(world, patient, valueQuantity={"value": exactjson.Number("1.50")})
    await load(conn, world)
    assert b'"value":1.50' in await ask_bytes(conn, world, "Observation", [("value-quantity", "1.5")])


async def test_newest_comes_first_and_pages_follow_each_other(conn: Conn, world: World) -> None:
    held = [hold(world, {"resourceType": "Patient"}, person) for person in range(1, 6)]
    await load(conn, world)
    first = await ask(conn, world, "Patient", [("_count", "2")])
    assert references(first, "match") == [held[4].reference, held[3].reference]
    assert "total" not in first
    second = await ask(conn, world, "Patient", next_pairs(first) or [])
    assert references(second, "match") == [held[2].reference, held[1].reference]
    third = await ask(conn, world, "Patient", next_pairs(second) or [])
    assert (references(third, "match"), link(third, "next")) == ([held[0].reference], None)


async def test_a_full_last_page_has_no_next_link(conn: Conn, world: World) -> None:
    hold(world, {"resourceType": "Patient"})
    await load(conn, world)
    assert link(await ask(conn, world, "Patient", [("_count", "1")]), "next") is None


async def test_what_is_hidden_is_no_reason_for_a_next_link(conn: Conn, world: World) -> None:
    hold(world, {"resourceType": "Patient"}, 1, "hidden")
    hold(world, {"resourceType": "Patient"}, 2)
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [("_count", "1"), ("_total", "accurate")], Column("unit", "=", "unit-1"))
    assert (bundle["total"], link(bundle, "next")) == (1, None)


async def test_the_self_link_says_what_was_understood(conn: Conn, world: World) -> None:
    await load_one(conn, world)
    asked = [("gender", "http://x|male,female"), ("brithdate", "2020"), ("_sort", "-birthdate"), ("_count", "5000")]
    bundle = await ask(conn, world, "Patient", asked, lenient=True)
    assert link(bundle, "self") == f"{BASE}/Patient?gender=http://x%7Cmale,female&_sort=-birthdate&_count=1000"
    (entry,) = bundle["entry"]
    assert entry["search"]["mode"] == "outcome"
    (issue,) = entry["resource"]["issue"]
    assert issue["severity"] == "warning" and "did you mean `birthdate`?" in issue["diagnostics"]


async def load_one(conn: Conn, world: World) -> Held:
    held = hold(world, {"resourceType": "Patient", "birthDate": "1990-01-01"})
    await load(conn, world)
    return held


async def test_nothing_found_is_a_bundle_without_entries(conn: Conn, world: World) -> None:
    await load_one(conn, world)
    bundle = await ask(conn, world, "Patient", [("gender", "other")])
    assert bundle == {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "self", "url": f"{BASE}/Patient?gender=other"}],
    }


@pytest.mark.parametrize("pair", [("_summary", "count"), ("_count", "0")])
async def test_a_count_alone_counts_what_may_be_seen_and_is_logged_about_nobody(
    conn: Conn, world: World, pair: tuple[str, str]
) -> None:
    hold(world, {"resourceType": "Patient"}, 1)
    hold(world, {"resourceType": "Patient"}, 2, "hidden")
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [pair], Column("unit", "=", "unit-1"))
    assert (bundle["total"], "entry" in bundle) == (1, False)
    assert await logged(conn) == [(0, 7, "search", "permit", [], [], "request-1", "what was asked")]


async def test_the_log_names_the_rule_that_permitted(conn: Conn, world: World) -> None:
    own = hold(world, {"resourceType": "Patient"}, 1, "unit-1")
    other = hold(world, {"resourceType": "Patient"}, 2, "unit-2")
    law = AnyOf((Ruled("I-1", Column("unit", "=", "unit-1")), All((Column("person", "<>", 1), Ruled("V-7", EVERYTHING)))))
    await load(conn, world)
    await ask(conn, world, "Patient", [], law)
    rest = ("request-1", "what was asked")
    assert await logged(conn) == [
        (1, 7, "search", "permit", ["I-1"], [own.reference], *rest),
        (2, 7, "search", "permit", ["V-7"], [other.reference], *rest),
    ]


async def test_a_search_that_finds_nothing_is_logged_too(conn: Conn, world: World) -> None:
    await load_one(conn, world)
    await ask(conn, world, "Patient", [], NOTHING)
    assert await logged(conn) == [(0, 7, "search", "permit", [], [], LOG.request, LOG.detail)]


async def test_what_is_included_is_logged_for_its_person_and_comes_once(conn: Conn, world: World) -> None:
    patient = hold(world, {"resourceType": "Patient"})
    first, second = observation(world, patient), observation(world, patient)
    await load(conn, world)
    bundle = await ask(conn, world, "Observation", [("_include", "Observation:subject"), ("_include", "Observation:patient")])
    assert references(bundle, "match") == [second.reference, first.reference]
    assert references(bundle, "include") == [patient.reference]
    ((_, _, _, _, rules, resources, _, _),) = await logged(conn)
    assert (rules, resources) == ([], [second.reference, first.reference, patient.reference])


async def test_a_match_is_not_included_again(conn: Conn, world: World) -> None:
    patient = hold(world, {"resourceType": "Patient"})
    parent = observation(world, patient)
    child = observation(world, patient, hasMember=[{"reference": parent.reference}])
    await load(conn, world)
    bundle = await ask(conn, world, "Observation", [("_include", "Observation:has-member")])
    assert references(bundle, "match") == [child.reference, parent.reference]
    assert references(bundle, "include") == []


async def test_includes_beyond_the_limit_are_cut_and_said_so(conn: Conn, world: World) -> None:
    patient = hold(world, {"resourceType": "Patient"})
    for _ in range(MAX_INCLUDED + 1):
        observation(world, patient)
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [("_revinclude", "Observation:patient")])
    assert len(references(bundle, "include")) == MAX_INCLUDED
    assert "smaller `_count`" in bundle["entry"][-1]["resource"]["issue"][0]["diagnostics"]


async def test_everything_that_refers_to_a_large_page_comes_with_it(conn: Conn, world: World) -> None:
    patients = [hold(world, {"resourceType": "Patient"}, person) for person in range(1, 41)]
    about = [observation(world, patient, person=person) for person, patient in enumerate(patients, 1)]
    managed = hold(world, {"resourceType": "Group", "member": [{"entity": {"reference": patients[7].reference}}]}, 0)
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [("_revinclude", "*"), ("_count", "40")])
    assert len(references(bundle, "match")) == 40
    assert set(references(bundle, "include")) == {one.reference for one in (*about, managed)}


async def test_includes_at_the_limit_are_whole(conn: Conn, world: World) -> None:
    patient = hold(world, {"resourceType": "Patient"})
    for number in range(MAX_INCLUDED + 5):
        observation(world, patient, unit="unit-1" if number < MAX_INCLUDED else "hidden")
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [("_revinclude", "Observation:patient")], Column("unit", "=", "unit-1"))
    assert len(references(bundle, "include")) == MAX_INCLUDED
    assert references(bundle, "outcome") == []


async def test_separators_that_are_meant_are_found(conn: Conn, world: World) -> None:
    held = hold(world, {"resourceType": "Patient", "identifier": [{"system": "urn:s", "value": "a,b|c$d\\e"}]})
    await load(conn, world)
    bundle = await ask(conn, world, "Patient", [("identifier", "urn:s|a\\,b\\|c\\$d\\\\e")])
    assert references(bundle, "match") == [held.reference]


@pytest.mark.parametrize("hostile", ["'; DROP TABLE resource; --", "$1", "%", "_", "\\", "{0}", "a' OR '1'='1"])
async def test_a_value_is_never_part_of_the_statement(conn: Conn, world: World, hostile: str) -> None:
    hold(world, {"resourceType": "Patient", "name": [{"family": "Åberg"}], "identifier": [{"value": "x"}]})
    match = hold(world, {"resourceType": "Patient", "name": [{"family": f"q{hostile}"}]})
    await load(conn, world)
    escaped = hostile.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$").replace("|", "\\|")
    assert references(await ask(conn, world, "Patient", [("family:exact", f"q{escaped}")]), "match") == [match.reference]
    for name in ("identifier", "_id", "_profile", "general-practitioner:identifier", "_tag"):
        assert references(await ask(conn, world, "Patient", [(name, escaped)]), "match") == []


async def test_equal_sort_values_are_paged_without_loss_or_repetition(conn: Conn, world: World) -> None:
    for person in range(1, 8):
        hold(world, {"resourceType": "Patient", **({"birthDate": "1990"} if person % 3 else {})}, person)
    await load(conn, world)
    found: list[str] = []
    pairs: list[tuple[str, str]] | None = [("_sort", "birthdate"), ("_count", "1")]
    while pairs is not None:
        bundle = await ask(conn, world, "Patient", pairs)
        found += references(bundle, "match")
        pairs = next_pairs(bundle)
    assert len(found) == len(set(found)) == 7


async def test_a_resource_that_changes_between_pages_is_not_given_twice(conn: Conn, world: World) -> None:
    held = [hold(world, {"resourceType": "Patient"}, person) for person in range(1, 5)]
    await load(conn, world)
    first = await ask(conn, world, "Patient", [("_count", "2")])
    await conn.execute("UPDATE resource SET updated = $1, version = 2 WHERE id = $2", NOW + timedelta(days=1), held[3].id)
    second = await ask(conn, world, "Patient", next_pairs(first) or [])
    assert references(first, "match") + references(second, "match") == [one.reference for one in reversed(held)]


async def test_a_cursor_of_another_search_is_refused(conn: Conn, world: World) -> None:
    for person in range(1, 4):
        hold(world, {"resourceType": "Patient"}, person)
    await load(conn, world)
    pairs = next_pairs(await ask(conn, world, "Patient", [("_count", "1")])) or []
    with pytest.raises(OutcomeError):
        await ask(conn, world, "Patient", [*pairs, ("gender", "male")])


async def test_the_patients_of_one_person_are_searched_as_one(conn: Conn, world: World) -> None:
    here, there = hold(world, {"resourceType": "Patient"}), hold(world, {"resourceType": "Patient"})
    found = [observation(world, there), observation(world, here)]
    await load(conn, world)
    bundle = await ask(conn, world, "Observation", [("patient", here.id)])
    assert references(bundle, "match") == [one.reference for one in reversed(found)]
