"""What a person says of medication lists, samples, secondary use and monitoring becomes facts, by whom the law lets say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.compile import permit
from kedja.access.custody import Custody, Regime
from kedja.access.decide import establish
from kedja.access.disclosure import Holding, disclosure
from kedja.access.evaluate import evaluate
from kedja.access.facts import BlockFact, ConsentFact, FactRow, facts_of
from kedja.access.wishes import (
    biobank_consent,
    biobank_restriction,
    medication_list_block,
    medication_list_consent,
    monitoring_consent,
    secondary_use_opt_out,
)

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
CONTROL = Custody(Regime.CONTROL, 7)
PERSON = Actor("person", Kind.CITIZEN, person=7)
GUARDIAN = Actor("guardian", Kind.GUARDIAN, person=8, acts_for=7)
DOCTOR = Actor("doctor", Kind.PROFESSIONAL, hsa_id="H1", prescriber=True, assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
CLERK = replace(DOCTOR, prescriber=False)
PHARMACIST = replace(CLERK, assignment=Assignment("b", Purpose.DISPENSING, "P1", "U1"))
ASSISTANT = Actor("help", Kind.CARE_WORKER, hsa_id="H3", assignment=Assignment("c", Purpose.CARE, "P1", "U1"))

CONSENT = medication_list_consent("Patient/p", "P1", dated=NOW, unit="U1")
WHY = medication_list_consent("Patient/p", "P1", dated=NOW, reason=True)
BLOCK = medication_list_block("Patient/p", dated=NOW, starts=NOW)
LIMIT = biobank_restriction("Patient/p", ["care", "research"], dated=NOW, provider="P1")
SAMPLES = biobank_consent("Patient/p", "P1", ["research"], dated=NOW)
OPT_OUT = secondary_use_opt_out("Patient/p", dated=NOW)
CAMERA = monitoring_consent("Patient/p", "P1", dated=NOW)


@pytest.mark.parametrize(
    "consent, facts",
    [
        (CONSENT, [ConsentFact(7, "nll", "P1", "U1")]),
        (WHY, [ConsentFact(7, "nll-reason", "P1")]),
        (BLOCK, [BlockFact(7, "nll", "", starts=NOW)]),
        (LIMIT, [BlockFact(7, "biobank-care", "P1"), BlockFact(7, "biobank-research", "P1")]),
        (SAMPLES, [ConsentFact(7, "biobank-research", "P1")]),
        (OPT_OUT, [BlockFact(7, "secondary-use", "", starts=NOW)]),
        (CAMERA, [ConsentFact(7, "monitoring", "P1")]),
    ],
)
def test_what_is_said_gives_exactly_its_facts(consent: dict[str, Any], facts: list[FactRow]) -> None:
    assert facts_of(consent, CONTROL) == facts


@pytest.mark.parametrize(
    "actor, consent, rule",
    [
        (PERSON, CONSENT, "N-9.2"),
        (PERSON, BLOCK, "N-9.2"),
        (PERSON, WHY, "N-9.2"),
        (PERSON, LIMIT, "B-4.6"),
        (PERSON, SAMPLES, "B-4.6"),
        (PERSON, OPT_OUT, "X-3.2"),
        (PERSON, CAMERA, "S-9.2"),
        (DOCTOR, CONSENT, "N-9.3"),
        (DOCTOR, LIMIT, "B-4.7"),
        (PHARMACIST, WHY, "N-9.4"),
        (ASSISTANT, CAMERA, "S-9.3"),
    ],
)
def test_who_may_say_or_note_it(actor: Actor, consent: dict[str, Any], rule: str) -> None:
    for fact in facts_of(consent, CONTROL):
        assert establish(actor, fact, NOW).rule_ids == (rule,)


@pytest.mark.parametrize(
    "actor, consent",
    [
        (GUARDIAN, BLOCK),  # NLL 4:3 st. 2
        (DOCTOR, BLOCK),  # only the patient blocks, and only the patient lifts
        (CLERK, CONSENT),
        (DOCTOR, WHY),
        (ASSISTANT, CONSENT),
        (DOCTOR, OPT_OUT),
        (DOCTOR, CAMERA),
        (replace(PERSON, person=9), BLOCK),
        (replace(DOCTOR, assignment=Assignment("a", Purpose.CARE, "P2", "U1")), CONSENT),
    ],
)
def test_who_may_not(actor: Actor, consent: dict[str, Any]) -> None:
    assert not any(establish(actor, fact, NOW).permitted for fact in facts_of(consent, CONTROL))


def test_an_opt_out_counts_from_the_day_it_was_said() -> None:
    """T20: a permit that was approved before is untouched, one that is approved after leaves the person out."""
    later = datetime(2030, 7, 1, tzinfo=UTC)
    said = facts_of(secondary_use_opt_out("Patient/p", dated=datetime(2030, 5, 1, tzinfo=UTC)), CONTROL)
    declared = frozenset({"permitted-secondary-purpose", "secure-environment"})
    user, note = Actor("user", Kind.RESEARCHER), Custody(Regime.HEALTH, 7, "P1", "U1")
    for month, stays in ((4, True), (6, False)):
        context = Context(approved=datetime(2030, month, 1, tzinfo=UTC), declared=declared)
        assert evaluate(permit(user, "read", later, context=context), note, said) is stays


def test_an_opt_out_that_was_taken_back_leaves_nobody_out() -> None:
    later = datetime(2030, 7, 1, tzinfo=UTC)
    begun, ended = datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 20, tzinfo=UTC)
    said = facts_of(secondary_use_opt_out("Patient/p", dated=begun, ends=ended), CONTROL)
    context = Context(
        approved=datetime(2030, 6, 1, tzinfo=UTC), declared=frozenset({"permitted-secondary-purpose", "secure-environment"})
    )
    law = permit(Actor("user", Kind.RESEARCHER), "read", later, context=context)
    assert evaluate(law, Custody(Regime.HEALTH, 7, "P1", "U1"), said)


def test_with_consent_it_is_told_that_the_list_is_blocked_and_not_without() -> None:
    blocked = BlockFact(7, "nll", "")
    consent = ConsentFact(7, "nll", "P1", ends=NOW + timedelta(days=1))
    holding = Holding(7, Regime.NLL, "P2", "", 3, readable=0, unblocked=0, blocked=3)
    assert [step.rule.id for step in disclosure(DOCTOR, [holding], [blocked, consent], NOW)] == ["N-1.2"]
    assert disclosure(DOCTOR, [replace(holding, blocked=0)], [blocked], NOW) == []
