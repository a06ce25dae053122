"""Each rule on its own: it decides its case, and does not once any single one of its conditions fails."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kedja.access.actor import Kind, Purpose
from kedja.access.asker import Asker
from kedja.access.compile import clause_condition
from kedja.access.custody import Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow
from kedja.access.predicates import PREDICATES
from kedja.access.rule import Clause, Rule
from kedja.access.rules import rule, standard
from tests.law.cases import request

DATA = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
CASES = {case["rule"]: case for case in DATA["case"]}

Change = Callable[[Request], Request]


def _actor(**changes: Any) -> Change:
    return lambda asked: replace(asked, actor=replace(asked.actor, **changes))


def _assignment(**changes: Any) -> Change:
    def change(asked: Request) -> Request:
        assert asked.actor.assignment is not None
        return replace(asked, actor=replace(asked.actor, assignment=replace(asked.actor.assignment, **changes)))

    return change


def _custody(**changes: Any) -> Change:
    return lambda asked: replace(asked, custody=replace(asked.custody, **changes))


def _moved(**place: str) -> Change:
    """The resource is kept elsewhere, and what blocks it blocks it there."""

    def change(asked: Request) -> Request:
        facts = [
            fact._replace(**place) if isinstance(fact, BlockFact) and fact.kind != "registry" else fact for fact in asked.facts
        ]
        return replace(asked, custody=replace(asked.custody, **place), facts=facts)

    return change


def _without(test: Callable[[FactRow], bool]) -> Change:
    return lambda asked: replace(asked, facts=[fact for fact in asked.facts if not test(fact)])


def _context(**changes: Any) -> Change:
    return lambda asked: replace(asked, context=replace(asked.context, **changes))


def _consents(kind: str) -> Change:
    return _without(lambda fact: isinstance(fact, ConsentFact) and fact.kind == kind)


def _blocks(kind: str) -> Change:
    return _without(lambda fact: isinstance(fact, BlockFact) and fact.kind == kind)


def _unmark(label: Label) -> Change:
    return lambda asked: replace(asked, custody=replace(asked.custody, labels=asked.custody.labels & ~label))


def _with(fact: FactRow) -> Change:
    return lambda asked: replace(asked, facts=[*asked.facts, fact])


# How a term that holds is made to fail; several where one way may also change another condition of the rule.
BREAKS: dict[str, list[Change]] = {
    "signed-in": [_actor(id="")],
    "citizen": [_actor(kind=Kind.PROXY)],
    "guardian": [_actor(kind=Kind.CITIZEN)],
    "professional": [_actor(kind=Kind.AUTHORITY)],
    "care-worker": [_actor(kind=Kind.AUTHORITY)],
    "registry-staff": [_actor(kind=Kind.AUTHORITY)],
    "system": [_actor(kind=Kind.AUTHORITY)],
    "purpose-care": [_assignment(purpose=Purpose.RESEARCH)],
    "purpose-administration": [_assignment(purpose=Purpose.RESEARCH)],
    "purpose-quality": [_assignment(purpose=Purpose.RESEARCH)],
    "for-whole-provider": [_assignment(rights=())],
    "danger": [_context(danger=False)],
    "consent-unobtainable": [_context(consent_unobtainable=False)],
    **{regime.value: [_custody(regime=Regime.DIRECTORY), _custody(regime=Regime.WELLNESS)] for regime in Regime},
    "own-person": [_custody(person=70)],
    "same-provider": [_moved(provider="P9")],
    "own-unit": [_custody(unit="U9")],
    "own-source": [_custody(source="other")],
    "held-by-another": [_moved(provider="")],
    "reading-within-assignment": [_assignment(rights=("Läsa;alla;XX",))],
    "writing-within-assignment": [_assignment(rights=("Läsa;alla;SJF",))],
    "not-for-patient": [_unmark(Label.NOPATIENT)],
    "third-party-statement": [_unmark(Label.THIRD_PARTY)],
    "attitude-clarified": [_unmark(Label.INCAPACITY)],
    "insurance-assessment": [_unmark(Label.INSURANCE)],
    "care-relation": [_without(lambda fact: isinstance(fact, CareRelation))],
    "inner-blocked": [_blocks("inner")],
    "outer-blocked": [_blocks("outer")],
    "svod-consent": [_consents("svod")],
    "emergency-opening": [_consents("emergency")],
    "wellness-shared": [_consents("wellness-share")],
    "wellness-shared-for-quality": [_consents("wellness-share-quality")],
    "registry-opposed": [_blocks("registry")],
    "not own-unit": [_moved(unit="U1")],
    "not reading-within-assignment": [_assignment(rights=("Läsa;alla;SJF",))],
    "not writing-within-assignment": [_assignment(rights=("Skriva;alla;VE",))],
    "not outer-blocked": [_with(BlockFact(7, "outer", "P2"))],
    "not svod-consent": [_with(ConsentFact(7, "svod", "P1"))],
}


CLAUSES = [
    pytest.param(id, number, id=f"{id} without {' or '.join(map(str, clause))}")
    for id in CASES
    for number, clause in enumerate(rule(id).when)
]


def _failing(law: Rule, asked: Request) -> list[Clause]:
    asker = Asker(asked.actor, asked.context, asked.now)
    return [clause for clause in law.when if not evaluate(clause_condition(clause, asker), asked.custody, asked.facts)]


def _broken(id: str, number: int) -> Request:
    """The rule's case with this clause failing and no other."""
    law = rule(id)
    asked = request(CASES[id], DATA["actors"], DATA["now"])
    clause = law.when[number]
    holding = [term for term in clause if _failing(replace(law, when=((term,),)), asked) == []]
    (term,) = holding
    for change in BREAKS[str(term)]:
        broken = change(asked)
        if _failing(law, broken) == [clause]:
            return broken
    raise AssertionError(f"no change makes `{term}` fail alone in {id}")


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(standard().by_id)


def test_every_word_of_the_vocabulary_is_used_by_a_rule() -> None:
    assert {term.predicate for law in standard().rules for clause in law.when for term in clause} == set(PREDICATES)


@pytest.mark.parametrize("id", CASES)
def test_rule_decides_its_case(id: str) -> None:
    decision = decide(request(CASES[id], DATA["actors"], DATA["now"]))
    assert decision.rule_ids[0] == id
    assert decision.cite == rule(id).cite
    assert decision.outcome.name == {"otherwise": "DENY"}.get(rule(id).effect.value, rule(id).effect.name)


@pytest.mark.parametrize("id, number", CLAUSES)
def test_rule_does_not_decide_when_one_condition_fails(id: str, number: int) -> None:
    decision = decide(_broken(id, number))
    if rule(id).effect.value == "permit":
        assert not (decision.permitted and id in decision.rule_ids)
    else:
        assert id not in decision.rule_ids
