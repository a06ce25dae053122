"""What a clinician is told, step by step, of what others hold; and who may bring a consent, a block or an opening about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Regime
from kedja.access.decide import establish
from kedja.access.disclosure import Holding, Step, conditions, disclosure
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact
from kedja.access.rule import Obligation, Reveal

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
DANGER = Context(danger=True, consent_unobtainable=True)
GP = Actor("gp", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "NORTH", "GP"))
NURSE = Actor("nurse", Kind.PROFESSIONAL, hsa_id="H2", assignment=Assignment("b", Purpose.CARE, "AMBULANCE", "CAR"))
ASSISTANT = Actor("help", Kind.CARE_WORKER, hsa_id="H3", assignment=Assignment("c", Purpose.CARE, "TOWN", "HELP"))
PERSON = Actor("person", Kind.CITIZEN, person=7)

OWN = Custody(Regime.HEALTH, 7, "NORTH", "GP")
PSYCHIATRY = Custody(Regime.HEALTH, 7, "NORTH", "PSYCHIATRY")
HOSPITAL = Custody(Regime.HEALTH, 7, "HOSPITAL", "WARD")
HOME_CARE = Custody(Regime.SOCIAL, 7, "TOWN", "HELP")
EVERYTHING = (OWN, PSYCHIATRY, HOSPITAL, HOME_CARE)

RELATION = CareRelation(7, "NORTH", "GP")
CONSENT = ConsentFact(7, "svod", "NORTH", "GP")
OPENING = ConsentFact(7, "emergency", "AMBULANCE", "CAR", "H2", NOW, NOW + timedelta(hours=8))


def _holding(actor: Actor, custody: Custody, facts: Sequence[FactRow], context: Context, now: datetime) -> Holding:
    """A holding of one resource, counted by the law's own conditions."""
    counted = conditions(actor, now, context=context)
    numbers: dict[str, Any] = {name: int(evaluate(condition, custody, facts)) for name, condition in counted.items()}
    return Holding(custody.person, custody.regime, custody.provider, custody.unit, 1, **numbers)


def _told(
    actor: Actor,
    *facts: FactRow,
    context: Context = Context(),  # noqa: B008
    custodies: Sequence[Custody] = EVERYTHING,
    now: datetime = NOW,
) -> dict[str, Step]:
    """The steps by their key, for holdings of one resource each."""
    summary = [_holding(actor, custody, facts, context, now) for custody in custodies]
    return {step.key: step for step in disclosure(actor, summary, facts, now, context=context)}


def test_without_consent_a_clinician_learns_that_there_is_something_and_may_ask() -> None:
    told = _told(GP, RELATION)
    assert list(told) == ["content", "exists", "ask-consent", "emergency"]
    assert [holding.unit for holding in told["content"].holdings] == ["GP", "PSYCHIATRY"]
    assert told["exists"].rule.id == "V-4"
    assert told["exists"].providers == ()
    assert told["exists"].holdings == ()
    assert told["ask-consent"].obligations == (Obligation.ASK_CONSENT, Obligation.LOG)


def test_with_consent_the_content_is_told_and_nothing_is_left_to_ask() -> None:
    told = _told(GP, RELATION, CONSENT, custodies=[HOSPITAL, HOME_CARE])
    assert list(told) == ["content"]
    assert told["content"].rule.id == "V-7"
    assert told["content"].reveal is Reveal.CONTENT


def test_without_a_patient_relation_consent_is_not_asked_for() -> None:
    told = _told(GP, CONSENT, custodies=[HOSPITAL])
    assert list(told) == ["exists", "refused", "emergency"]
    assert told["refused"].rule.id == "V-14"
    assert [reason.key for reason in told["refused"].reasons] == ["no-care-relation", "no-emergency-opening"]


def test_in_danger_the_producers_are_named_before_anything_is_read() -> None:
    before = _told(NURSE, context=DANGER, custodies=[HOSPITAL, PSYCHIATRY])
    assert "content" not in before
    assert before["producers"].providers == ("HOSPITAL", "NORTH")
    assert Obligation.JUSTIFY in before["producers"].obligations
    opened = _told(NURSE, OPENING, context=DANGER, custodies=[HOSPITAL, PSYCHIATRY])
    assert opened["content"].rule.id == "V-12"
    assert len(opened["content"].holdings) == 2


def test_a_blocked_holding_is_told_of_without_saying_whose() -> None:
    block = BlockFact(7, "outer", "HOSPITAL")
    told = _told(NURSE, OPENING, block, context=Context(consent_unobtainable=True), custodies=[HOSPITAL])
    assert list(told) == ["blocked"]
    assert told["blocked"].rule.id == "V-5"
    assert told["blocked"].providers == ()
    assert told["blocked"].holdings == ()


def test_after_ehds_a_block_is_not_told_of() -> None:
    later = datetime(2029, 4, 1, tzinfo=UTC)
    assert _told(NURSE, BlockFact(7, "outer", "HOSPITAL"), context=DANGER, custodies=[HOSPITAL], now=later) == {}


def test_an_inner_block_is_told_of_inside_the_provider_only() -> None:
    block = BlockFact(7, "inner", "NORTH", "PSYCHIATRY")
    assert list(_told(GP, RELATION, block, custodies=[PSYCHIATRY])) == ["inner-blocked", "inner-lift", "inner-lift-emergency"]
    assert "blocked" not in _told(NURSE, block, custodies=[PSYCHIATRY])


def test_in_danger_it_is_told_who_has_blocked_and_that_the_lift_is_to_be_asked_for() -> None:
    told = _told(NURSE, BlockFact(7, "outer", "HOSPITAL"), context=DANGER, custodies=[HOSPITAL, PSYCHIATRY])
    assert told["blockers"].rule.id == "V-13"
    assert told["blockers"].providers == ("HOSPITAL",)
    assert {Obligation.SHOW_BLOCKERS, Obligation.REQUEST_LIFT} <= set(told["blockers"].obligations)
    assert told["blockers"].holdings == ()
    assert told["producers"].providers == ("NORTH",)


def test_a_lift_un_blocks_for_whom_it_is_and_nobody_else() -> None:
    block, until = BlockFact(7, "outer", "HOSPITAL"), NOW + timedelta(hours=8)
    lift = LiftFact(7, "outer", "HOSPITAL", None, "AMBULANCE", "CAR", reason="Emergency", ends=until)
    assert _told(NURSE, OPENING, block, lift, context=DANGER, custodies=[HOSPITAL])["content"].rule.id == "V-12"
    assert "content" not in _told(GP, RELATION, CONSENT, block, lift, custodies=[HOSPITAL])


def test_where_consent_cannot_be_had_the_units_that_have_blocked_are_named() -> None:
    block = BlockFact(7, "inner", "NORTH", "PSYCHIATRY")
    declared = Context(consent_unobtainable=True, declared=frozenset({"indispensable"}))
    told = _told(GP, RELATION, block, context=declared, custodies=[PSYCHIATRY, HOSPITAL])
    assert told["inner-blockers"].rule.id == "I-6.1"
    assert [holding.unit for holding in told["inner-blockers"].holdings] == ["PSYCHIATRY"]
    assert told["inner-lift-emergency"].rule.id == "I-6"
    assert {Obligation.JUSTIFY, Obligation.REVIEW_QUEUE} <= set(told["inner-lift-emergency"].obligations)


def test_who_was_a_patient_before_can_have_a_certificate_written() -> None:
    earlier = CareRelation(7, "NORTH", "GP", ends=NOW - timedelta(days=300))
    assert list(_told(GP, earlier, CONSENT, custodies=[HOSPITAL])) == ["exists", "refused", "certificate", "emergency"]
    opening = ConsentFact(7, "certificate", "NORTH", "GP", "H1", NOW, NOW + timedelta(hours=8))
    assert _told(GP, earlier, CONSENT, opening, custodies=[HOSPITAL])["content"].rule.id == "V-8"
    assert "ask-consent" in _told(GP, earlier, opening, custodies=[HOSPITAL])
    assert "certificate" not in _told(GP, custodies=[HOSPITAL])


def test_social_care_staff_are_told_that_there_is_something_and_have_no_emergency() -> None:
    told = _told(ASSISTANT, context=DANGER, custodies=[HOSPITAL])
    assert list(told) == ["exists", "refused"]
    assert told["refused"].rule.id == "V-19"


def test_nothing_is_told_where_nothing_is_held() -> None:
    assert _told(GP, RELATION, CONSENT, custodies=[]) == {}


@pytest.mark.parametrize(
    "actor, fact, rule",
    [
        (PERSON, BlockFact(7, "inner", "NORTH", "PSYCHIATRY"), "C-3"),
        (PERSON, BlockFact(7, "registry", ""), "C-3"),
        (PERSON, ConsentFact(7, "wellness-share", "NORTH", "GP"), "C-3"),
        (GP, ConsentFact(7, "svod", "NORTH", "GP"), "C-2.2"),
        (GP, BlockFact(7, "outer", "NORTH"), "C-2.2"),
        (NURSE, OPENING, "V-12.2"),
        (GP, ConsentFact(7, "certificate", "NORTH", "GP", "H1", NOW, NOW + timedelta(hours=8)), "V-8.2"),
        (GP, LiftFact(7, "inner", "NORTH", "PSYCHIATRY", "NORTH", "GP"), "I-5"),
        (GP, LiftFact(7, "inner", "NORTH", None, "NORTH", reason="Emergency", ends=NOW + timedelta(hours=8)), "I-6"),
        (GP, LiftFact(7, "outer", "NORTH", None, "AMBULANCE"), "V-3"),
        (GP, LiftFact(7, "outer", "NORTH", None, "AMBULANCE", reason="Emergency", ends=NOW + timedelta(hours=8)), "V-13.1"),
        (PERSON, LiftFact(7, "outer", "NORTH", None, "AMBULANCE"), "C-3"),
    ],
)
def test_who_may_bring_a_consent_or_block_about(actor: Actor, fact: FactRow, rule: str) -> None:
    decision = establish(actor, fact, NOW)
    assert decision.permitted
    assert decision.rule_ids == (rule,)


@pytest.mark.parametrize(
    "actor, fact",
    [
        (PERSON, BlockFact(8, "inner", "NORTH", "PSYCHIATRY")),  # another person's
        (PERSON, ConsentFact(7, "emergency", "NORTH", "GP", "H1", NOW, NOW + timedelta(hours=1))),
        (GP, ConsentFact(7, "svod", "HOSPITAL")),  # for another provider
        (GP, BlockFact(7, "outer", "HOSPITAL")),
        (GP, ConsentFact(7, "wellness-share", "NORTH", "GP")),  # only the person shares their own account
        (ASSISTANT, ConsentFact(7, "emergency", "TOWN", "HELP", "H3", NOW, NOW + timedelta(hours=1))),
        (replace(GP, kind=Kind.RESEARCHER), ConsentFact(7, "svod", "NORTH")),
        (NURSE, LiftFact(7, "outer", "HOSPITAL", None, "AMBULANCE")),  # only whoever has blocked lifts
        (GP, LiftFact(7, "inner", "HOSPITAL", None, "NORTH")),
        (ASSISTANT, LiftFact(7, "inner", "TOWN", None, "TOWN")),
        (PERSON, LiftFact(7, "inner", "NORTH", None, "NORTH", reason="Emergency", ends=NOW + timedelta(hours=1))),
        (PERSON, LiftFact(8, "outer", "NORTH", None, "AMBULANCE")),
        (GP, LiftFact(7, "inner", "NORTH", None, "NORTH", reason="Emergency", ends=NOW + timedelta(days=2))),  # too long
        (GP, LiftFact(7, "inner", "NORTH", None, "NORTH", reason="Emergency")),
    ],
)
def test_who_may_not(actor: Actor, fact: FactRow) -> None:
    assert not establish(actor, fact, NOW).permitted


@pytest.mark.parametrize(
    "opening, reason",
    [
        (OPENING._replace(employee="H9"), "opening-of-another"),
        (OPENING._replace(ends=NOW + timedelta(days=2)), "opening-too-long"),
        (OPENING._replace(ends=None), "opening-too-long"),
    ],
)
def test_an_emergency_opening_is_ones_own_and_short(opening: ConsentFact, reason: str) -> None:
    decision = establish(NURSE, opening, NOW)
    assert not decision.permitted
    assert [why.key for why in decision.reasons] == [reason]
