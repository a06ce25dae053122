"""The demo's cases: forty, in every kind, walked through the same door as everybody's."""

from __future__ import annotations

from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.innovation.machine import NAMES, Status
from kedja.testbed.innovation_cases import fill
from tests.innovation.people import worker

_ROWS = "SELECT machine, status, phases, openness, confidential, title FROM innovation_case WHERE id LIKE 'demo-%'"
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
    waits = await door.store.pool.fetchval(_WAITS)
    assert await fill(door) == 40
    assert await door.store.pool.fetchval("SELECT count(*) FROM innovation_event") == events
    assert await door.store.pool.fetchval(_WAITS) == waits


async def test_the_director_of_the_demo_sees_what_waits_on_her_and_what_waits_on_others(door: Door) -> None:
    ragnhild = worker("demo:ragnhild", "SE2399999999-1000", "beslut")
    found = await cases.waiting(door, ragnhild, new_id())
    assert [each for each in found if each.mine]
    assert {each.row["what"] for each in found if not each.mine} >= {"gate", "triage"}
