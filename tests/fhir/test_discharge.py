"""Discharge over the service: messages that reach each unit, and what is due for whom (lag 2017:612)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kedja.access.actor import Kind
from kedja.discharge.case import Party
from kedja.discharge.messages import Message, Recipient, about_the_stay, admission_notice, message
from tests.fhir.service import NORTH, WARD, WARD_DOCTOR, Caller, Service, patient, staff

MUNICIPALITY = "SE2399999999-0003"
NURSING, SOCIAL_OFFICE, CENTRE = "SE2399999999-3001", "SE2399999999-3002", "SE2399999999-1003"
NURSE = staff("nora", MUNICIPALITY, NURSING)
OFFICER = staff("sven", MUNICIPALITY, SOCIAL_OFFICE, Kind.CARE_WORKER)
CONTACT = staff("cleo", NORTH, CENTRE)
TO = (
    Recipient(Party.OPEN_CARE, NORTH, CENTRE, "Vårdcentralen"),
    Recipient(Party.MUNICIPAL_CARE, MUNICIPALITY, NURSING, "Hemsjukvården"),
    Recipient(Party.SOCIAL, MUNICIPALITY, SOCIAL_OFFICE, "Biståndsenheten"),
)
WARD_ITSELF = {"type": "Organization", "identifier": {"system": "urn:oid:1.2.752.29.4.19", "value": WARD}}
NOW = datetime.now(UTC).replace(microsecond=0)
ADMITTED = NOW - timedelta(days=5)


async def stay(service: Service) -> tuple[Caller, str, str]:
    """A patient in the ward who will need help at home: (the ward, Patient/id, Encounter/id)."""
    ward = service.as_(WARD_DOCTOR)
    id = (await ward.create(patient("195802142389")))["id"]
    parties = [recipient.party for recipient in TO]
    encounter = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{id}"},
        "period": {"start": ADMITTED.isoformat()},
        "extension": about_the_stay(
            needs=ADMITTED, parties=parties, estimated=NOW + timedelta(days=1), ready=NOW - timedelta(days=4)
        ),
    }
    return ward, f"Patient/{id}", f"Encounter/{(await ward.create(encounter))['id']}"


def notice(subject: str, encounter: str, **more: str) -> dict[str, Any]:
    words = {"name": "Astrid Lindqvist", "personnummer": "19580214-2389", "address": "Storgatan 1, Sörvik"} | more
    return admission_notice(
        encounter, subject, WARD_ITSELF, TO, ADMITTED + timedelta(hours=2), estimated=NOW + timedelta(days=1), **words
    )


def ready(subject: str, encounter: str) -> dict[str, Any]:
    return message(Message.READY_NOTICE, encounter, subject, WARD_ITSELF, TO, NOW - timedelta(days=4))


async def told(caller: Caller, address: str = "Encounter/$discharge-timers") -> list[dict[str, Any]]:
    answer = await caller("GET", f"/fhir/{address}")
    assert answer.status_code == 200, answer.text
    return [_flat(part["part"]) for part in answer.json().get("parameter", [])]


def _flat(parts: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"deadline": [], "unmet": [], "waiting": []}
    for part in parts:
        value = _flat(part["part"]) if "part" in part else next(v for k, v in part.items() if k.startswith("value"))
        if isinstance(found.get(part["name"]), list):
            found[part["name"]].append(value)
        else:
            found[part["name"]] = value
    return found


def states(told: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(each["step"], each.get("to", each["by"])): each["state"] for each in told["deadline"]}


async def test_before_anything_is_sent_the_notices_are_due_and_late(service: Service):
    ward, _, encounter = await stay(service)
    (one,) = await told(ward)
    assert one["encounter"] == {"reference": encounter}
    assert {state for (step, _), state in states(one).items() if step == "admission-notice"} == {"late"}
    assert one["liability"]["standing"] == "none" and one["liability"]["unmet"] == ["no-ready-notice"]


async def test_each_unit_gets_its_own_copy_in_its_own_record(service: Service):
    ward, subject, encounter = await stay(service)
    sent = await ward.create(notice(subject, encounter))
    for actor in (NURSE, OFFICER, CONTACT):
        (copy,) = await service.as_(actor).search("Communication")
        assert copy["partOf"] == [{"reference": f"Communication/{sent['id']}"}] and copy["payload"] == sent["payload"]
        assert (await service.as_(actor)("GET", f"/fhir/{encounter}")).status_code == 404  # the record itself stays closed
    regimes = await service.database.fetch("SELECT regime, unit FROM resource WHERE type = 'Communication' ORDER BY unit")
    assert [tuple(row) for row in regimes] == [
        ("health", WARD), ("health", CENTRE), ("health", NURSING), ("social", SOCIAL_OFFICE)
    ]  # fmt: skip
    assert await service.as_(staff("x", MUNICIPALITY, "SE2399999999-3009")).search("Communication") == []


async def test_who_has_only_had_messages_is_told_what_is_due_for_them(service: Service):
    ward, subject, encounter = await stay(service)
    await ward.create(notice(subject, encounter))
    await ward.create(ready(subject, encounter))
    (one,) = await told(service.as_(CONTACT), "Encounter/$discharge-timers?party=open-care&due=true")
    assert set(states(one)) == {("care-contact", "open-care"), ("planning", "open-care"), ("invitation", "open-care")}
    assert states(one)["invitation", "open-care"] == "late"
    (nursing,) = await told(service.as_(NURSE))
    assert nursing["liability"]["unmet"] == ["no-invitation"]


async def test_the_whole_chain_makes_the_municipality_pay(service: Service):
    ward, subject, encounter = await stay(service)
    await ward.create(notice(subject, encounter))
    await ward.create(ready(subject, encounter))
    invitation = message(
        Message.INVITATION,
        encounter,
        subject,
        {"type": "Organization", "identifier": {"system": "urn:oid:1.2.752.29.4.19", "value": CENTRE}},
        (Recipient(Party.INPATIENT, NORTH, WARD), *TO[1:]),
        NOW - timedelta(days=3),
        by=Party.OPEN_CARE,
    )
    own_patient = (await service.as_(CONTACT).create(patient("195802142389")))["id"]
    await service.as_(CONTACT).create(invitation | {"subject": {"reference": f"Patient/{own_patient}"}})
    (one,) = await told(ward, f"{encounter}/$discharge-timers?dailyAmount=9800.50&agreedDays=1")
    assert one["liability"]["standing"] == "runs"
    assert one["liability"]["days"] == 3 and str(one["liability"]["amount"]["value"]) == "29401.5"
    assert states(one)["invitation", "open-care"] == "done"
    assert one["deadline"][0]["citation"] == "2017:612 2 kap. 1 och 3 §§"


async def test_an_admission_notice_says_four_things_and_no_more(service: Service):
    ward, subject, encounter = await stay(service)
    whole = notice(subject, encounter)
    assert [part["extension"][0]["valueCode"] for part in whole["payload"]] == [
        "name", "personnummer", "address", "estimated-discharge"
    ]  # fmt: skip
    wrong = (
        {"payload": [*whole["payload"], {"contentString": "Stroke, afasi"}]},
        {"note": [{"text": "Stroke"}]},
        {"payload": [{**whole["payload"][0], "contentString": "A"}, whole["payload"][0]]},
        {"recipient": [{"display": "Kommunen"}]},
    )
    for change in wrong:
        answer = await ward("POST", "/fhir/Communication", whole | change)
        assert answer.status_code == 422, answer.text
    without = {name: value for name, value in whole.items() if name != "sent"}
    assert (await ward("POST", "/fhir/Communication", without)).status_code == 422
    assert await service.database.fetchval("SELECT count(*) FROM resource WHERE type = 'Communication'") == 0


async def test_a_citizen_s_message_reaches_no_record(service: Service):
    _, subject, encounter = await stay(service)
    person = await service.citizen(subject.removeprefix("Patient/"))
    await person.create(ready(subject, encounter))
    assert await service.as_(NURSE).search("Communication") == []
    assert await service.as_(WARD_DOCTOR).search("Communication") == []


async def test_timers_refuse_what_they_do_not_understand_and_what_is_not_there(service: Service):
    ward, _, encounter = await stay(service)
    for query in ("party=county", "agreedDays=x", "dailyAmount=-1", "dailyAmount=x", "colour=red", "due=perhaps"):
        assert (await ward("GET", f"/fhir/{encounter}/$discharge-timers?{query}")).status_code == 400, query
    assert (await ward("GET", "/fhir/Encounter/nobody/$discharge-timers")).status_code == 404
    assert (await service.as_(NURSE)("GET", f"/fhir/{encounter}/$discharge-timers")).status_code == 404
    assert await told(service.as_(NURSE)) == []
