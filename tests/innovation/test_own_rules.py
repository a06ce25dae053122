"""What an organisation adds to the navigator's rules: narrower only, with its reason, in versions, for its own cases alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from kedja.gate import Door, innovation_navigator, new_id
from kedja.gate import innovation_cases as cases
from kedja.gate import innovation_rules as gate
from kedja.innovation.navigator.engine import next_question, pruned, result
from kedja.innovation.navigator.own import TEXTS, Addition, faults, narrower, overlaid
from kedja.innovation.navigator.rules import Zone, standard
from kedja.outcome import OutcomeError
from tests.innovation.people import ANALYST, CITIZEN, HEAD, NURSE, PILOT, RULES, SOUTH, SOUTHERN_NURSE, SOUTHERN_PILOT, worker
from tests.innovation.test_cases import given
from tests.innovation.test_navigator import SMALL

RULE = "psl-lead"
DAY = date(2026, 11, 30)
SOUTHERN_RULES = worker("southern-rules", SOUTH, "regler")


def addition(version: int = 0, zone: str = "red", reason: str = "Lokal delegation", **texts: str) -> Addition:
    return Addition(RULE, version, zone, {**dict.fromkeys(TEXTS, ""), **texts}, reason)


@given_(st.data())
def test_no_addition_widens_a_zone(data: st.DataObject) -> None:
    answers: dict[str, str] = {}
    while (question := next_question(standard(), answers)) is not None:
        answers[question.id] = data.draw(st.sampled_from([option.id for option in question.options]))
    before = result(standard(), answers, DAY)
    rule = data.draw(st.sampled_from([each.id for each in (*before.findings, *before.coming)] or [RULE]))
    zone = data.draw(st.sampled_from(["", "green", "yellow", "red"]))
    own = overlaid(standard(), {rule: replace(addition(zone=zone), rule=rule)})
    assert result(own, answers, DAY).zone >= before.zone
    assert [each.cite for each in own.rules] == [each.cite for each in standard().rules]


def test_what_is_wrong_with_an_addition_is_told_by_its_field() -> None:
    law = next(rule for rule in standard().rules if rule.zone is Zone.YELLOW)
    assert narrower(law) == ("", "red")
    assert set(faults(law, addition(zone="green"))) == {"zone"}
    assert set(faults(law, addition(zone="", reason="", text_sv="Hos oss", step_en="Call"))) == {"text_en", "step_sv", "reason"}
    assert faults(law, addition()) == {}


async def test_an_addition_holds_for_the_own_cases_which_are_asked_again(door: Door) -> None:
    case = await cases.file(door, NURSE, given("Tidbok"), new_id())
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    assert (await cases.case(door, PILOT, case, new_id())).case.zone == "green"
    sheet = await gate.rule(door, RULES, RULE, new_id())
    (touched,) = [one for one in sheet.touched if one.row["case_id"] == case]
    assert (touched.row["zone"], touched.would) == ("green", {"": "green", "yellow": "yellow", "red": "red"})
    assert (await gate.rules(door, RULES, new_id())).touched[RULE] == len(sheet.touched)

    texts = {"text_sv": "Hos oss", "text_en": "Here", "step_sv": "Ring Lena", "step_en": "Call Lena"}
    await gate.add(door, RULES, Addition(RULE, 0, "red", texts, "Lokal delegation"), new_id())
    (kept,) = [one for one in await innovation_navigator.navigations(door, PILOT, new_id()) if one.row["case_id"] == case]
    assert [rule.id for rule in kept.since.changed] == [RULE]
    assert await innovation_navigator.ask_again(door) == 1
    await innovation_navigator.keep(door, NURSE, case, SMALL, new_id())
    assert (await cases.case(door, PILOT, case, new_id())).case.zone == "red"

    for actor, about, zone in (
        (NURSE, "", "red"),
        (SOUTHERN_NURSE, "", "green"),
        (SOUTHERN_NURSE, case, "red"),
        (CITIZEN, case, "green"),
    ):
        own = await gate.for_actor(door, actor, about)
        assert result(own, pruned(standard(), SMALL), DAY).zone.word == zone, (actor.id, about)

    await gate.add(door, RULES, addition(1, "", "Delegationen är tillbaka"), new_id())
    versions = (await gate.rule(door, RULES, RULE, new_id())).versions
    assert [(row["version"], row["zone"], row["reason"]) for row in versions] == [
        (2, "", "Delegationen är tillbaka"),
        (1, "red", "Lokal delegation"),
    ]
    assert (await gate.for_actor(door, NURSE, "")).rules == standard().rules


async def test_rules_are_added_to_by_their_administrator_alone_and_never_widened(door: Door) -> None:
    for actor in (NURSE, PILOT, HEAD, ANALYST, SOUTHERN_PILOT, CITIZEN):
        for act in (
            gate.add(door, actor, addition(), new_id()),
            gate.rule(door, actor, RULE, new_id()),
            gate.rules(door, actor, new_id()),
        ):
            with pytest.raises(OutcomeError) as refused:
                await act
            assert refused.value.status == 403
    for status, what in (
        (404, replace(addition(), rule="x")),
        (422, addition(zone="green")),
        (422, addition(reason="")),
        (409, addition(7)),
    ):
        with pytest.raises(OutcomeError) as refused:
            await gate.add(door, SOUTHERN_RULES, what, new_id())
        assert refused.value.status == status
    assert (await gate.rule(door, SOUTHERN_RULES, RULE, new_id())).versions == []
