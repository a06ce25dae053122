"""Whether store, log and tree tell the same: what is amiss is named, by the night's work and the command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kedja.gate import audit, nightly
from kedja.gate.audit import Notary
from kedja.gate.door import Door
from kedja.gate.reconcile import Reconciled, latest, reconcile
from tests.audit.sealing import seal_all
from tests.fhir.service import CLINIC_DOCTOR, Service, observation, patient
from tests.fhir.test_obligations import opening, record

LATER = timedelta(hours=1)


def later(service: Service, by: timedelta = LATER) -> tuple[Door, Notary]:
    """The same installation some time later, when what was written has settled."""
    door: Door = service.app.state.door
    return replace(door, clock=lambda: datetime.now(UTC) + by), service.app.state.notary


async def found(service: Service, *, whole: bool = True) -> Reconciled:
    door, notary = later(service)
    return await reconcile(door, notary, whole=whole)


async def written(service: Service) -> str:
    clinic = service.as_(CLINIC_DOCTOR)
    id = (await clinic.create(patient()))["id"]
    result = await clinic.create(observation(id))
    assert (await clinic("PUT", f"/fhir/Observation/{result['id']}", result | {"status": "amended"})).status_code == 200
    return result["id"]


async def test_what_agrees_has_no_gap_and_that_it_was_looked_at_is_logged(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    await written(service)
    told = await found(service)
    assert list(told.gaps) == [] and told.size > 0 and told.first == 0
    assert (await latest(service.app.state.door))["number"] == 0
    row = await service.database.fetchrow("SELECT * FROM access_log WHERE action = 'reconcile'")
    assert row is not None and row["person"] == 0 and "0 gaps" in row["detail"]


async def kinds(service: Service, statement: str, *args: object) -> list[str]:
    await service.database.execute(statement, *args)
    return [gap.kind for gap in (await found(service)).gaps]


async def test_a_version_without_its_row_is_named(service: Service):
    id = await written(service)
    statement = "UPDATE access_log SET resources = '{}' WHERE resources @> ARRAY[$1]"
    await service.database.execute(statement, f"Observation/{id}/_history/2")
    told = await found(service)
    assert [gap.kind for gap in told.gaps] == ["unlogged"] and f"Observation/{id}/_history/2" in told.gaps[0].text


async def test_a_write_without_its_version_is_named(service: Service):
    id = await written(service)
    assert await kinds(service, "DELETE FROM resource_history WHERE id = $1", id) == ["unstored"]


async def test_what_was_erased_by_law_is_no_gap(service: Service):
    id = await written(service)
    await service.database.execute(
        "INSERT INTO access_log (person, actor, action, decision, resources)"
        " SELECT person, actor, 'erase', 'permit', ARRAY[$1::text] FROM access_log LIMIT 1",
        f"Observation/{id}",
    )
    statement = "WITH past AS (DELETE FROM resource_history WHERE id = $1) DELETE FROM resource WHERE id = $1"
    assert await kinds(service, statement, id) == []


async def test_a_row_that_is_dropped_or_changed_after_it_was_sealed_is_named(service: Service):
    await written(service)
    assert list((await found(service)).gaps) == []
    seq = await service.database.fetchval("SELECT min(seq) FROM access_log WHERE action = 'create'")
    assert "changed" in await kinds(service, "UPDATE access_log SET detail = 'x' WHERE seq = $1", seq)
    assert "dropped" in await kinds(service, "DELETE FROM access_log WHERE seq = $1", seq)


async def test_a_row_that_is_never_sealed_is_named(service: Service):
    await written(service)
    await found(service)
    statement = "INSERT INTO access_log (person, actor, action, decision, xid) VALUES (0, 1, 'read', 'permit', '1')"
    assert await kinds(service, statement) == ["added"]


async def test_a_forged_tree_is_named(service: Service):
    await written(service)
    await found(service)
    statement = "UPDATE audit_leaf SET hash = sha256('x') WHERE position = 1"
    assert {"changed", "rewritten"} <= set(await kinds(service, statement))


async def test_the_next_night_goes_on_from_the_last_signed_tree(service: Service):
    await written(service)
    first = await found(service)
    await written(service)
    then = await found(service, whole=False)
    assert (then.first, list(then.gaps)) == (first.size, []) and then.size > first.size
    assert then.since == first.until
    seq = await service.database.fetchval("SELECT max(seq) FROM access_log WHERE action = 'create'")
    await service.database.execute("UPDATE access_log SET person = 0 WHERE seq = $1", seq)
    door, notary = later(service, timedelta(hours=2))
    assert [gap.kind for gap in (await reconcile(door, notary, whole=True)).gaps] == ["changed"]


@pytest.mark.parametrize("hour", [3, 23])
async def test_the_work_of_a_night_is_done_once(service: Service, hour: int):
    door: Door = service.app.state.door
    notary = service.app.state.notary

    def at(day: int, hour: int) -> Door:
        return replace(door, clock=lambda: datetime(2027, 3, day, hour, tzinfo=UTC))

    assert not await nightly.look(at(1, hour), notary)  # a new installation begins with its next night
    assert not await nightly.look(at(1, hour), notary)
    assert not await nightly.look(at(2, 0), notary)  # before two o'clock it is still the night before
    assert await nightly.look(at(2, 4), notary)
    assert not await nightly.look(at(2, 5), notary)
    assert await nightly.look(at(4, 4), notary)
    assert await service.database.fetchval("SELECT count(*) FROM access_log WHERE action = 'reconcile'") == 2


async def test_the_night_draws_reviews_from_the_day_before(service: Service):
    clinic = service.as_(CLINIC_DOCTOR)
    id = (await clinic.create(patient()))["id"]
    await clinic.create(observation(id))
    assert await clinic.search(f"Observation?patient={id}")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    door, notary = later(service, timedelta(days=1))
    await nightly.work(door, notary, tomorrow)
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE type = 'Task'") == 1


async def test_a_tree_that_was_reconciled_verifies(service: Service):
    await written(service)
    await found(service)
    door, notary = later(service)
    await seal_all(door, notary)
    assert (await audit.verify(door, notary))[1] == []
