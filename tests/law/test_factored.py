"""What branches share is asked once, and nothing else is permitted by it."""

from __future__ import annotations

from hypothesis import given, settings

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.compile import permit
from kedja.access.evaluate import evaluate
from kedja.search.condition import EVERYTHING, All, AnyOf, Column, Ruled
from kedja.search.sql.condition import render
from kedja.search.sql.factored import factored
from tests.law.worlds import NOW, SEEDS, world

A, B, C = (Column("unit", "=", name) for name in "abc")


def test_what_several_branches_ask_stands_before_what_only_one_asks() -> None:
    assert factored([Ruled("1", All((A, B))), Ruled("2", All((A, C)))]) == All((A, AnyOf((B, C))))
    assert factored([All((A, B)), C]) == AnyOf((All((A, B)), C))
    assert factored([All((A, B)), All((B, C)), C]) == AnyOf((All((B, AnyOf((A, C)))), C))


def test_a_branch_that_asks_nothing_more_makes_the_rest_needless() -> None:
    assert factored([A, All((A, B))]) == All((A, EVERYTHING))
    assert factored([EVERYTHING, A]) == EVERYTHING


def test_staff_in_care_have_their_relation_looked_up_once_for_what_others_hold() -> None:
    doctor = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
    text = render(permit(doctor, "read", NOW), "r", [])
    assert text.count("FROM care_relation") <= 3  # inside the provider, between providers, and one that may have ended (V-8)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_same_is_permitted(seed: int) -> None:
    for number in range(20):
        one = world(seed + number)
        condition = permit(one.actor, one.action, one.now, context=one.context)
        if isinstance(condition, AnyOf):
            same = factored(condition.of)
            assert evaluate(same, one.custodies[0], one.facts) == evaluate(condition, one.custodies[0], one.facts), one
