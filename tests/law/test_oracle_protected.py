"""Protected identity and definitions: the compiled law is what an independent reading says, in random worlds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings

from kedja.access.actor import Actor, Kind
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label
from kedja.access.evaluate import evaluate
from tests.law.oracle_protected import may, may_define
from tests.law.worlds import SEEDS, World, world

ACTIONS = ("read", "read", "read", "count", "write", "exists", "producers", "place", "unprotect")
TYPES = ("SearchParameter", "ValueSet", "Organization", "Observation")
RIGHTS = ("Skriva;skyddade personuppgifter;VE", "Skriva;definitioner;VG", "Skriva;alla;VG")


def _permitted(one: World, actor: Actor, action: str, custody: Custody, exactly: bool, resource_type: str = "") -> bool:
    condition = permit(actor, action, one.now, context=replace(one.context, exactly=exactly))
    return evaluate(condition, custody, one.facts, resource_type)


def _drawn(seed: int) -> tuple[World, Actor, Random]:
    one, rng = world(seed), Random(seed)
    actor = one.actor
    if actor.assignment and rng.random() < 0.5:
        right = rng.choice(RIGHTS)
        actor = replace(actor, assignment=replace(actor.assignment, rights=(*actor.assignment.rights, right)))
    if rng.random() < 0.3:
        actor = replace(actor, kind=Kind.SYSTEM)
    return one, actor, rng


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_who_is_protected_is_found_as_the_oracle_says(seed: int) -> None:
    for number in range(20):
        one, actor, rng = _drawn(seed + number)
        plain, action, exactly = one.custodies[0], rng.choice(ACTIONS), rng.random() < 0.5
        shielded = replace(plain, labels=plain.labels | Label.SHIELDED)
        for custody in (plain, shielded):
            otherwise = _permitted(one, actor, action, plain, True)
            assert _permitted(one, actor, action, custody, exactly) == may(action, actor, custody, exactly, otherwise), one


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_definitions_are_written_as_the_oracle_says(seed: int) -> None:
    for number in range(20):
        one, actor, rng = _drawn(seed + number)
        custody, name = one.custodies[0], rng.choice(TYPES)
        otherwise = _permitted(one, actor, "write", custody, True, "Basic")
        assert _permitted(one, actor, "write", custody, True, name) == may_define(actor, name, otherwise), one


def test_the_worlds_reach_both_answers() -> None:
    seen = Counter[tuple[str, bool]]()
    for seed in range(600):
        one, actor, _ = _drawn(seed)
        shielded = replace(one.custodies[0], labels=one.custodies[0].labels | Label.SHIELDED)
        for action in ("read", "place", "unprotect"):
            seen[action, _permitted(one, actor, action, shielded, seed % 2 == 0)] += 1
        seen["define", _permitted(one, actor, "write", one.custodies[0], True, "ValueSet")] += 1
    for name in ("read", "place", "unprotect", "define"):
        assert seen[name, True] and seen[name, False], seen
