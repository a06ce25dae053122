"""What the law says of children, guardians and proxies is what another reading of practice and statutes says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings

from kedja.access.actor import Kind
from kedja.access.compile import permit
from kedja.access.decide import Request, decide
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact, Representation
from tests.law.oracle import Oracle
from tests.law.people_worlds import ACTIONS, people_world
from tests.law.worlds import SEEDS, World


def _permitted(one: World, type: str) -> bool:
    return evaluate(permit(one.actor, one.action, one.now, context=one.context), one.custodies[0], one.facts, type)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_compiled_law_agrees_with_the_oracle(seed: int) -> None:
    for number in range(40):
        one, type = people_world(seed + number)
        oracle = Oracle(one.actor, one.custodies[0], one.facts, one.now, one.context, type)
        assert _permitted(one, type) == oracle.may(one.action), (type, one)


def test_the_worlds_reach_permits_and_refusals_of_everybody() -> None:
    seen = Counter[tuple[str, bool]]()
    for seed in range(3000):
        one, type = people_world(seed)
        permitted = _permitted(one, type)
        seen[one.action, permitted] += 1
        if one.action == "read":
            seen[one.actor.kind, permitted] += 1
    for name in (*ACTIONS, Kind.GUARDIAN, Kind.PROXY, Kind.CITIZEN):
        assert seen[name, True] >= 5, name
        assert seen[name, False] >= 5, name


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_nobody_reads_for_another_than_whom_they_act_for(seed: int) -> None:
    for number in range(40):
        one, type = people_world(seed + number)
        if one.actor.acts_for and one.action == "read":
            elsewhere = replace(one, custodies=[replace(one.custodies[0], person=one.actor.acts_for + 1)])
            assert not _permitted(elsewhere, type), elsewhere


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_to_revoke_or_to_restrict_never_opens_anything(seed: int) -> None:
    for number in range(40):
        one, type = people_world(seed + number)
        if one.action != "read" or one.actor.kind not in (Kind.GUARDIAN, Kind.PROXY) or _permitted(one, type):
            continue
        fewer = replace(one, facts=[fact for fact in one.facts if not isinstance(fact, Representation)])
        more = replace(one, facts=[*one.facts, BlockFact(7, "guardian", one.custodies[0].provider)])
        assert not _permitted(fewer, type), one
        assert not _permitted(more, type), one


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_decision_says_the_same_and_always_explains_itself(seed: int) -> None:
    for number in range(40):
        one, type = people_world(seed + number)
        decision = decide(Request(one.actor, one.action, one.custodies[0], one.facts, one.now, one.context, type))
        assert decision.permitted == _permitted(one, type), one
        assert decision.permitted or (decision.rule_ids and decision.cite) or one.action.startswith("establish"), one
