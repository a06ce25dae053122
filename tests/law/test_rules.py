"""Each rule on its own: it decides its case, and does not once any single one of its conditions fails."""

from __future__ import annotations

import pytest

from kedja.access.decide import decide
from kedja.access.predicates import PREDICATES
from kedja.access.rules import rule, standard
from tests.law.cases import book

CASES = book().cases
CLAUSES = [
    pytest.param(id, number, id=f"{id} without {' or '.join(map(str, clause))}") for id, number, clause in book().clauses()
]


def test_every_rule_has_a_case() -> None:
    assert {case["rule"] for case in CASES.values()} == set(standard().by_id)


def test_every_word_of_the_vocabulary_is_used_by_a_rule() -> None:
    assert {term.predicate for law in standard().rules for clause in law.when for term in clause} == set(PREDICATES)


@pytest.mark.parametrize("id", CASES)
def test_rule_decides_its_case(id: str) -> None:
    law = rule(CASES[id]["rule"])
    decision = decide(book().request(id), book().law(id))
    if law.effect.value == "attach":
        assert decision.permitted and law.id in decision.rule_ids[1:]
        return
    assert decision.rule_ids[0] == law.id
    assert decision.cite == law.cite
    assert decision.outcome.name == {"otherwise": "DENY"}.get(law.effect.value, law.effect.name)


@pytest.mark.parametrize("id, number", CLAUSES)
def test_rule_does_not_decide_when_one_condition_fails(id: str, number: int) -> None:
    law = rule(CASES[id]["rule"])
    decision = decide(book().broken(id, number), book().law(id))
    if law.effect.value == "permit":
        assert not (decision.permitted and law.id in decision.rule_ids)
    else:
        assert law.id not in decision.rule_ids
