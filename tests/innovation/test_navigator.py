"""The regulation navigator: every path through its questions ends in laws, authorities, a zone and next steps.

There are some thirty million paths, so they are not walked one by one. Two paths that stand at the same question are
walked on as one when they agree on all that a later question or an unsettled rule looks at, and on what was found so far: from
there on nothing can tell them apart. Each group keeps one whole path, which the engine itself is asked for in the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kedja.innovation.navigator.engine import answered, at_most, next_question, pruned, result
from kedja.innovation.navigator.kept import keep, since
from kedja.innovation.navigator.rules import Case, Navigator, Zone, holds, navigator, standard

NAVIGATOR = standard()
DAY = date(2026, 11, 30)


@dataclass
class Group:
    """Paths that nothing ahead can tell apart. `lived`: their answers that still matter; `path`: one of them, whole."""

    lived: dict[str, str]
    zone: Zone
    found: bool
    path: dict[str, str]
    count: int


@dataclass
class Walk:
    groups: list[Group]
    rules: set[str] = field(default_factory=set)
    options: set[tuple[str, str]] = field(default_factory=set)


def mentioned(cases: tuple[Case, ...]) -> set[str]:
    return {asked for case in cases for asked in case}


@lru_cache
def walk() -> Walk:
    """All paths, in groups. A rule is settled at the last question that it looks at."""
    order = [question.id for question in NAVIGATOR.questions]
    settles = {rule.id: max(order.index(id) for id in mentioned(rule.cases)) for rule in NAVIGATOR.rules}
    walked = Walk([Group({}, Zone.GREEN, False, {}, 1)])
    for at, question in enumerate(NAVIGATOR.questions):
        later = set().union(*(mentioned(each.cases) for each in NAVIGATOR.questions[at + 1 :]))
        later |= set().union(*(mentioned(rule.cases) for rule in NAVIGATOR.rules if settles[rule.id] > at))
        due = [rule for rule in NAVIGATOR.rules if settles[rule.id] == at]
        merged: dict[tuple[object, ...], Group] = {}
        for group, answer in steps(walked, question.id):
            lived, path = dict(group.lived), dict(group.path)
            if answer is not None:
                lived[question.id] = path[question.id] = answer
                walked.options.add((question.id, answer))
            met = [rule for rule in due if holds(rule.cases, lived)]
            assert met == [rule for rule in due if holds(rule.cases, path)]  # what was dropped settles nothing
            walked.rules |= {rule.id for rule in met}
            zone = max((group.zone, *(rule.zone for rule in met if rule.in_force(DAY))))
            found = group.found or any(rule.in_force(DAY) for rule in met)
            rest = {id: given for id, given in lived.items() if id in later}
            key = (tuple(rest.items()), zone, found)
            if key in merged:
                merged[key].count += group.count
            else:
                merged[key] = Group(rest, zone, found, path, group.count)
        walked.groups = list(merged.values())
    return walked


def steps(walked: Walk, id: str) -> Iterator[tuple[Group, str | None]]:
    """Each group with each answer that it may give to the question; None where the question is not asked."""
    question = NAVIGATOR.question(id)
    assert question
    for group in walked.groups:
        if holds(question.cases, group.lived):
            yield from ((group, option.id) for option in question.options)
        else:
            yield group, None


def test_every_path_ends_in_laws_authorities_a_zone_and_next_steps() -> None:
    assert sum(group.count for group in walk().groups) > 10_000_000
    for group in walk().groups:
        assert group.found
        assert next_question(NAVIGATOR, group.path) is None
        ended = result(NAVIGATOR, group.path, DAY)
        assert ended.zone is group.zone
        assert ended.findings and ended.laws and ended.authorities
        assert all(rule.step.sv and rule.step.en and rule.why.sv and rule.why.en and rule.cite for rule in ended.findings)
        assert ended.zone is Zone.GREEN or ended.deciding


def test_every_law_and_rule_is_reached() -> None:
    assert {rule.id for rule in NAVIGATOR.rules} - walk().rules == set()


def test_every_question_is_asked_and_every_answer_can_be_given() -> None:
    every = {(question.id, option.id) for question in NAVIGATOR.questions for option in question.options}
    assert every - walk().options == set()


def test_every_zone_is_reached() -> None:
    assert {group.zone for group in walk().groups} == set(Zone)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_path_asks_each_question_once_and_only_what_its_answers_call_for(data: st.DataObject) -> None:
    answers: dict[str, str] = {}
    left: list[int] = []
    while (question := next_question(NAVIGATOR, answers)) is not None:
        assert question.id not in answers
        assert at_most(NAVIGATOR, answers) >= 1
        left.append(at_most(NAVIGATOR, answers))
        assert holds(question.cases, answers)
        answers[question.id] = data.draw(st.sampled_from([option.id for option in question.options]))
    assert left == sorted(left, reverse=True) and at_most(NAVIGATOR, answers) == 0
    assert pruned(NAVIGATOR, answers) == answers
    assert len(answered(NAVIGATOR, answers)) == len(answers)
    assert [rule.id for rule in NAVIGATOR.rules if holds(rule.cases, answers)] == sorted_by_law(answers)


def sorted_by_law(answers: dict[str, str]) -> list[str]:
    """The rules that the result has, in the order of the data: sorting loses and adds none."""
    ended = result(NAVIGATOR, answers, DAY)
    met = {rule.id for rule in (*ended.findings, *ended.coming)}
    return [rule.id for rule in NAVIGATOR.rules if rule.id in met]


SMALL = {"area": "care", "kind": "process", "technology": "no", "data": "none", "research": "no", "samples": "no",
         "supply": "nothing", "cost": "no", "harm": "no", "reach": "unit"}  # fmt: skip


def test_a_small_change_in_ones_own_unit_is_green() -> None:
    ended = result(NAVIGATOR, SMALL, DAY)
    assert ended.zone is Zone.GREEN
    assert {law.number for law in ended.laws} == {"SFS 2010:659", "SOSFS 2011:9"}


def test_an_app_in_the_home_with_data_from_the_home_is_for_the_management() -> None:
    answers = pruned(NAVIGATOR, {
        "area": "social", "kind": "technology", "purpose": "no", "ai": "no", "data": "persons", "shared": "no", "ehr": "no",
        "home": "yes", "research": "no", "supply": "small", "cost": "no", "harm": "no", "public": "no", "essential": "no",
        "reach": "unit",
    })  # fmt: skip
    ended = result(NAVIGATOR, answers, DAY)
    assert ended.zone is Zone.RED
    assert "SoLPuL (2001:454) 9 §" in {rule.cite for rule in ended.deciding}


def test_what_is_made_in_house_is_under_article_5_5_and_ivo() -> None:
    answers = {"purpose": "device", "maker": "own"}
    met = [rule for rule in NAVIGATOR.rules if holds(rule.cases, answers) and rule.law.id == "mdr"]
    assert [rule.id for rule in met] == ["mdr-own"]
    assert "art. 5.5" in met[0].cite and met[0].authority[0] == "ivo"


def test_a_changed_answer_takes_what_hung_on_it() -> None:
    given = {"area": "care", "kind": "technology", "purpose": "device", "maker": "own"}
    assert pruned(NAVIGATOR, given | {"purpose": "no"}) == {"area": "care", "kind": "technology", "purpose": "no"}


def test_an_answer_that_is_none_is_asked_again() -> None:
    question = next_question(NAVIGATOR, pruned(NAVIGATOR, {"area": "moon", "surprise": "yes"}))
    assert question and question.id == "area"


def test_a_result_needs_every_answer() -> None:
    with pytest.raises(ValueError, match="`kind` is not answered"):
        result(NAVIGATOR, {"area": "care"}, DAY)


def changed(**what: object) -> Navigator:
    rules = tuple(replace(rule, **what) if rule.id == "psl-lead" else rule for rule in NAVIGATOR.rules)  # type: ignore[arg-type]
    return replace(NAVIGATOR, rules=rules)


def test_kept_answers_are_asked_again_when_the_data_of_a_law_changed() -> None:
    kept = keep(NAVIGATOR, SMALL, DAY)
    assert not since(NAVIGATOR, kept, DAY)
    assert [rule.id for rule in since(changed(version="2027-01-01.other"), kept, DAY).changed] == ["psl-lead"]
    assert since(replace(NAVIGATOR, rules=NAVIGATOR.rules[-1:]), kept, DAY).gone == ("psl-lead", "sosfs-system")


def test_kept_answers_are_asked_again_when_a_law_begins_to_apply() -> None:
    soon = changed(applies=DAY + timedelta(days=30))
    kept = keep(soon, SMALL, DAY)
    assert not since(soon, kept, DAY + timedelta(days=29))
    assert [rule.id for rule in since(soon, kept, DAY + timedelta(days=30)).began] == ["psl-lead"]


def test_kept_answers_are_asked_again_when_a_question_is_new_or_a_rule_is() -> None:
    kept = keep(NAVIGATOR, SMALL, DAY)
    older = replace(kept, answers={id: given for id, given in SMALL.items() if id != "harm"})
    asked = since(NAVIGATOR, older, DAY).asked
    assert asked and asked.id == "harm"
    fewer = replace(kept, versions={"psl-lead": kept.versions["psl-lead"]})
    assert [rule.id for rule in since(NAVIGATOR, fewer, DAY).added] == ["sosfs-system"]


def test_the_version_of_a_rule_changes_with_what_it_says() -> None:
    words = {"text_sv": "?", "text_en": "?", "why_sv": "!", "why_en": "!"}
    option = [{"id": id, "text_sv": id, "text_en": id} for id in ("yes", "no")]
    law = {"id": "law", "number": "SFS 2000:1", "name_sv": "Lag", "name_en": "Act", "applies": DAY, "updated": DAY}
    rule = {"id": "r", "cite": "1 §", "when": [{"q": ["yes"]}], "zone": "red", "authority": ["ivo"], "confidence": "reading",
            "why_sv": "!", "why_en": "!", "step_sv": "1", "step_en": "1"}  # fmt: skip
    question = {"id": "q", "option": option, **words}

    def version(**other: object) -> str:
        return navigator({"question": [question]}, [{"law": law, "rule": [rule | other]}]).rules[0].version

    assert version() == version()
    assert version(step_en="2") != version()
    with pytest.raises(ValueError, match="asks for `maybe` of `q`"):
        version(when=[{"q": ["maybe"]}])
    with pytest.raises(ValueError, match="not `rumour`"):
        version(confidence="rumour")


def test_laws_are_cited_by_their_numbers() -> None:
    number = re.compile(r"SFS \d{4}:\d+|SOSFS 2011:9|\(EU\) \d{3,4}/\d{2,4}")
    assert [law.number for law in NAVIGATOR.laws if not number.fullmatch(law.number)] == []
    assert len({law.number for law in NAVIGATOR.laws}) == len(NAVIGATOR.laws)
    assert all(rule.law.updated <= DAY for rule in NAVIGATOR.rules)
