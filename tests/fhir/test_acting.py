"""Acting for somebody over HTTP: what lies outside of it is in no read, list, count, chain, page or error."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kedja.access.actor import Kind as ActorKind
from kedja.access.actor import acting as as_guardian
from kedja.access.consents import Kind, block_consent, withdrawn
from kedja.access.mandate import Matter
from kedja.access.mandates import Original, decision, mandate
from kedja.access.state_facts import TRUSTEE_SYSTEM
from kedja.identity.systems import PERSONNUMMER
from kedja.outcome import OutcomeError
from tests.fhir.acting import DAUGHTER, MOTHER, NOW, about, acting, born, family, listed, old_man, related
from tests.fhir.service import CLINIC, CLINIC_DOCTOR, NORTH, WARD, WARD_DOCTOR, Caller, Service, patient

assert CLINIC_DOCTOR.assignment is not None
_DECIDING = replace(CLINIC_DOCTOR.assignment, rights=("Läsa;alla;SJF", "Skriva;alla;VE", "Besluta;alla;VE"))
HEAD = replace(CLINIC_DOCTOR, id="head", assignment=_DECIDING)


async def test_a_guardian_of_a_small_child_reads_the_child_and_not_themselves(service: Service) -> None:
    home = await family(service, born(8))
    await home.clinic.create(about("Condition", home.patient))
    mother = await acting(home.mother)
    assert await mother.found("Condition") == ["Condition"]
    everything = (await mother.get("Patient/$everything")).json()["entry"]
    assert {entry["resource"]["resourceType"] for entry in everything} >= {"Patient", "Condition"}
    assert {entry["resource"]["id"] for entry in everything if entry["resource"]["resourceType"] == "Patient"} == {home.patient}
    assert await home.mother.search("Condition") == []


@pytest.mark.parametrize(
    ("birth_date", "guardian", "child"),
    [
        (born(13, days=1), True, False),
        (born(13), False, False),
        (born(16, days=1), False, False),
        (born(16), False, True),
        (born(18, days=1), False, True),
        (born(18), False, True),
        ("", False, True),
    ],
)
async def test_ages_decide_on_the_day(service: Service, birth_date: str, guardian: bool, child: bool) -> None:
    home = await family(service, birth_date) if birth_date else await family(service, "1900")
    note = await home.clinic.create(about("Condition", home.patient))
    if not birth_date:
        await home.clinic("PUT", f"/fhir/Patient/{home.patient}", patient("201804182382", "Berg") | {"id": home.patient})
    told = await listed(home.mother)
    assert ["handle" in one for one in told] == ([guardian] if birth_date and birth_date > born(18) else [])
    read = await home.child("GET", f"/fhir/Condition/{note['id']}")
    assert read.status_code == (200 if child else 404)


async def test_an_exception_opens_what_that_unit_holds_and_nothing_else(service: Service) -> None:
    home = await family(service, born(14))
    await home.clinic.create(about("Condition", home.patient))
    await service.as_(WARD_DOCTOR).create(about("Observation", home.patient))
    head = service.as_(HEAD)
    for kind in (Kind.GUARDIAN_ACCESS, Kind.CHILD_ACCESS):
        await head.create(decision(kind, f"Patient/{home.patient}", NORTH, CLINIC, dated=NOW))
    mother = await acting(home.mother)
    assert await mother.found("Condition") == ["Condition"]
    assert await mother.found("Observation") == []
    assert [one["resourceType"] for one in await home.child.search("Condition")] == ["Condition"]
    assert await home.child.search("Observation") == []


@pytest.mark.parametrize("unit", [CLINIC, WARD])
async def test_only_the_head_of_the_unit_decides_on_exceptions(service: Service, unit: str) -> None:
    home = await family(service, born(14))
    exception = decision(Kind.GUARDIAN_ACCESS, f"Patient/{home.patient}", NORTH, unit, dated=NOW)
    # The mother does not act for her child here: to her there is no such Patient.
    for caller, status in ((home.clinic, 403), (home.child, 403), (home.mother, 422)):
        assert (await caller("POST", "/fhir/Consent", exception)).status_code == status
    answer = await service.as_(HEAD)("POST", "/fhir/Consent", exception)
    assert answer.status_code == (201 if unit == CLINIC else 403)


async def test_what_is_closed_to_guardians_is_not_even_there(service: Service) -> None:
    home = await family(service, born(8))
    hidden = await home.clinic.create(about("Condition", home.patient))
    shown = await service.as_(WARD_DOCTOR).create(about("Condition", home.patient))
    await home.clinic.create(decision(Kind.GUARDIAN_RESTRICTION, f"Patient/{home.patient}", NORTH, CLINIC, dated=NOW))
    mother = await acting(home.mother)
    seen = (await mother.get("Condition")).json()
    assert [entry["resource"]["id"] for entry in seen["entry"]] == [shown["id"]]
    assert (await mother.get("Condition?_summary=count")).json()["total"] == 1
    for path in (f"Condition/{hidden['id']}", f"Condition/{hidden['id']}/_history/1", f"Condition/{hidden['id']}/_history"):
        assert (await mother.get(path)).status_code == 404
    assert await mother.found("Consent") == []


async def test_a_guardian_blocks_nothing_for_the_child(service: Service) -> None:
    home = await family(service, born(8))
    mother = await acting(home.mother)
    block = block_consent(f"Patient/{home.patient}", NORTH, inner=True, unit=CLINIC, dated=NOW)
    answer = await home.mother("POST", "/fhir/Consent", block, Kedja_Acting_For=mother.handle)
    assert answer.status_code == 403


async def test_what_is_not_meant_for_the_patient_is_masked_to_the_guardian_and_the_proxy(service: Service) -> None:
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPATIENT"}]}
    home = await family(service, born(8))
    await home.clinic.create(about("Condition", home.patient, meta=label))
    assert await (await acting(home.mother)).found("Condition") == []
    old = await old_man(service)
    await old.clinic.create(about("Condition", old.patient, meta=label))
    await old.empower(Matter.DIAGNOSES)
    assert await (await acting(old.daughter)).found("Condition?code:text=Astma") == ["Condition"]


async def test_a_proxy_sees_what_the_mandate_covers_and_nothing_of_the_rest(service: Service) -> None:
    old = await old_man(service)
    await old.empower(Matter.MEDICINES | Matter.PLANS)
    daughter = await acting(old.daughter)
    assert await daughter.found("MedicationRequest") == ["MedicationRequest"]
    assert await daughter.found("CarePlan") == ["CarePlan"]
    for path in ("Observation", "Condition", "Patient", "Consent", "RelatedPerson"):
        answer = (await daughter.get(path)).json()
        assert answer.get("entry", []) == [], path
        assert (await daughter.get(f"{path}?_summary=count")).json()["total"] == 0
    included = (await daughter.get("MedicationRequest?_include=MedicationRequest:subject")).json()
    assert [entry["resource"]["resourceType"] for entry in included["entry"]] == ["MedicationRequest"]
    everything = (await daughter.get("Patient/$everything")).json()
    assert sorted(entry["resource"]["resourceType"] for entry in everything["entry"]) == ["CarePlan", "MedicationRequest"]
    assert await daughter.found("?_type=Observation,Condition,CarePlan,MedicationRequest") == ["CarePlan", "MedicationRequest"]


async def test_outside_of_a_mandate_nothing_tells_a_full_record_from_an_empty_one(service: Service) -> None:
    old = await old_man(service)
    await old.empower(Matter.MEDICINES)
    daughter = await acting(old.daughter)
    condition = (await old.himself.search("Condition"))[0]["id"]
    chained = "MedicationRequest?subject:Patient._has:Condition:subject:code:text=Astma"
    for there, not_there in (
        (f"Condition/{condition}", "Condition/nothing"),
        (f"Condition?_id={condition}", "Condition?_id=nothing"),
        (chained, chained.replace("Astma", "Gikt")),
        (f"Patient/{old.patient}", "Patient/nothing"),
    ):
        one, other = await daughter.get(there), await daughter.get(not_there)
        assert one.status_code == other.status_code, there
        assert _told(one, condition, old.patient) == _told(other, "nothing", "nothing"), there


def _told(answer: Any, *names: str) -> str:
    """The body without what differs in the question, and the moment."""
    body = answer.json()
    for name in ("id", "meta", "link"):
        body.pop(name, None)
    text = str(body)
    for name in names:
        text = text.replace(name, "")
    return text


async def test_a_mandate_holds_until_it_is_revoked_or_ends(service: Service) -> None:
    old = await old_man(service)
    given = await old.empower(Matter.MEDICINES)
    daughter = await acting(old.daughter)
    assert await daughter.found("MedicationRequest") == ["MedicationRequest"]
    answer = await old.himself("PUT", f"/fhir/Consent/{given['id']}", withdrawn(given))
    assert answer.status_code == 200
    assert await daughter.found("MedicationRequest") == []
    assert await listed(old.daughter) == []
    await old.empower(Matter.MEDICINES, days=-0.0001)
    assert await listed(old.daughter) == []


async def test_nobody_gives_a_mandate_for_another(service: Service) -> None:
    old = await old_man(service)
    given = await old.empower(Matter.MEDICINES)
    same = {name: value for name, value in given.items() if name not in ("id", "meta")}
    for caller, status in ((old.clinic, 422), (old.daughter, 422), (service.system(), 422)):
        assert (await caller("POST", "/fhir/Consent", same)).status_code == status
    daughter = await acting(old.daughter)
    wider = {**same, "provision": {**same["provision"], "class": [{**same["provision"]["class"][0], "code": "results"}]}}
    assert (await old.daughter("POST", "/fhir/Consent", wider, Kedja_Acting_For=daughter.handle)).status_code == 403


async def test_a_god_man_needs_a_mandate_or_a_decision_of_the_unit(service: Service) -> None:
    old = await old_man(service)
    await service.system().create(related(old.patient, DAUGHTER, TRUSTEE_SYSTEM, "god-man"))
    (told,) = await listed(old.daughter)
    assert (told["kind"], told["rule"], "handle" in told) == ("proxy", "https://kedja.example/fhir/rule/P-14", False)
    await service.as_(HEAD).create(decision(Kind.GUARDIAN_ACCESS, f"Patient/{old.patient}", NORTH, CLINIC, dated=NOW))
    assert await (await acting(old.daughter)).found("Condition") == ["Condition"]


async def test_staff_do_not_make_themselves_guardians(service: Service) -> None:
    home = await family(service, born(8))
    assert (await home.clinic("POST", "/fhir/RelatedPerson", related(home.patient, DAUGHTER))).status_code == 403
    assert (await home.child("POST", "/fhir/RelatedPerson", related(home.patient, DAUGHTER))).status_code == 403


@pytest.mark.parametrize("handle", ["", "guardian", "guardian-1", "guardian-1-" + "0" * 32, "system-1-x", "guardian-x-y"])
async def test_a_handle_that_was_not_given_is_refused(service: Service, handle: str) -> None:
    home = await family(service, born(8))
    answer = await home.mother("GET", "/fhir/Condition", Kedja_Acting_For=handle)
    assert answer.status_code == (403 if handle else 200)


async def test_a_handle_is_of_no_use_to_others(service: Service) -> None:
    home = await family(service, born(8))
    mother = await acting(home.mother)
    for other in (home.child, home.clinic):
        assert (await other("GET", "/fhir/Condition", Kedja_Acting_For=mother.handle)).status_code == 403
    assert (await home.clinic("POST", "/fhir/Patient/$acting-for")).status_code == 403


async def log_of(caller: Caller, service: Service, person: int, **more: Any) -> list[Any]:
    return list(await service.app.state.door.log_of(caller.actor, person, "r", **more))


async def test_the_child_s_log_says_who_acted_for_them_and_as_what(service: Service) -> None:
    home = await family(service, born(16))
    await home.clinic.create(about("Condition", home.patient))
    await service.as_(HEAD).create(decision(Kind.GUARDIAN_ACCESS, f"Patient/{home.patient}", NORTH, CLINIC, dated=NOW))
    await (await acting(home.mother)).found("Condition")
    rows = await log_of(home.child, service, home.person)
    read = next(row for row in rows if row["kind"] == "guardian")
    assert (read["action"], read["actor"], read["rules"]) == ("search", home.mother.actor.id, ["P-9.2"])
    named = next(row for row in rows if row["action"] == "identify")
    assert named["rules"] == ["P-9.2"]


async def test_the_log_of_a_small_child_is_the_guardian_s_unless_something_is_closed(service: Service) -> None:
    home = await family(service, born(8))
    door, mother = service.app.state.door, as_guardian(home.mother.actor, ActorKind.GUARDIAN, home.person)
    assert await door.log_of(mother, home.person, "r")
    await home.clinic.create(decision(Kind.GUARDIAN_RESTRICTION, f"Patient/{home.patient}", NORTH, CLINIC, dated=NOW))
    with pytest.raises(OutcomeError, match="access log"):
        await door.log_of(mother, home.person, "r")


async def test_who_is_named_in_a_mandate_before_they_are_known_here_finds_it_when_they_come(service: Service) -> None:
    clinic = service.as_(WARD_DOCTOR)
    man = await clinic.create(patient("194004022390", "Nyman"))
    himself = await service.citizen(man["id"])
    ends: datetime = NOW + timedelta(days=30)
    await himself.create(
        mandate(f"Patient/{man['id']}", (PERSONNUMMER, MOTHER), Matter.PLANS, dated=NOW, starts=NOW, ends=ends, name="Sara")
    )
    late = await clinic.create(patient(MOTHER, "Berg"))
    (told,) = await listed(await service.citizen(late["id"]))
    assert told["matter"]["code"] == "plans"


async def test_staff_register_what_the_person_signed_and_the_person_sees_and_revokes_it(service: Service) -> None:
    old = await old_man(service)
    paper = mandate(
        f"Patient/{old.patient}",
        (PERSONNUMMER, DAUGHTER),
        Matter.MEDICINES,
        dated=NOW,
        starts=NOW - timedelta(minutes=1),
        ends=NOW + timedelta(days=180),
        original=Original(date(2026, 3, 1), "Pärm 3, nr 17", CLINIC),
    )
    for who, resource, status in (
        (old.clinic, {name: value for name, value in paper.items() if name != "sourceAttachment"}, 422),
        (old.daughter, paper, 422),  # to a stranger there is no such Patient
        (service.system(), paper, 403),
    ):
        assert (await who("POST", "/fhir/Consent", resource)).status_code == status
    assert await listed(old.daughter) == []

    registered = await old.clinic.create(paper)
    daughter = await acting(old.daughter)
    assert await daughter.found("MedicationRequest") == ["MedicationRequest"]
    assert await daughter.found("Condition") == []
    # Another unit is not told of it, and cannot end it; the own unit and the person can.
    ward = service.as_(WARD_DOCTOR)
    assert await ward.search("Consent?category=proxy") == []
    assert (await ward("PUT", f"/fhir/Consent/{registered['id']}", withdrawn(registered))).status_code in (403, 404)
    assert [one["id"] for one in await old.clinic.search("Consent?category=proxy")] == [registered["id"]]
    kept = (await old.himself.search("Consent?category=proxy"))[0]
    assert kept["sourceAttachment"]["title"] == "Pärm 3, nr 17"
    assert (await old.himself("PUT", f"/fhir/Consent/{kept['id']}", withdrawn(kept))).status_code == 200
    assert await daughter.found("MedicationRequest") == []
    assert await listed(old.daughter) == []
