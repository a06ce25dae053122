"""Steering: weighing and order, attainment, measures, the report; and that none of it tells of what is not for who asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.access.actor import Actor
from kedja.gate import Door
from kedja.gate import innovation_steering as gate
from kedja.gate.innovation_cases import file
from kedja.gate.innovation_seeds import take_in
from kedja.innovation import seeds
from kedja.innovation.attainment import activity, attained, goal
from kedja.innovation.measures import figures, measures
from kedja.innovation.priority import BY, Item, criteria, narrowed, options, ordered, places, read, score, segments, sums
from kedja.outcome import OutcomeError
from kedja.portals.innovation.report import Report, document
from kedja.portals.shared.language import language
from kedja.testbed.innovation_library import demo
from tests.innovation.people import ANALYST, CITIZEN, HEAD, NORTH, NURSE, PILOT, SELLER, SOUTHERN_NURSE, SOUTHERN_PILOT

TODAY = date(2026, 11, 30)
WEIGHT = {
    "scores": {"need": 5, "benefit": 4},
    "cost": 100,
    "yearly": 10,
    "saves": 60,
    "reach": 7,
    "place": "now",
    "reason": "Nöd",
}
WHOLE: dict[str, Any] = {**WEIGHT, "areas": ["falls"], "segments": ["multiple"]}


def item(number: int, **given: Any) -> Item:
    return Item(str(number), number, "x", "Region", "service", ("pilot",), "open", "green", **given)


async def filed(door: Door, giver: Actor, *, secret: bool = False) -> str:
    given = {"org": NORTH, "org_name": "Region Nord", "unit": "", "unit_name": "", "machine": "", "title": "Sensor"}
    return await file(door, giver, {**given, "problem": {"problem": "Fall"}, "confidential": "secret" if secret else ""}, "r")


def test_words_of_priority_and_measures_are_in_both_languages() -> None:
    said = [each.words for each in (*criteria(), *places(), *segments(), *measures())] + [each.hint for each in criteria()]
    assert [words for words in said if not (words.sv and words.en)] == []
    assert {each.per for each in measures()} - {""} <= {each.id for each in measures()}
    assert all(options(by) for by in BY)


@given(st.dictionaries(st.sampled_from([each.id for each in criteria()]), st.integers(0, 5), min_size=1))
def test_a_score_is_from_0_to_100_and_grows_with_each_criterion(scores: dict[str, int]) -> None:
    counted = score(scores)
    assert counted is not None
    assert 0 <= counted <= 100
    for id in scores:
        more = score({**scores, id: min(5, scores[id] + 1)})
        assert more is not None
        assert more >= counted


def test_order_is_the_decided_place_then_the_score_then_the_age() -> None:
    high, low = {"scores": {"need": 5}}, {"scores": {"need": 1}}
    items = [
        item(1, **low),
        item(2, **high),
        item(3),
        item(4, place="later", **high),
        item(5, place="now", **low),
        item(6, **high),
    ]
    assert [each.number for each in ordered(items)] == [5, 4, 2, 6, 1, 3]


def test_sums_count_a_case_in_each_of_its_groups_and_net_what_it_saves() -> None:
    items = [item(1, areas=("falls", "night"), cost=10, saves=5, yearly=2, scores={"need": 4}), item(2, areas=("falls",), cost=1)]
    found = {each.id: (each.cases, each.cost, each.net, each.score) for each in sums(items, "area")}
    assert found == {"falls": (2, 11, 3, 80), "night": (1, 10, 3, 80)}
    assert [each.number for each in narrowed(items, {"area": "night", "zone": "green"})] == [1]
    assert [each.id for each in sums([item(3)], "segment")] == [""]


def test_a_weighing_is_read_and_a_priority_needs_its_reason() -> None:
    given, wrong = read({"need": ["5"], "cost": ["1 000 kr"], "areas": ["falls", "nowhere"], "place": ["elsewhere"]})
    assert wrong == {}
    assert (given["scores"], given["cost"], given["areas"], given["place"]) == ({"need": 5}, 1000, ["falls"], "open")
    assert sorted(read({"need": ["6"], "reach": ["-1"], "place": ["now"]})[1]) == ["need", "reach", "reason"]


def test_attainment_is_how_much_of_the_way_is_gone_whichever_way() -> None:
    assert attained({"baseline": 20, "target": 60, "now": 30}) == 25
    assert attained({"baseline": 34, "target": 20, "now": 29}) == 36
    assert attained({"baseline": 20, "target": 60, "now": 10}) == 0
    assert attained({"baseline": 20, "target": 60, "now": 90}) == 100
    assert attained({"baseline": 5, "target": 5, "now": 5}) == 100
    assert attained({"baseline": 5, "target": 60}) is None


def test_a_goal_counts_its_own_activities_and_none_that_was_dropped() -> None:
    def work(called: str, state: str, **values: Any) -> Any:
        return activity(called, state, {"title": "t", "owner": "o", "goals": ["A-1"], "ends": "2026-11-01", **values}, TODAY)

    own = [work("H-1", "running", done=50), work("H-2", "done"), work("H-3", "dropped"), work("H-4", "running", goals=["A-2"])]
    found = goal("A-1", "set", {"title": "t", "plan": "region", "owner": "o"}, own)
    assert (found.work, [each.called for each in found.activities], found.attained) == (75, ["H-1", "H-2", "H-3"], None)
    assert [each.late for each in own] == [True, False, False, True]


async def test_case_is_weighed_by_its_organisation_alone_and_each_weighing_is_kept(door: Door) -> None:
    id = await filed(door, NURSE)
    await gate.weigh(door, HEAD, id, WHOLE, "r")
    await gate.weigh(door, ANALYST, id, {**WHOLE, "place": "later"}, "r")
    found = await gate.weighed(door, PILOT, id, "r")
    assert ([row["place"] for row in found.weights], found.may) == (["later", "now"], True)
    for actor in (NURSE, SOUTHERN_PILOT, CITIZEN):
        with pytest.raises(OutcomeError) as told:
            await gate.weigh(door, actor, id, WHOLE, "r")
        assert told.value.status == (404 if actor is CITIZEN else 403)


async def test_portfolio_shows_costs_to_who_sees_the_case_whole_and_secrets_to_nobody_else(door: Door) -> None:
    shared, secret = await filed(door, NURSE), await filed(door, SELLER, secret=True)
    for id in (shared, secret):
        await gate.weigh(door, HEAD, id, WHOLE, "r")

    async def seen(actor: Actor) -> dict[str, int | None]:
        found = await gate.portfolio(door, actor, closed=False, request="r")
        return {each.id: each.cost for each in found if each.id in (shared, secret)}

    assert await seen(HEAD) == {shared: 100, secret: 100}
    assert await seen(SELLER) == {secret: 100}
    assert await seen(ANALYST) == {shared: 100}
    assert await seen(SOUTHERN_NURSE) == {shared: None}
    assert await seen(CITIZEN) == {}


async def test_measures_count_only_what_may_be_seen(door: Door) -> None:
    year = door.clock().year

    async def counted(actor: Actor) -> float | None:
        (found,) = await gate.measures(door, actor, [year], "r")
        return figures(list(found.cases.values()), list(found.entries.values()))["filed"].value

    before = {actor.id: await counted(actor) for actor in (HEAD, SOUTHERN_NURSE, CITIZEN)}
    await filed(door, SELLER, secret=True)
    after = {actor.id: await counted(actor) for actor in (HEAD, SOUTHERN_NURSE, CITIZEN)}
    assert after["head"] == (before["head"] or 0) + 1
    assert (after["southern-nurse"], after["citizen"]) == (before["southern-nurse"], before["citizen"])


async def test_plan_measures_and_report_tell_what_the_catalogues_hold(door: Door) -> None:
    today = door.clock().date()
    await take_in(door, [*seeds.shipped(today), *demo(today)])
    goals, others = await gate.plan(door, CITIZEN, "r")
    assert next(each.title for each in goals if each.plan == "vision").startswith("Bäst i världen")
    assert {each.attained for each in goals if each.plan == "region"} == {67, 45, 34}
    assert others == []
    (now,) = await gate.measures(door, CITIZEN, [today.year], "r")
    counted = figures(list(now.cases.values()), list(now.entries.values()))
    assert (counted["tests"].value or 0) >= (counted["negative"].value or 0) > 0
    told = await gate.published_in(door, CITIZEN, today.year, ["test", "standard"], "r")
    assert {one.kind.id for one in told} == {"test", "standard"}


def test_report_is_a_pdf_in_both_languages_also_with_nothing_in_it() -> None:
    empty = figures([], [])
    full = [item(1, cost=10, scores={"need": 3}, waits=4)] * 70
    entries = {"test": [("T-1", "Ω – ”łatwo”", "Avslutat", "Ingen skillnad")]}
    for code in ("sv", "en"):
        for report in (Report(2026, "", [empty, empty], [], [], {}), Report(2026, "R", [empty, empty], full, [], entries)):
            content = document(report, language(code))
            assert content.startswith(b"%PDF-")
            assert f"/Lang ({'sv-SE' if code == 'sv' else 'en-GB'})".encode() in content
