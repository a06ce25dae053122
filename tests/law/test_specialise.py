"""What is left of a condition for one person permits what the whole permits of that person, by the same rule, and no more."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings

from kedja.access.compile import bound, permit
from kedja.access.evaluate import evaluate, permitting_rule
from kedja.access.specialise import Facts, asks_facts, specialise
from kedja.search.condition import NOTHING, AnyOf
from tests.law.test_condition_sql import Database, database  # noqa: F401
from tests.law.test_new_facts_sql import some_conditions, some_facts, some_now
from tests.law.worlds import SEEDS, Random, world


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_what_is_left_permits_the_same_by_the_same_rule(seed: int) -> None:
    one = world(seed, resources=30)
    for action in ("read", one.action):
        whole = permit(one.actor, action, one.now, context=one.context)
        if whole == NOTHING:
            continue
        left = specialise(whole, 7, Facts(one.facts))
        assert not asks_facts(left)
        for custody in one.custodies:
            rule = permitting_rule(whole, custody, one.facts) if custody.person == 7 else None
            assert permitting_rule(left, custody, ()) == rule, (custody, one)


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_every_kind_of_fact_is_known_beforehand(seed: int) -> None:
    random = Random(seed)
    now = some_now(random)
    facts = some_facts(random, now)
    for condition in some_conditions(now):
        left = specialise(bound(AnyOf((condition,)))(now), 7, Facts(facts))
        assert not asks_facts(left)
        for custody in world(seed, resources=10).custodies:
            assert evaluate(left, custody, ()) == (custody.person == 7 and evaluate(condition, custody, facts))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEEDS)
def test_sql_of_what_is_left_selects_the_same_rows(database: Database, seed: int) -> None:  # noqa: F811
    one = world(seed, resources=40)
    whole = permit(one.actor, "read", one.now, context=one.context)
    assume(whole != NOTHING)
    own = [row for row in database.selected(one.custodies, one.facts, whole) if one.custodies[row[0]].person == 7]
    assert database.selected(one.custodies, (), specialise(whole, 7, Facts(one.facts))) == own, one
