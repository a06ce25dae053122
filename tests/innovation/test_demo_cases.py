"""The demo's cases: forty, in every kind, walked through the same door as everybody's."""

from __future__ import annotations

from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.gate.innovation_steering import portfolio
from kedja.innovation.machine import NAMES, Status
from kedja.innovation.priority import BY, ordered, read, sums
from kedja.testbed.innovation_cases import fill
from kedja.testbed.innovation_weights import weights
from tests.innovation.people import worker

_ROWS = "SELECT machine, status, phases, openness, confidential, title FROM innovation_case WHERE id LIKE 'demo-%'"
_WEIGHED = "SELECT count(*) FROM innovation_weight"
_WAITS = "SELECT count(*) FROM innovation_wait WHERE done IS NULL"


async def test_forty_cases_in_all_kinds_phases_and_states_and_loading_again_changes_nothing(door: Door) -> None:
    assert await fill(door) == 40
    rows = await door.store.pool.fetch(_ROWS)
    assert len(rows) == 40
    assert {row["machine"] for row in rows} == {*NAMES, ""}
    assert {row["status"] for row in rows} == set(Status)
    assert len({(row["machine"], phase) for row in rows for phase in row["phases"]}) >= 20
    assert {row["openness"] for row in rows} == {"closed", "shared", "published"}
    assert {row["confidential"] for row in rows} == {"", "secret", "procurement"}
    events = await door.store.pool.fetchval("SELECT count(*) FROM innovation_event")
    assert await door.store.pool.fetchval(_WEIGHED) == 35
    waits = await door.store.pool.fetchval(_WAITS)
    assert await fill(door) == 40
    assert await door.store.pool.fetchval("SELECT count(*) FROM innovation_event") == events
    assert await door.store.pool.fetchval(_WAITS) == waits
    assert await door.store.pool.fetchval(_WEIGHED) == 35


async def test_the_director_of_the_demo_sees_what_waits_on_her_and_what_waits_on_others(door: Door) -> None:
    ragnhild = worker("demo:ragnhild", "SE2399999999-1000", "beslut")
    found = await cases.waiting(door, ragnhild, new_id())
    assert [each for each in found if each.mine]
    assert {each.row["what"] for each in found if not each.mine} >= {"gate", "triage"}


async def test_the_portfolio_of_the_demo_has_sums_for_who_sees_the_cases_whole_and_none_for_others(door: Door) -> None:
    await fill(door)
    analyst, nurse = worker("demo:alva", "SE2399999999-1000", "analys"), worker("demo:maria-x", "SE2399999999-1000")
    items = await portfolio(door, analyst, closed=False, request=new_id())
    for by in BY:
        assert any(each.cost and each.net and each.score for each in sums(items, by)), by
    places = [item.place for item in ordered(items) if item.whole and item.scores]
    assert places == sorted(places, key=["now", "next", "later", "not", "open"].index)
    assert {"now", "next", "later"} <= set(places)
    assert not any(item.cost for item in await portfolio(door, nurse, closed=False, request=new_id()))


def test_every_weighing_of_the_demo_could_have_come_from_the_form() -> None:
    for key, given in weights():
        form = {name: [str(value)] for name, value in {**given, **given["scores"]}.items() if value is not None}
        form |= {"areas": given["areas"], "segments": given["segments"]}
        assert read(form) == (given, {}), key
