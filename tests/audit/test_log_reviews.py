"""Looking the access log over: what is drawn, by whom it is seen, on what evidence it is closed (HSLF-FS 2016:40 4:9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from kedja.access.actor import Actor
from kedja.access.duties import all_given, given
from kedja.audit.patterns import Look, Pattern, patterns, sample
from kedja.gate import reviews
from kedja.gate.door import Door
from kedja.outcome import OutcomeError
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, SOUTH, SURGERY_DOCTOR, Service, observation, patient, staff
from tests.fhir.test_obligations import opening, record, reviewer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def look(**more: Any) -> Look:
    usual: dict[str, Any] = {
        "person": 1, "login": "a", "name": "Maria Lind", "unit": "U", "first": NOW, "last": NOW, "requests": 1, "patient": "1",
        "protected": False, "celebrity": False, "families": ("Öberg",), "givens": ("Astrid",), "readers": 1, "related": True,
    }  # fmt: skip
    return Look(**{**usual, **more})


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (look(), ()),
        (look(families=("LIND",)), (Pattern.SAME_SURNAME,)),
        (look(name="Maria Berg Lind", families=("Lind",)), (Pattern.SAME_SURNAME,)),
        (look(name="Maria Lind-Berg", families=("Berg",)), (Pattern.SAME_SURNAME,)),
        (look(name="Lind", families=("Lind",)), ()),  # a system with one name
        (look(families=("Lind",), givens=("Maria", "Elisabet")), (Pattern.SAME_SURNAME, Pattern.OWN_RECORD)),
        (look(families=("Roos",), givens=("Kalle Johan",)), (Pattern.COLLEAGUE,)),
        (look(protected=True), (Pattern.PROTECTED,)),
        (look(celebrity=True), (Pattern.CELEBRITY,)),
        (look(readers=10), (Pattern.MANY_READERS,)),
        (look(readers=9), ()),
        (look(related=False), (Pattern.NO_RELATION,)),
    ],
)
def test_what_is_unusual_is_named(seen: Look, found: tuple[Pattern, ...]):
    assert patterns(seen, ["Maria Lind", "Kalle Roos"]) == found


@settings(deadline=None)
@forall(st.integers(0, 9000), st.integers())
def test_a_sample_is_a_hundredth_but_neither_too_few_nor_too_many(number: int, seed: int):
    looks = [look(person=n) for n in range(number)]
    drawn = sample(looks, Random(seed))
    assert len(set(drawn)) == len(drawn) == min(number, max(3, min(50, number // 100)))


async def queue_of(service: Service, actor: Actor) -> list[dict[str, Any]]:
    return await reviews.queue(service.app.state.door, actor, "request")


async def looked(service: Service, *, mark: str = "", family: str = "Lindqvist") -> str:
    """A patient whose result the clinic's doctor has read today; the id."""
    clinic = service.as_(CLINIC_DOCTOR)
    resource = patient(family=family)
    if mark:
        resource["meta"] = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": mark}]}
    id = (await clinic.create(resource))["id"]
    await clinic.create(observation(id))
    assert await clinic.search(f"Observation?patient={id}")
    return id


async def draw(service: Service, provider: str = NORTH, *, since: timedelta = timedelta(days=1)) -> reviews.Drawn:
    door: Door = service.app.state.door
    return await reviews.draw(door, provider, door.clock() - since, door.clock() + timedelta(minutes=1), Random(1))


def found(items: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {item["for"]["reference"]: all_given(item, "pattern") for item in items}


async def test_patterns_are_found_in_the_log_of_the_provider(service: Service):
    plain, famous, hidden = await looked(service), await looked(service, mark="CEL"), await looked(service, mark="DEMO")
    related = await looked(service)
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    period = {"start": "2026-01-01", "end": "2099-01-01"}
    visit = {"resourceType": "Encounter", "status": "in-progress", "class": act, "subject": {"reference": f"Patient/{related}"}}
    await service.as_(CLINIC_DOCTOR).create(visit | {"period": period})
    drawn = await draw(service)
    assert (drawn.looks, drawn.patterns, drawn.samples) == (4, 3, 1)
    by_patient = found(await queue_of(service, reviewer(NORTH)))
    assert by_patient[f"Patient/{plain}"] == ["no-relation"] and by_patient[f"Patient/{related}"] == []
    assert set(by_patient[f"Patient/{famous}"]) == {"celebrity", "no-relation"}
    assert set(by_patient[f"Patient/{hidden}"]) == {"protected", "no-relation"}
    assert await queue_of(service, reviewer(SOUTH)) == []


async def test_the_same_surname_is_found_in_the_log(service: Service):
    id = await looked(service, family="anna")  # the doctor is called Staff anna
    await draw(service)
    assert found(await queue_of(service, reviewer(NORTH)))[f"Patient/{id}"] == ["same-surname", "no-relation"]


async def test_drawing_again_adds_nothing_and_is_in_the_log_about_nobody(service: Service):
    await looked(service)
    assert (await draw(service)).patterns == 1
    assert (await draw(service)) == reviews.Drawn(1, 0, 0)
    rows = await service.database.fetch("SELECT detail FROM access_log WHERE action = 'review' AND person = 0")
    assert len(rows) == 2 and "1 looks" in rows[0]["detail"]


async def test_what_was_refused_and_what_systems_do_is_no_look(service: Service):
    id = (await service.as_(CLINIC_DOCTOR).create(patient()))["id"]
    result = await service.as_(CLINIC_DOCTOR).create(observation(id))
    assert (await service.as_(SURGERY_DOCTOR)("GET", f"/fhir/Observation/{result['id']}")).status_code == 404
    assert (await service.system()("GET", f"/fhir/Observation/{result['id']}")).status_code == 200
    assert (await draw(service)).looks == 0 and (await draw(service, SOUTH)).looks == 0


async def test_evidence_is_reason_deeds_and_relations_and_looking_at_it_is_logged(service: Service):
    id, surgery = await record(service)
    consent = await opening(surgery, id)
    assert await surgery.search(f"Observation?patient={id}")
    officer = reviewer(SOUTH)
    (item,) = await queue_of(service, officer)
    seen = await reviews.evidence(service.app.state.door, officer, item["id"], "request-1")
    actions = {row["action"] for row in seen.rows}
    assert {"create", "search"} <= actions and all(row["actor"] == SURGERY_DOCTOR.id for row in seen.rows)
    assert any(f"Consent/{consent['id']}/_history/1" in row["resources"] for row in seen.rows)
    assert list(seen.relations) == [] and given(seen.item, "origin") == "emergency"
    row = await service.database.fetchrow("SELECT * FROM access_log WHERE action = 'review' AND person <> 0")
    assert row is not None and (row["rules"], row["resources"]) == (["L-2"], [f"Task/{item['id']}"])


async def test_evidence_is_for_the_provider_s_reviewer_alone(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    (item,) = await queue_of(service, reviewer(SOUTH))
    for actor in (reviewer(NORTH), SURGERY_DOCTOR, staff("other", SOUTH, CLINIC)):
        with pytest.raises(OutcomeError) as refusal:
            await reviews.evidence(service.app.state.door, actor, item["id"], "r")
        assert refusal.value.status == 404


async def test_the_queue_is_by_age_and_what_is_closed_leaves_it(service: Service):
    await looked(service)
    await draw(service)
    officer = reviewer(NORTH)
    door = service.app.state.door
    (item,) = await reviews.queue(door, officer, "r")
    assert item["restriction"]["period"]["end"] > item["authoredOn"]
    closed = item | {
        "status": "completed",
        "businessStatus": {"coding": [{"system": "https://kedja.example/fhir/CodeSystem/review-finding", "code": "explained"}]},
    }
    assert (await service.as_(officer)("PUT", f"/fhir/Task/{item['id']}", closed)).status_code == 200
    assert await reviews.queue(door, officer, "r") == []
    assert [each["id"] for each in await reviews.queue(door, officer, "r", closed=True)] == [item["id"]]
    assert (await draw(service)).patterns == 0
