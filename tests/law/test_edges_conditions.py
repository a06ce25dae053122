"""Edges of conditions: what each operator says of what is there and of what is not, and who asks without an assignment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose, acting
from kedja.access.asker import Asker, Context, Reach, emergency_opening, own_source, own_unit, within_assignment
from kedja.access.compile import permit, shape_of
from kedja.access.custody import Custody, Label, Regime
from kedja.access.deployment import deployed
from kedja.access.evaluate import evaluate, is_timeless, permitting_rules
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, SubjectState
from kedja.access.predicates import PREDICATES
from kedja.access.rows import LiftFact
from kedja.access.rules import standard
from kedja.access.specialise import Facts, asks_facts, specialise, tables_asked
from kedja.access.vocabulary.care import earlier_relation, own_opening, same_principal
from kedja.search.condition import (
    EVERYTHING,
    NOTHING,
    All,
    AnyOf,
    Column,
    Condition,
    Fact,
    Is,
    LacksLabelsOf,
    Not,
    NotLifted,
    Permit,
    Recent,
    Ruled,
    Same,
)

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
HEALTH: Final = Custody(Regime.HEALTH, 7, "P1", "U1")
DOCTOR: Final = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
PERSON: Final = Actor("p", Kind.CITIZEN, person=7)


def asker(actor: Actor) -> Asker:
    return Asker(actor, Context(), NOW, standard())


@pytest.mark.parametrize(
    ("column", "op", "value", "holds"),
    [
        ("type", "=", "Observation", True),
        ("type", "=", "Condition", False),
        ("id", "=", "o1", True),
        ("id", "in", ("o2",), False),
        ("regime", "=", "health", True),
        ("regime", "<>", "health", False),
        ("labels", "has", int(Label.ALERT), True),
        ("labels", "lacks", int(Label.ALERT), False),
        ("labels", "lacks", int(Label.ORDINATION), True),
        ("start", "open<=", NOW, True),
        ("start", "<=", NOW, False),
        ("end", "open>=", NOW, True),
        ("end", "=", NOW, False),
        ("end", "<>", NOW, False),
        ("end", "null-or", NOW, True),
    ],
)
def test_a_column_compares_as_in_sql_and_null_is_equal_to_nothing(column: str, op: Any, value: Any, holds: bool) -> None:
    custody = replace(HEALTH, labels=Label.ALERT)
    assert evaluate(Column(column, op, value), custody, (), "Observation", "o1") is holds


def test_an_operator_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no operator '~'"):
        evaluate(Column("provider", "~", "P1"), HEALTH)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("seconds", "holds"), [(0, False), (1, True)])
def test_what_was_documented_so_many_months_ago_is_recent_no_more(seconds: int, holds: bool) -> None:
    then = datetime(2025, 3, 15, 10, tzinfo=UTC) + timedelta(seconds=seconds)
    assert evaluate(Recent(12, NOW), replace(HEALTH, end=then)) is holds
    assert evaluate(Recent(12, NOW), HEALTH)


def test_a_block_that_leaves_something_open_is_asked_for_its_labels() -> None:
    asked = Fact("block", NOW, (Is("kind", "=", "inner"), LacksLabelsOf("excluded"), Same("unit", "unit", or_null=True)))
    blocked = BlockFact(7, "inner", "P1", None, excluded=Label.ALERT)
    assert evaluate(asked, HEALTH, [blocked])
    assert not evaluate(asked, replace(HEALTH, labels=Label.ALERT), [blocked])
    assert evaluate(asked, HEALTH, [blocked._replace(unit="U1")])
    assert not evaluate(asked, HEALTH, [blocked._replace(unit="U2")])
    strict = Fact("block", NOW, (Same("unit", "unit"),))
    assert not evaluate(strict, HEALTH, [blocked])


RULED: Final = Ruled("A-1", Column("provider", "=", "P1"))
AGED: Final = Ruled("A-2", Recent(12, NOW))
ASKING: Final = Ruled("A-3", Not(Fact("block", NOW, (Is("kind", "=", "inner"), NotLifted("inner", "P1", "U1", "H1")))))


def test_the_rules_that_permit_are_those_of_the_branches_that_hold() -> None:
    assert list(permitting_rules(AnyOf((RULED, AGED)), HEALTH)) == ["A-1", "A-2"]
    assert list(permitting_rules(All((Column("unit", "=", "U1"), RULED)), HEALTH)) == ["A-1"]
    assert list(permitting_rules(All((Column("unit", "=", "U2"), RULED)), HEALTH)) == []
    assert list(permitting_rules(RULED.of, HEALTH)) == []


@pytest.mark.parametrize(
    ("condition", "timeless"),
    [
        (AnyOf((RULED,)), True),
        (AnyOf((RULED, AGED)), False),
        (All((RULED.of, Not(AGED.of))), False),
        (Not(RULED.of), True),
        (Ruled("A-4", Fact("block", NOW, ())), True),
    ],
)
def test_what_is_recent_is_never_timeless(condition: Condition, timeless: bool) -> None:
    assert is_timeless(shape_of(AnyOf((condition,)))) is timeless


def test_a_law_says_the_same_of_a_rule_with_and_without_facts_at_hand() -> None:
    law = permit(DOCTOR, "write", NOW)
    other = ConsentFact(8, "svod", "P1")
    assert list(permitting_rules(law, HEALTH)) == list(permitting_rules(law, HEALTH, [other])) == ["J-1"]
    assert list(permitting_rules(permit(PERSON, "read", NOW), HEALTH)) == ["P-1"]


# Made special for a person


@pytest.mark.parametrize(
    ("condition", "tables"),
    [
        (RULED, ()),
        (AGED, ()),
        (Fact("consent", NOW, ()), ("consent",)),
        (All((RULED, Not(Ruled("x", Fact("consent", NOW, (Is("kind", "=", "svod"),)))))), ("consent",)),
        (AnyOf((ASKING, Fact("consent", NOW, ()))), ("block", "consent", "lift")),
    ],
)
def test_the_tables_that_a_condition_looks_at_are_known(condition: Condition, tables: tuple[str, ...]) -> None:
    assert tables_asked([condition]) == tables
    assert asks_facts(condition) is (tables != ())
    law = Permit(shape_of(AnyOf((condition,))), NOW, lambda now: (condition,))
    assert tables_asked([law, RULED]) == tables and asks_facts(law) is (tables != ())


def test_only_a_law_is_made_special_and_what_is_left_asks_for_the_person() -> None:
    with pytest.raises(TypeError, match="only what a law permits"):
        specialise(RULED, 7, Facts([]))
    law = permit(DOCTOR, "read", NOW)
    lift = LiftFact(7, "inner", "P1", "U2", "P1", "U1", None, "PatientsConsent", NOW - timedelta(days=1), NOW + timedelta(days=1))
    left = specialise(law, 7, Facts([BlockFact(7, "inner", "P1", "U2"), lift]))
    assert isinstance(left, Permit) and not asks_facts(left)
    own = replace(HEALTH, unit="U1")
    for custody in (own, replace(own, unit="U2"), replace(own, person=8)):
        assert evaluate(left, custody) is (custody.person == 7 and evaluate(law, custody, Facts([lift]).rows)), custody
    assert [*permitting_rules(left, own)] == [*permitting_rules(law, own)]


# Who asks


def test_who_has_no_assignment_is_of_no_provider_unit_or_source() -> None:
    of_nobody = asker(replace(DOCTOR, assignment=None))
    assert (of_nobody.provider, of_nobody.unit, of_nobody.purpose) == ("", "", None)
    for build in (own_unit, own_source, earlier_relation, emergency_opening, own_opening("certificate"), same_principal):
        assert build(of_nobody) == NOTHING, build
    assert evaluate(own_source(asker(DOCTOR)), replace(HEALTH, source="a"))
    assert acting(PERSON, Kind.GUARDIAN, 8).acts_for_name == ""


def test_whom_one_acts_for_is_a_person() -> None:
    for person in (0, 1):
        acted = PREDICATES["acted-for"].build(asker(replace(PERSON, kind=Kind.GUARDIAN, acts_for=person)))
        assert (acted != NOTHING) is bool(person)


def test_a_relation_that_was_may_be_of_the_unit_or_of_all_of_the_provider() -> None:
    for unit, holds in (("", True), ("U1", True), ("U2", False)):
        assert evaluate(earlier_relation(asker(DOCTOR)), HEALTH, [CareRelation(7, "P1", unit, ends=NOW)]) is holds


def test_authorities_of_one_region_are_of_one_principal() -> None:
    principal = {"name": "Region Nord", "providers": ["P1", "P2"], "basis": "PDL (2008:355) 5 kap. 4 § andra stycket"}
    of_both = replace(asker(DOCTOR), law=deployed(standard(), {"principal": [principal]}))
    for provider, holds in (("P1", False), ("P2", True), ("P3", False)):
        assert evaluate(same_principal(of_both), replace(HEALTH, provider=provider)) is holds


def test_a_child_who_is_assessed_as_mature_can_consent() -> None:
    born, mature = SubjectState(7, "born", starts=datetime(2016, 1, 1, tzinfo=UTC)), SubjectState(7, "assessed-mature", "P1")
    cannot = PREDICATES["child-who-cannot-consent"].build(asker(DOCTOR))
    assert evaluate(cannot, HEALTH, [born])
    assert not evaluate(cannot, HEALTH, [born, mature]) and not evaluate(cannot, HEALTH, [])


@pytest.mark.parametrize("assignment", [Assignment("a", Purpose.CARE, "P1", ""), Assignment("a", Purpose.CARE, "", "U1")])
def test_a_unit_is_one_s_own_within_a_provider_alone(assignment: Assignment) -> None:
    assert own_unit(asker(replace(DOCTOR, assignment=assignment))) == NOTHING


def test_an_opening_is_of_somebody_who_is_named() -> None:
    unnamed = asker(replace(DOCTOR, id="", hsa_id=""))
    for build in (emergency_opening, own_opening("certificate")):
        assert build(unnamed) == NOTHING and build(asker(DOCTOR)) != NOTHING


def test_nobody_is_any_kind_of_asker() -> None:
    for name, actor in (("citizen", PERSON), ("professional", DOCTOR)):
        assert PREDICATES[name].build(asker(actor)) == EVERYTHING
        assert PREDICATES[name].build(asker(replace(actor, id=""))) == NOTHING
    assert PREDICATES["own-person"].build(asker(replace(PERSON, person=0))) == NOTHING
    assert evaluate(PREDICATES["own-person"].build(asker(replace(PERSON, person=1))), replace(HEALTH, person=1))


@pytest.mark.parametrize(
    ("rights", "held", "reaches"),
    [
        ((), "P2", True),
        (("Läsa;alla;SJF",), "P2", True),
        (("Läsa;alla;VG",), "P2", False),
        (("Läsa;alla;VG",), "P1", True),
        (("Skriva;alla;VE",), "P1", False),
    ],
)
def test_a_right_to_read_reaches_as_far_as_it_says_and_nowhere_where_others_are_said(
    rights: tuple[str, ...], held: str, reaches: bool
) -> None:
    actor = replace(DOCTOR, assignment=Assignment("a", Purpose.CARE, "P1", "U1", rights))
    condition = within_assignment("läsa")(asker(actor))
    assert condition is not None and evaluate(condition, replace(HEALTH, provider=held)) is reaches
    assert Reach.NOWHERE is not Reach.UNSTATED


def test_the_words_of_actors_are_those_that_tokens_and_files_hold() -> None:
    """What is stored and sent must mean the same tomorrow."""
    assert [kind.value for kind in Kind] == [
        "citizen", "proxy", "guardian", "professional", "care_worker", "registry_staff", "researcher", "system", "authority",
        "partner",
    ]  # fmt: skip
    assert [purpose.value for purpose in Purpose] == [
        "care", "administration", "statutory", "quality", "planning", "statistics", "count", "research", "dispensing",
        "education", "innovation", "own",
    ]  # fmt: skip
