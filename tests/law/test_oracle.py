"""The compiled condition, evaluated, is what an independent reading of the statutes says."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from kedja.access.compile import permit
from kedja.access.decide import Request, decide
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact
from kedja.access.rule import Reveal
from tests.law.oracle import Oracle
from tests.law.worlds import ACTIONS, REGIMES, SEEDS, World, world


def _permitted(one: World) -> bool:
    return evaluate(permit(one.actor, one.action, one.now, context=one.context), one.custodies[0], one.facts)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_compiled_law_agrees_with_the_oracle(seed: int) -> None:
    for number in range(100):
        one = world(seed + number)
        oracle = Oracle(one.actor, one.custodies[0], one.facts, one.now, one.context)
        assert _permitted(one) == oracle.may(one.action), one


def test_the_worlds_reach_permits_and_refusals_of_every_action_and_regime() -> None:
    seen = Counter[tuple[str, bool]]()
    for seed in range(6000):
        one = world(seed)
        seen[one.action, _permitted(one)] += 1
        seen[one.custodies[0].regime.value, _permitted(one)] += 1
    for name in (*ACTIONS, *(regime.value for regime in REGIMES)):
        assert seen[name, True] >= 5, name
        assert seen[name, False] >= 5 or name == "directory", name


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_a_decision_permits_exactly_what_the_condition_does_and_always_explains_itself(seed: int) -> None:
    for number in range(40):
        one = world(seed + number)
        decision = decide(Request(one.actor, one.action, one.custodies[0], one.facts, one.now, one.context))
        assert decision.permitted == _permitted(one), one
        assert decision.rule_ids, one
        assert decision.cite, one
        assert decision.permitted or decision.reveal is not Reveal.CONTENT, one


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_lifting_every_block_never_closes_anything_to_a_reader(seed: int) -> None:
    for number in range(40):
        one = world(seed + number)
        condition = permit(one.actor, "read", one.now, context=one.context)
        without = [fact for fact in one.facts if not isinstance(fact, BlockFact)]
        if evaluate(condition, one.custodies[0], one.facts):
            assert evaluate(condition, one.custodies[0], without), one
