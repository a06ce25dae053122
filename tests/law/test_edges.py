"""The edges of the law's parts, each by a case of its own: what `tools/mutate.py` showed that nothing else looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kedja import spec
from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Asker, Context
from kedja.access.compile import permit
from kedja.access.consents import block_consent
from kedja.access.custody import DIRECTORY_TYPES, Custody, Label, Regime
from kedja.access.deployment import deployed
from kedja.access.evaluate import permitting_rule
from kedja.access.facts import BlockFact, FactRow, LiftFact, facts_of
from kedja.access.golden import actor as golden_actor
from kedja.access.instants import first_instant
from kedja.access.mandate import TYPES
from kedja.access.masking import MASKED, mask
from kedja.access.predicates import PREDICATES
from kedja.access.redaction import redact
from kedja.access.rows import CareRelation
from kedja.access.rule import Obligation
from kedja.access.rules import LawError, standard
from kedja.access.specialise import Facts, asks_facts, specialise
from kedja.access.terms import regulated, terms
from kedja.access.unmasking import restored
from kedja.outcome import OutcomeError
from kedja.search.condition import NOTHING, All, AnyOf, Column, Fact, Not, Recent, Ruled

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
DAY: Final = timedelta(days=1)
CARE: Final = Assignment("a", Purpose.CARE, "P1", "U1")
DOCTOR: Final = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", prescriber=True, assignment=CARE)
CONTROL: Final = Custody(Regime.CONTROL, 7)


def parts(condition: Any) -> Iterator[Any]:
    """Every node, down to the leaves."""
    yield condition
    match condition:
        case All(of) | AnyOf(of):
            for part in of:
                yield from parts(part)
        case Not(of) | Ruled(_, of):
            yield from parts(of)


def well_formed(condition: Any) -> bool:
    return all(isinstance(part, (All, AnyOf, Not, Column, Fact, Recent, Ruled)) for part in parts(condition))


ASKERS: Final = [
    *(Actor("x", kind) for kind in Kind),
    *(Actor("x", kind, person=7, assignment=replace(CARE, purpose=purpose)) for kind in Kind for purpose in Purpose),
    Actor("", Kind.PROFESSIONAL),
    Actor("x", Kind.SYSTEM, assignment=Assignment("", Purpose.CARE, "", "")),
    Actor("x", Kind.PROFESSIONAL, assignment=Assignment("a", Purpose.CARE, "P1", "")),
]
CONTEXTS: Final = [Context(), Context(True, True, True, True, regulated(), frozenset({"indispensable"}), NOW)]


@pytest.mark.parametrize("name", PREDICATES)
def test_a_predicate_is_a_condition_for_whoever_asks(name: str) -> None:
    for actor in ASKERS:
        for context in CONTEXTS:
            assert well_formed(PREDICATES[name].build(Asker(actor, context, NOW, standard()))), (actor, context)


def test_the_types_that_tables_name_are_types_of_fhir() -> None:
    named = DIRECTORY_TYPES | {name for types in TYPES.values() for name in types}
    assert {name for name in named if not spec.is_resource_type(name)} == set()


def test_terms_that_regulations_permit_are_all_of_them_and_not_one_more() -> None:
    def holds(terms: frozenset[str]) -> bool:
        return PREDICATES["regulated-terms"].build(Asker(DOCTOR, Context(terms=terms), NOW, standard())) != NOTHING

    assert holds(regulated()) and holds(frozenset(sorted(regulated())[:1]))
    assert not holds(frozenset())
    assert not holds(regulated() | {term.name for term in terms() if term.group == "sensitive"})


# What is known of one person beforehand


def _lift(**more: Any) -> LiftFact:
    return LiftFact(7, "inner", "P1", None, "P1")._replace(ends=NOW + DAY, **more)


INNER: Final = BlockFact(7, "inner", "P1", "U2")
RELATION: Final = CareRelation(7, "P1", "U1")


@pytest.mark.parametrize(
    ("facts", "opens"),
    [
        ([INNER], False),
        ([INNER, _lift()], True),
        ([INNER, _lift(unit="U2")], True),
        ([INNER, _lift(unit="U3")], False),
        ([INNER, _lift(provider="P2")], False),
        ([INNER, _lift(to_provider="P2")], False),
        ([INNER, _lift(to_unit="U1", to_employee="H1")], True),
        ([INNER, _lift(to_unit="U2")], False),
        ([INNER, _lift(to_employee="H2")], False),
        ([INNER, _lift(kind="outer")], False),
        ([INNER, _lift(person=8)], False),
        ([INNER, _lift()._replace(ends=NOW)], False),
        ([BlockFact(7, "inner", "P1", None)], False),
        ([BlockFact(7, "inner", "P1", "U3")], True),
        ([BlockFact(7, "inner", "P1", "U2", excluded=Label.ALERT)], True),
        ([BlockFact(7, "inner", "P1", "U2", excluded=Label.ORDINATION)], False),
        ([BlockFact(7, "inner", "P1", "U2", info_end=NOW - 40 * DAY)], True),
        ([BlockFact(7, "inner", "P1", "U2", info_end=NOW - 29 * DAY)], False),
        ([BlockFact(7, "inner", "P1", "U2", info_start=NOW - 20 * DAY)], True),
        ([BlockFact(7, "inner", "P1", "U2", info_start=NOW - 25 * DAY, info_end=NOW)], False),
        ([BlockFact(8, "inner", "P1", "U2")], True),
    ],
)
def test_a_block_and_its_lift_are_the_same_asked_at_once_and_for_one_person(facts: list[FactRow], opens: bool) -> None:
    note = Custody(Regime.HEALTH, 7, "P1", "U2", NOW - 30 * DAY, NOW - 25 * DAY, Label.ALERT)
    law = permit(DOCTOR, "read", NOW)
    known = [RELATION._replace(unit=""), *facts]
    left = specialise(law, 7, Facts(known))
    assert well_formed(left) and not asks_facts(left)
    assert (permitting_rule(law, note, known), permitting_rule(left, note)) == (("I-1", "I-1") if opens else (None, None))
    assert permitting_rule(left, replace(note, person=8)) is None


@pytest.mark.parametrize(
    ("start", "end", "opens"),
    [
        (None, None, False),
        (None, NOW - 41 * DAY, True),
        (None, NOW - 40 * DAY, False),
        (NOW - 29 * DAY, None, True),
        (NOW - 30 * DAY, None, False),
    ],
)
def test_what_has_an_open_period_is_in_every_block_that_it_reaches(
    start: datetime | None, end: datetime | None, opens: bool
) -> None:
    block = BlockFact(7, "inner", "P1", "U2", info_start=NOW - 40 * DAY, info_end=NOW - 30 * DAY)
    note = Custody(Regime.HEALTH, 7, "P1", "U2", start, end)
    law, known = permit(DOCTOR, "read", NOW), [RELATION, block]
    expected = "I-1" if opens else None
    assert (permitting_rule(law, note, known), permitting_rule(specialise(law, 7, Facts(known)), note)) == (expected, expected)


def test_a_condition_asks_for_facts_wherever_they_stand_in_it() -> None:
    fact, plain = Fact("block", NOW, ()), Column("person", "=", 7)
    for condition in (fact, Not(fact), Ruled("I-1", fact), All((plain, fact)), AnyOf((plain, Not(fact)))):
        assert asks_facts(condition) is True, condition
    for condition in (plain, Not(plain), Ruled("I-1", plain), All((plain,)), NOTHING, Recent(24, NOW)):
        assert asks_facts(condition) is False, condition


# Facts


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        *((status, True) for status in ("planned", "arrived", "triaged", "in-progress", "onleave", "finished")),
        *((status, False) for status in ("cancelled", "entered-in-error", "unknown", None)),
    ],
)
def test_a_visit_that_is_or_was_is_a_care_relation(status: str | None, counts: bool) -> None:
    visit = {"resourceType": "Encounter", "status": status, "period": {"start": "2026-03-01", "end": "2026-03-02"}}
    found = facts_of(visit, Custody(Regime.HEALTH, 7, "P1", "U1"))
    assert [type(fact) for fact in found] == ([CareRelation] if counts else [])


def test_only_a_nested_permit_leaves_something_open_in_a_block() -> None:
    block = block_consent("Patient/p", "P1", inner=False, dated=NOW, excluded=Label.ALERT)
    assert facts_of(block, CONTROL) == [BlockFact(7, "outer", "P1", excluded=Label.ALERT)]
    (exception,) = block["provision"]["provision"]
    for other in (exception | {"type": "deny"}, {name: value for name, value in exception.items() if name != "type"}):
        block["provision"]["provision"] = [other]
        assert facts_of(block, CONTROL) == [BlockFact(7, "outer", "P1")]


@pytest.mark.parametrize(
    ("kind", "says"), [("emergency", "an emergency opening"), ("certificate", "an opening for a certificate")]
)
def test_an_opening_names_its_employee_and_its_end(kind: str, says: str) -> None:
    category = [{"coding": [{"system": "https://kedja.example/fhir/CodeSystem/consent-kind", "code": kind}]}]
    consent = {"resourceType": "Consent", "status": "active", "category": category, "provision": {"type": "permit"}}
    with pytest.raises(OutcomeError, match=f"^{says} is one employee's, for a time: name the employee"):
        facts_of(consent, CONTROL)


def test_a_leap_second_is_the_last_of_its_minute() -> None:
    assert first_instant("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_case_s_actor_without_an_hsa_id_has_none() -> None:
    found = golden_actor({"kind": "professional", "provider": "P1"})
    assert (found.id, found.hsa_id, found.assignment) == ("somebody", "", Assignment("a1", Purpose.CARE, "P1", ""))
    assert golden_actor({"kind": "citizen", "hsa_id": "H1"}).id == "H1"


# A deployment's limits


@pytest.mark.parametrize(("value", "taken"), [(0, True), (24, True), (25, False), (-1, False), (True, False), ("1", False)])
def test_a_limit_is_made_narrower_down_to_nothing(value: Any, taken: bool) -> None:
    if taken:
        assert deployed(standard(), {"limits": {"emergency-hours": value}}).limits["emergency-hours"].value == value
    else:
        says = f"gives emergency-hours = {value!r}: give a whole number from 0 to 24, or a"
        with pytest.raises(LawError, match=says):
            deployed(standard(), {"limits": {"emergency-hours": value}})


def test_a_limit_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(LawError, match=r"unknown limits `emergency-hour`; did you mean `emergency-hours`\?"):
        deployed(standard(), {"limits": {"emergency-hour": 1}})


# What is told in part


def test_a_redacted_resource_keeps_its_meta_and_loses_what_is_contained_for_the_reason_alone() -> None:
    told = redact(
        {
            "resourceType": "MedicationRequest",
            "meta": {"profile": ["urn:p"], "security": [{"code": "N"}]},
            "contained": [{"resourceType": "Condition", "id": "why"}],
            "modifierExtension": [{"url": "urn:reason"}, {"url": "urn:other"}],
            "extension": [{"url": "urn:Ordinationsorsak"}],
            "status": "active",
        },
        (Obligation.MASK_REASON,),
    )
    assert told["meta"]["profile"] == ["urn:p"] and [one["code"] for one in told["meta"]["security"]] == ["N", "REDACTED"]
    assert set(told) == {"resourceType", "meta", "modifierExtension", "status"}
    assert told["modifierExtension"] == [{"url": "urn:other"}]
    assert "meta" in redact({"resourceType": "MedicationRequest"}, (Obligation.MASK_REASON,))


# Places of who has protected identity


def test_contained_places_are_their_type_and_id_and_no_more() -> None:
    visit = {
        "resourceType": "Encounter",
        "contained": [{"resourceType": "Location", "id": "l", "name": "Ekbacken"}, {"resourceType": "Location", "name": "Rum 3"}],
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/geolocation", "valueString": "x"}, {"url": "urn:other"}],
        "location": [
            {"location": {"reference": "#l"}},
            {"location": {"extension": [{"url": "urn:x"}]}},
            {"location": {"id": "a"}},
        ],
        "subject": {"reference": "Patient/p"},
    }
    masked = mask(visit)
    assert "Ekbacken" not in str(masked) and "Rum 3" not in str(masked)
    assert [one["location"] for one in masked["location"][1:]] == [{"extension": [{"url": "urn:x"}]}, {"id": "a"}]
    assert masked["location"][0]["location"] == MASKED
    assert masked["subject"] == {"reference": "Patient/p"}


def test_what_is_sent_back_as_it_was_shown_keeps_its_meta_and_its_order() -> None:
    standing = {
        "resourceType": "Patient",
        "meta": {"profile": ["urn:p"], "security": [{"code": "N"}]},
        "contact": [
            {"name": {"family": "A"}, "telecom": [{"value": "1"}]},
            {"name": {"family": "B"}, "telecom": [{"value": "2"}]},
            {"name": {"family": "A"}, "telecom": [{"value": "3"}]},
        ],
    }
    shown = mask(standing)
    assert restored(shown, standing) == standing
    assert restored(shown | {"meta": {"profile": ["urn:q"]}}, standing)["meta"] == {"profile": ["urn:q"]}
    first, second, third = shown["contact"]
    turned = restored(shown | {"contact": [second, first, third]}, standing)
    assert [one["telecom"][0]["value"] for one in turned["contact"]] == ["2", "1", "3"]
    renamed = restored(shown | {"contact": [first | {"name": {"family": "C"}}, second, third]}, standing)
    assert [one["telecom"][0]["value"] for one in renamed["contact"]] in (["1", "2", "3"], ["3", "2", "1"])
    assert renamed["contact"][0]["name"] == {"family": "C"}
