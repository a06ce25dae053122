"""What follows from an opening, a request to lift a block and a review: in one transaction, and for whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.consents import block_consent, emergency_consent
from kedja.access.duties import DUTY_SYSTEM, FINDING_SYSTEM, given, lift_request
from kedja.access.openings import Reader, lift
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD,
    WARD_DOCTOR,
    Caller,
    Service,
    observation,
    patient,
    staff,
)

NUMBER = "195802142389"
NURSE = staff("eva", SOUTH, SURGERY)
CARE_WORKER = staff("kim", SOUTH, SURGERY, Kind.CARE_WORKER)
REASON = "Unconscious after an accident"


def reviewer(provider: str, id: str = "rev", *rights: str) -> Actor:
    assignment = Assignment(f"a-{id}", Purpose.PLANNING, provider, CLINIC, rights or ("Granska;logg;VG",))
    return Actor(id, Kind.PROFESSIONAL, name=f"Reviewer {id}", hsa_id=f"SE2399999999-{id}", assignment=assignment)


async def record(service: Service) -> tuple[str, Caller]:
    """A record at the clinic, and somebody of another provider who needs it in an emergency."""
    clinic, surgery = service.as_(CLINIC_DOCTOR), service.as_(SURGERY_DOCTOR)
    id = (await clinic.create(patient(NUMBER)))["id"]
    await clinic.create(observation(id))
    return id, surgery


async def opening(caller: Caller, id: str, hours: int = 2) -> dict[str, Any]:
    now = datetime.now(UTC)
    assignment = caller.actor.assignment
    assert assignment is not None
    consent = emergency_consent(
        f"Patient/{id}",
        assignment.provider,
        employee=caller.actor.hsa_id,
        unit=assignment.unit,
        reason=REASON,
        starts=now,
        ends=now + timedelta(hours=hours),
    )
    return await caller.create(consent)


async def reviews(caller: Caller) -> list[dict[str, Any]]:
    return await caller.search(f"Task?code={DUTY_SYSTEM}|review")


async def notices(caller: Caller) -> list[dict[str, Any]]:
    return await caller.search(f"Communication?category={DUTY_SYSTEM}|notice")


def closed(task: dict[str, Any], finding: str, **more: Any) -> dict[str, Any]:
    found = {"coding": [{"system": FINDING_SYSTEM, "code": finding}]}
    return {**task, "status": "completed", "businessStatus": found, "note": [{"text": "Talked with the nurse."}], **more}


# An opening


async def test_an_opening_tells_the_person_and_enters_the_review_queue(service: Service):
    id, surgery = await record(service)
    consent = await opening(surgery, id)
    (notice,) = await notices(await service.citizen(id))
    assert notice["about"] == [{"reference": f"Consent/{consent['id']}"}]
    assert notice["reasonCode"] == [{"text": REASON}] and "Staff cia" in notice["payload"][0]["contentString"]
    (review,) = await reviews(service.as_(reviewer(SOUTH)))
    assert (review["status"], review["focus"]) == ("requested", {"reference": f"Consent/{consent['id']}"})
    assert given(review, "employee") == SURGERY_DOCTOR.hsa_id and review["reasonCode"]["text"] == REASON


async def test_notice_and_review_are_of_the_openings_own_transaction(service: Service):
    id, surgery = await record(service)
    consent = await opening(surgery, id)
    rows = await service.database.fetch(
        "SELECT type, xid FROM resource WHERE xid = (SELECT xid FROM resource WHERE id = $1) ORDER BY type", consent["id"]
    )
    assert [row["type"] for row in rows] == ["Communication", "Consent", "Task"]
    logged = await service.database.fetch("SELECT unnest(resources) AS place FROM access_log WHERE action = 'create'")
    for kind in ("Communication", "Consent", "Task"):
        assert sum(row["place"].startswith(f"{kind}/") for row in logged) == 1


async def test_a_refused_opening_tells_nobody(service: Service):
    id, surgery = await record(service)
    now = datetime.now(UTC)
    another = emergency_consent(
        f"Patient/{id}", SOUTH, employee=NURSE.hsa_id, reason=REASON, starts=now, ends=now + timedelta(hours=1)
    )
    assert (await surgery("POST", "/fhir/Consent", another)).status_code == 403
    assert await notices(await service.citizen(id)) == [] and await reviews(service.as_(reviewer(SOUTH))) == []


async def test_what_fails_with_an_opening_leaves_no_notice(service: Service):
    id, surgery = await record(service)
    now = datetime.now(UTC)
    consent = emergency_consent(
        f"Patient/{id}", SOUTH, employee=SURGERY_DOCTOR.hsa_id, reason=REASON, starts=now, ends=now + timedelta(hours=1)
    )
    entries = [
        {"resource": consent, "request": {"method": "POST", "url": "Consent"}},
        {"resource": observation("no-such-patient"), "request": {"method": "POST", "url": "Observation"}},
    ]
    answer = await surgery("POST", "/fhir", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 422
    assert (
        await service.database.fetchval("SELECT count(*) FROM resource WHERE type IN ('Communication', 'Task', 'Consent')") == 0
    )


async def test_an_opening_that_is_made_longer_is_told_and_reviewed_again_one_that_is_ended_is_not(service: Service):
    id, surgery = await record(service)
    consent = await opening(surgery, id)
    longer = json.loads(json.dumps(consent))
    longer["provision"]["period"]["end"] = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    assert (await surgery("PUT", f"/fhir/Consent/{consent['id']}", longer)).status_code == 200
    assert (await surgery("PUT", f"/fhir/Consent/{consent['id']}", longer)).status_code == 200  # nothing new
    assert (await surgery("PUT", f"/fhir/Consent/{consent['id']}", {**longer, "status": "inactive"})).status_code == 200
    assert len(await notices(await service.citizen(id))) == len(await reviews(service.as_(reviewer(SOUTH)))) == 2


async def test_an_opening_expires_by_itself(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    assert len(await surgery.search(f"Observation?patient={id}")) == 1
    await service.database.execute("UPDATE consent SET ends = now() - interval '1 second' WHERE kind = 'emergency'")
    assert await surgery.search(f"Observation?patient={id}") == []


async def test_a_block_that_is_lifted_without_consent_is_told_and_reviewed_with_consent_it_is_neither(service: Service):
    id, _ = await record(service)
    now = datetime.now(UTC)
    await (await service.citizen(id)).create(block_consent(f"Patient/{id}", NORTH, unit=CLINIC, inner=True, dated=now))
    ward = service.as_(WARD_DOCTOR)
    reader = Reader(NORTH, WARD, WARD_DOCTOR.hsa_id)
    period = {"starts": now, "ends": now + timedelta(hours=2)}
    await ward.create(lift(f"Patient/{id}", NORTH, CLINIC, reader, inner=True, emergency=False, reason="", **period))
    officer = service.as_(reviewer(NORTH))
    assert await notices(await service.citizen(id)) == [] and await reviews(officer) == []
    await ward.create(lift(f"Patient/{id}", NORTH, CLINIC, reader, inner=True, emergency=True, reason=REASON, **period))
    (notice,) = await notices(await service.citizen(id))
    assert notice["topic"]["coding"][0]["code"] == "I-6"
    (review,) = await reviews(officer)
    assert given(review, "origin") == "inner" and review["reasonCode"]["text"] == REASON


# Who sees it, and who changes it


async def test_the_queue_is_for_who_reviews_the_logs_of_the_provider(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    outsiders = (
        surgery,
        service.as_(NURSE),
        service.as_(reviewer(NORTH)),
        service.as_(reviewer(SOUTH, "plain", "Läsa;alla;VG")),
        await service.citizen(id),
    )
    for caller in outsiders:
        assert await reviews(caller) == []
    assert await notices(surgery) == [] and await notices(service.as_(reviewer(SOUTH))) == []


async def test_nobody_changes_a_notice_or_anothers_review(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    (notice,) = await notices(person := await service.citizen(id))
    (review,) = await reviews(service.as_(reviewer(SOUTH)))
    system = service.as_(staff("loader", SOUTH, SURGERY, Kind.SYSTEM))
    for caller in (person, surgery, system, service.as_(reviewer(NORTH))):
        for resource in (notice, closed(review, "justified")):
            place = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert (await caller("PUT", place, resource)).status_code in (403, 404), caller.actor
            assert (await caller("DELETE", place)).status_code in (403, 404), caller.actor


async def test_a_review_or_notice_cannot_be_made_up(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    (notice,) = await notices(person := await service.citizen(id))
    (review,) = await reviews(service.as_(reviewer(SOUTH)))
    for resource in (notice, review):
        bare = {name: value for name, value in resource.items() if name not in ("id", "meta")}
        for caller in (person, surgery):
            assert (await caller("POST", f"/fhir/{bare['resourceType']}", bare)).status_code == 403


# A review


async def test_a_review_closes_with_a_finding_and_stays_closed(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    officer = service.as_(reviewer(SOUTH))
    (review,) = await reviews(officer)
    place = f"/fhir/Task/{review['id']}"
    assert (await officer("PUT", place, {**review, "status": "completed"})).status_code == 422
    assert (await officer("PUT", place, closed(review, "fine"))).status_code == 422
    assert (await officer("PUT", place, closed(review, "justified", focus={"reference": "Consent/other"}))).status_code == 422
    done = await officer("PUT", place, closed(review, "justified"))
    assert done.status_code == 200, done.text
    assert (await officer("PUT", place, {**done.json(), "note": [{"text": "On second thoughts"}]})).status_code == 409
    assert (await officer("DELETE", place)).status_code == 422
    person = await service.person_of(id)
    row = await service.database.fetchrow("SELECT * FROM access_log WHERE person = $1 AND action = 'update'", person)
    assert row is not None and row["rules"] == ["L-2.2"] and row["resources"] == [f"Task/{review['id']}/_history/2"]


async def test_of_a_breach_the_person_is_told(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    officer = service.as_(reviewer(SOUTH))
    (review,) = await reviews(officer)
    assert (await officer("PUT", f"/fhir/Task/{review['id']}", closed(review, "breach"))).status_code == 200
    told = await notices(await service.citizen(id))
    assert len(told) == 2 and any("Granskning" in each["payload"][0]["contentString"] for each in told)


async def test_nobody_closes_the_review_of_what_they_did_themselves(service: Service):
    id, surgery = await record(service)
    await opening(surgery, id)
    (review,) = await reviews(service.as_(reviewer(SOUTH)))
    same = service.as_(reviewer(SOUTH, "cia"))  # the surgery's doctor, under another assignment
    assert (await same("PUT", f"/fhir/Task/{review['id']}", closed(review, "justified"))).status_code == 403
    logged = await service.database.fetchval("SELECT count(*) FROM access_log WHERE decision = 'deny' AND person <> 0")
    assert logged == 1


# A request to lift a block


async def asked(service: Service, by: Actor = SURGERY_DOCTOR) -> tuple[str, dict[str, Any]]:
    id, _ = await record(service)
    person = await service.citizen(id)
    await person.create(block_consent(f"Patient/{id}", NORTH, inner=False, dated=datetime.now(UTC)))
    request = lift_request(f"Patient/{id}", NORTH, actor=by, reason=REASON, dated=datetime.now(UTC), unit=CLINIC)
    return id, await service.as_(by).create(request)


async def decisions(caller: Caller) -> list[dict[str, Any]]:
    return await caller.search(f"Task?code={DUTY_SYSTEM}|lift-decision")


async def test_a_request_to_lift_a_block_comes_to_the_provider_that_has_blocked(service: Service):
    _, request = await asked(service)
    (decision,) = await decisions(service.as_(WARD_DOCTOR))
    assert decision["basedOn"] == [{"reference": f"Task/{request['id']}"}]
    assert decision["reasonCode"]["text"] == REASON and "Staff cia" in decision["requester"]["display"]
    assert (given(decision, "provider"), given(decision, "unit")) == (SOUTH, SURGERY)
    for outsider in (service.as_(SURGERY_DOCTOR), service.as_(NURSE), service.as_(reviewer(NORTH))):
        assert await decisions(outsider) == []


async def test_the_answer_comes_to_who_asked_and_nothing_is_opened_by_a_no(service: Service):
    id, request = await asked(service)
    clinic = service.as_(CLINIC_DOCTOR)
    (decision,) = await decisions(clinic)
    no = {**decision, "status": "rejected", "note": [{"text": "Ring vår bakjour."}]}
    assert (await clinic("PUT", f"/fhir/Task/{decision['id']}", no)).status_code == 200
    (answer,) = await service.as_(NURSE).search(f"Communication?category={DUTY_SYSTEM}|lift-answer")
    assert answer["basedOn"] == [{"reference": f"Task/{request['id']}"}]
    assert answer["payload"] == [{"contentString": "Spärren hävs inte. Ring vår bakjour."}]
    assert await service.as_(SURGERY_DOCTOR).search(f"Observation?patient={id}") == []
    assert (await clinic("PUT", f"/fhir/Task/{decision['id']}", {**no, "status": "completed"})).status_code == 409


async def test_who_asks_cannot_answer(service: Service):
    _, request = await asked(service)
    (decision,) = await decisions(service.as_(CLINIC_DOCTOR))
    surgery = service.as_(SURGERY_DOCTOR)
    assert (await surgery("PUT", f"/fhir/Task/{decision['id']}", {**decision, "status": "completed"})).status_code in (403, 404)
    done = {**request, "status": "completed"}
    assert (await surgery("PUT", f"/fhir/Task/{request['id']}", done)).status_code == 200  # their own note, no lift
    assert await surgery.search(f"Communication?category={DUTY_SYSTEM}|lift-answer") == []


async def test_a_request_needs_a_reason_a_provider_and_health_care_staff(service: Service):
    id, request = await asked(service)
    bare = {name: value for name, value in request.items() if name not in ("id", "meta")}
    surgery = service.as_(SURGERY_DOCTOR)
    for resource, caller, status in (
        ({name: value for name, value in bare.items() if name != "reasonCode"}, surgery, 422),
        ({name: value for name, value in bare.items() if name != "owner"}, surgery, 422),
        (bare, service.as_(CARE_WORKER), 403),
        (bare, await service.citizen(id), 403),
    ):
        answer = await caller("POST", "/fhir/Task", resource)
        assert answer.status_code == status, answer.text


async def test_a_request_says_nothing_of_whether_there_is_a_block(service: Service):
    id, _ = await record(service)
    surgery = service.as_(SURGERY_DOCTOR)
    request = lift_request(f"Patient/{id}", NORTH, actor=SURGERY_DOCTOR, reason=REASON, dated=datetime.now(UTC))
    answer = await surgery("POST", "/fhir/Task", request)
    assert answer.status_code == 201
