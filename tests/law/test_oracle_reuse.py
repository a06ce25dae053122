"""What the law says of medication lists, registries, biobanks and secondary use is what another reading of the statutes says."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from kedja.access.compile import permit
from kedja.access.custody import Regime
from kedja.access.evaluate import evaluate
from tests.law.oracle import Oracle
from tests.law.reuse_worlds import reuse_world
from tests.law.worlds import SEEDS, World

_ACTIONS = ("read", "write", "blocked")


def _permitted(one: World, action: str) -> bool:
    return evaluate(permit(one.actor, action, one.now, context=one.context), one.custodies[0], one.facts)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_compiled_law_agrees_with_the_oracle(seed: int) -> None:
    for number in range(40):
        one = reuse_world(seed + number)
        oracle = Oracle(one.actor, one.custodies[0], one.facts, one.now, one.context)
        for action in _ACTIONS:
            assert _permitted(one, action) == oracle.may(action), (action, one)


def test_the_worlds_reach_permits_and_refusals_of_every_regime() -> None:
    seen = Counter[tuple[str, bool]]()
    for seed in range(1500):
        one = reuse_world(seed)
        seen[one.custodies[0].regime, _permitted(one, "read")] += 1
    for regime in (Regime.NLL, Regime.BIOBANK, Regime.REGISTRY, Regime.RESEARCH, Regime.HEALTH):
        assert seen[regime, True] >= 5, regime
        assert seen[regime, False] >= 5, regime
