"""A case on its way: taken in, decided, held up by what is lacking, followed up, introduced, and heard of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kedja.access.actor import Actor
from kedja.gate import Door, new_id
from kedja.gate import innovation_cases as cases
from kedja.gate.innovation_effect import Measure, Result, answered, ask_follow_ups, effect, measure, result, signal, uses
from kedja.gate.innovation_payment import decide as fund
from kedja.gate.innovation_payment import describe
from kedja.gate.innovation_spread import Plan, copy, everywhere, pack, plan, ready, spread
from kedja.gate.innovation_work import Decision, Lacking, again, change, decide, invite, link, open_up, settle
from kedja.innovation.machine import Move, Outcome, machines
from kedja.innovation.readiness import items
from kedja.outcome import OutcomeError
from tests.innovation.people import (
    BOARD,
    CITIZEN,
    DIRECTOR,
    HEAD,
    NORTH,
    NURSE,
    PATIENT_VOICE,
    PATIENTS,
    PILOT,
    SOUTH,
    SOUTHERN_NURSE,
    SOUTHERN_PILOT,
)
from tests.innovation.test_cases import given

FLOWS: dict[str, Any] = {
    "today": "",
    "chosen": "",
    "activity": {"now": {}, "then": {}},
    "hinders": [],
    "remedy": "",
    "flows": [{"who": "Regionen", "kind": "region", "once": 0, "yearly": 10, "gains": 20, "what": ""}],
}
DAYS = Measure("Dagar till återbesök", "dagar", "lower", Decimal("14.5"), date(2026, 1, 1), "kassan", Decimal(7))


async def settled(
    door: Door, title: str, machine: str = "service", giver: Actor = NURSE, pilot: Actor = PILOT, **more: Any
) -> str:
    id = await cases.file(door, giver, given(title, **more), new_id())
    await settle(door, pilot, id, machine, "", "", new_id())
    return id


async def go(door: Door, actor: Actor, id: str, phase: str, to: str, **more: Any) -> None:
    """Decide to go on, with all of the checklist ticked."""
    case = (await cases.case(door, actor, id, new_id())).case
    checks = [check.id for check in case.runs.phase(phase).checklist]
    given = Decision(Move(Outcome.GO, phase, to), "Det är klart.", case.version, checks, "Dnr 1, 2026-01-01")
    await decide(door, actor, id, replace(given, **more), new_id())


async def test_who_holds_the_seat_decides_with_name_day_and_reason_and_nobody_else(door: Door) -> None:
    id = await settled(door, "Besluta rätt")
    for stranger in (NURSE, PILOT, DIRECTOR):
        with pytest.raises(OutcomeError) as refused:
            await go(door, stranger, id, "problem", "ideas")
        assert refused.value.status == 403
    await go(door, HEAD, id, "problem", "ideas")
    sheet = await cases.case(door, NURSE, id, new_id())
    assert sheet.case.state.phases == ("ideas",)
    decision = [row for row in sheet.events if row["kind"] == "decision"]
    assert [(row["actor"], row["phase"]) for row in decision] == [("head", "problem")]
    assert "Det är klart." in decision[0]["body"]
    assert [(row["what"], row["about"], row["name"]) for row in sheet.waits] == [("gate", "ideas", HEAD.name)]


async def test_a_decision_without_its_checklist_or_reason_is_not_taken(door: Door) -> None:
    id = await settled(door, "Ofullständigt")
    with pytest.raises(Lacking) as lacking:
        await go(door, HEAD, id, "problem", "ideas", checks=[], reason=" ")
    assert len(lacking.value.words) == 1 + len(machines()["service"].phase("problem").checklist)
    assert (await cases.case(door, HEAD, id, new_id())).case.state.phases == ("problem",)


async def test_who_decides_on_what_was_changed_meanwhile_is_told_so(door: Door) -> None:
    id = await settled(door, "Samtidigt")
    with pytest.raises(OutcomeError) as conflict:
        await go(door, HEAD, id, "problem", "ideas", version=1)
    assert conflict.value.status == 409


async def test_more_is_asked_for_and_the_case_waits_on_its_pilot_until_it_is_done(door: Door) -> None:
    id = await settled(door, "Omtag")
    case = (await cases.case(door, HEAD, id, new_id())).case
    await decide(door, HEAD, id, Decision(Move(Outcome.REWORK, "problem"), "Fråga patienterna", case.version), new_id())
    assert [row["what"] for row in (await cases.case(door, NURSE, id, new_id())).waits] == ["rework"]
    await again(door, PILOT, id, "problem", "Frågat", new_id())
    assert [row["what"] for row in (await cases.case(door, NURSE, id, new_id())).waits] == ["gate"]


async def test_no_pilot_begins_without_a_baseline_and_follow_ups_are_asked_for_by_themselves(door: Door) -> None:
    id = await settled(door, "Utgångsläge först", "process")
    with pytest.raises(Lacking, match="baseline"):
        await go(door, HEAD, id, "compare", "local-test")
    await measure(door, NURSE, id, replace(DAYS, baseline=None), new_id())
    with pytest.raises(Lacking, match="baseline"):
        await go(door, HEAD, id, "compare", "local-test")
    await measure(door, NURSE, id, DAYS, new_id())
    await go(door, HEAD, id, "compare", "local-test")
    later = replace(door, clock=lambda: door_now + timedelta(days=370))
    door_now = door.clock()
    assert await ask_follow_ups(door) == 0
    assert await ask_follow_ups(later) == 2
    assert await ask_follow_ups(later) == 0
    waits = (await cases.case(door, NURSE, id, new_id())).waits
    assert sorted(row["about"].split(":")[0] for row in waits if row["what"] == "follow-up") == ["12", "6"]
    (found,) = (await effect(door, NURSE, id, new_id()))[1].measures
    await result(door, NURSE, id, Result(found["id"], 6, Decimal("9.0"), date(2026, 7, 1), "Det gick", ""), new_id())
    waits = (await cases.case(door, NURSE, id, new_id())).waits
    assert [row["about"].split(":")[0] for row in waits if row["what"] == "follow-up"] == ["12"]
    with pytest.raises(OutcomeError) as standing:
        await measure(door, NURSE, id, replace(DAYS, baseline=Decimal(30)), new_id())
    assert standing.value.status == 409


async def test_an_unwanted_effect_reaches_all_who_use_the_same_thing_until_they_say_what_they_do(door: Door) -> None:
    here = await settled(door, "Sensor här", "medtech")
    there = await settled(door, "Sensor där", "medtech", SOUTHERN_NURSE, SOUTHERN_PILOT, org=SOUTH, org_name="Region Syd")
    await uses(door, NURSE, here, "Fallvakt  Sensor", "2.1", new_id())
    await uses(door, SOUTHERN_NURSE, there, "fallvakt sensor", "2.0", new_id())
    await measure(door, NURSE, here, DAYS, new_id())
    (found,) = (await effect(door, NURSE, here, new_id()))[1].measures
    given = Result(found["id"], 0, Decimal(20), date(2026, 7, 1), "", "Larmar inte i mörker")
    assert await result(door, NURSE, here, given, new_id()) == 1
    sheet = await cases.case(door, SOUTHERN_NURSE, there, new_id())
    (wait,) = [row for row in sheet.waits if row["what"] == "signal"]
    assert wait["actor"] == SOUTHERN_PILOT.id
    await answered(door, SOUTHERN_PILOT, there, int(wait["about"]), "Vi byter placering", new_id())
    assert not [row for row in (await cases.case(door, SOUTHERN_PILOT, there, new_id())).waits if row["what"] == "signal"]


async def test_what_is_confidential_is_not_told_by_itself(door: Door) -> None:
    secret = await settled(door, "Hemligt prov", "medtech", confidential="secret")
    other = await settled(door, "Öppet prov", "medtech")
    for id in (secret, other):
        await uses(door, NURSE, id, "Hemlig pump", "", new_id())
    await measure(door, NURSE, secret, DAYS, new_id())
    (found,) = (await effect(door, NURSE, secret, new_id()))[1].measures
    assert (
        await result(door, NURSE, secret, Result(found["id"], 0, Decimal(1), date(2026, 7, 1), "", "Hemlig brist"), new_id()) == 0
    )
    assert await signal(door, NURSE, secret, "Hemlig pump", "Kontrollera slangen", new_id()) == 1


async def test_a_patients_voice_changes_a_case_and_it_shows_who_changed_what(door: Door) -> None:
    id = await settled(door, "Ändras av patient")
    with pytest.raises(OutcomeError):
        await cases.case(door, PATIENT_VOICE, id, new_id())
    await invite(door, PILOT, id, PATIENTS, "Patientrådet", "patients", "Vad saknas?", new_id())
    case = (await cases.case(door, PATIENT_VOICE, id, new_id())).case
    answers = {**case.problem, "affected": "Även närstående"}
    await change(door, PATIENT_VOICE, id, answers, "De glöms bort", case.version, new_id())
    sheet = await cases.case(door, NURSE, id, new_id())
    assert sheet.case.problem["affected"] == "Även närstående"
    (event,) = [row for row in sheet.events if row["kind"] == "changed"]
    assert event["actor"] == PATIENT_VOICE.id
    assert "answer" not in [row["what"] for row in sheet.waits]
    with pytest.raises(OutcomeError) as meanwhile:
        await change(door, NURSE, id, answers, "Samma", case.version, new_id())
    assert meanwhile.value.status == 409


async def test_from_idea_to_introduction_in_three_units_and_copied_by_a_fourth(door: Door) -> None:
    id = await settled(door, "Hela vägen")
    await measure(door, NURSE, id, DAYS, new_id())
    for actor, phase, to in ((HEAD, "problem", "ideas"), (HEAD, "ideas", "concept"), (HEAD, "concept", "pilot")):
        await go(door, actor, id, phase, to)
    with pytest.raises(Lacking, match="readiness"):
        await go(door, DIRECTOR, id, "pilot", "introduction")
    with pytest.raises(OutcomeError) as unpaid:
        await ready(door, PILOT, id, "payment", True, "Klart", new_id())
    assert unpaid.value.status == 409
    await describe(door, PILOT, id, FLOWS, new_id())
    await fund(door, BOARD, id, 1, "use", "Det betalas av regionen.", None, new_id())
    for gate in items("gates"):
        await ready(door, PILOT, id, gate.id, True, "Klart", new_id())
    await go(door, DIRECTOR, id, "pilot", "introduction")
    for unit in ("Enhet 1", "Enhet 2", "Enhet 3"):
        await plan(door, NURSE, id, Plan(unit, unit, "Någon", None, None, "in-use", ""), new_id())
    await pack(door, NURSE, id, {"routine": "Ring dagen efter"}, new_id())
    await go(door, BOARD, id, "introduction", "maintenance")
    new = await copy(door, SOUTHERN_NURSE, id, "Vårt eget", new_id())
    _, copied = await spread(door, SOUTHERN_NURSE, new, new_id())
    assert copied.package == {"routine": "Ring dagen efter"}
    plans, _ = await everywhere(door, SOUTHERN_NURSE, new_id())
    assert [row["name"] for row in plans if row["case_id"] == id] == ["Enhet 1", "Enhet 2", "Enhet 3"]


async def test_a_programme_is_not_left_before_it_links_cases(door: Door) -> None:
    programme = await settled(door, "Ett program", "system")
    await go(door, DIRECTOR, programme, "picture", "programme")
    with pytest.raises(Lacking, match="linked"):
        await go(door, BOARD, programme, "programme", "rules")
    number = (await cases.case(door, PILOT, programme, new_id())).case.number
    for title in ("En del", "Ännu en del"):
        await link(door, PILOT, await settled(door, title), "part-of", number, "", new_id())
    await go(door, BOARD, programme, "programme", "rules")


async def test_what_is_confidential_is_published_only_by_saying_so(door: Door) -> None:
    id = await settled(door, "Publiceras", confidential="secret")
    with pytest.raises(OutcomeError) as refused:
        await open_up(door, PILOT, id, "shared", "secret", "", new_id())
    assert refused.value.status == 422
    with pytest.raises(OutcomeError):
        await cases.case(door, CITIZEN, id, new_id())
    await open_up(door, PILOT, id, "published", "", "", new_id())
    assert id in [row["id"] for row in await cases.published(door)]
    assert (await cases.case(door, CITIZEN, id, new_id())).case.giver_name == ""
    assert NORTH
