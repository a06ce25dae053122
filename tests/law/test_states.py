"""What a Patient and a Flag say of a person; who somebody is who acts; whose a resource is; what could hold at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kedja.access.actor import Actor, Kind, acting, oneself
from kedja.access.custody import Custody, Label, Regime, regime_for
from kedja.access.possible import possible
from kedja.access.rows import SubjectState
from kedja.access.rules import LawError, deploy, restore, standard
from kedja.access.state_facts import STATE_SYSTEM, facts_of_flag, facts_of_patient
from kedja.search.condition import EVERYTHING, NOTHING, All, AnyOf, Column, Condition, Fact, Not, Ruled

HELD = Custody(Regime.HEALTH, 7, "P1", "U1")
NOW = datetime(2026, 3, 15, tzinfo=UTC)


def _state(kind: str, starts: datetime | None = None) -> SubjectState:
    return SubjectState(7, kind, starts=starts)


@pytest.mark.parametrize(
    ("patient", "facts"),
    [
        ({}, []),
        # a date, kept as its midnight; of a month or year that is all that is known, the last
        ({"birthDate": "2010-03-15"}, [_state("born", datetime(2010, 3, 15, tzinfo=UTC))]),
        ({"birthDate": "2010-06"}, [_state("born", datetime(2010, 6, 30, tzinfo=UTC))]),
        ({"birthDate": "2010"}, [_state("born", datetime(2010, 12, 31, tzinfo=UTC))]),
        ({"birthDate": "soon"}, []),
        ({"birthDate": 2010}, []),
        ({"deceasedBoolean": True}, [_state("dead")]),
        ({"deceasedBoolean": False}, []),
        ({"deceasedDateTime": "2026-01-02T03:04:05Z"}, [_state("dead", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))]),
    ],
)
def test_a_patient_says_when_somebody_was_born_and_died(patient: dict[str, Any], facts: list[SubjectState]) -> None:
    assert facts_of_patient(patient, HELD) == facts


def test_a_patient_says_that_the_identity_is_protected_by_its_label() -> None:
    held = Custody(Regime.HEALTH, 7, labels=Label.PROTECTED | Label.ALERT)
    assert facts_of_patient({}, held) == [_state("protected")]
    assert facts_of_patient({}, Custody(Regime.HEALTH, 7, labels=Label.ALERT)) == []


def _flag(*codes: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"status": "active", "code": {"coding": [{"system": system, "code": code} for system, code in codes]}} | more


def test_an_active_flag_says_what_its_unit_judges_while_its_period_lasts() -> None:
    said = _flag((STATE_SYSTEM, "assessed-mature"), period={"start": "2026-01-02T00:00:00Z", "end": "2026-02-03T00:00:00Z"})
    (fact,) = facts_of_flag(said, HELD)
    assert fact[:4] == (7, "assessed-mature", "P1", "U1")
    assert fact.starts == datetime(2026, 1, 2, tzinfo=UTC) and fact.ends is not None and fact.ends.date() == date(2026, 2, 3)
    twice = _flag((STATE_SYSTEM, "dose-dispensing"), (STATE_SYSTEM, "dose-dispensing"), (STATE_SYSTEM, "assessed-mature"))
    assert [one.kind for one in facts_of_flag(twice, HELD)] == ["dose-dispensing", "assessed-mature"]


@pytest.mark.parametrize(
    "flag",
    [
        _flag((STATE_SYSTEM, "assessed-mature"), status="inactive"),
        _flag(("urn:other", "assessed-mature")),
        _flag((STATE_SYSTEM, "tall")),
        {"status": "active"},
        {"status": "active", "code": "x"},
        {"status": "active", "code": {"coding": ["x", 3]}},
        {"status": "active", "code": {"coding": {"system": STATE_SYSTEM, "code": "assessed-mature"}}},
    ],
)
def test_any_other_flag_says_nothing(flag: dict[str, Any]) -> None:
    assert facts_of_flag(flag, HELD) == []


def test_who_acts_for_somebody_is_the_same_human_as_another_kind() -> None:
    mother = Actor("m", Kind.CITIZEN, "Mor", person=8)
    acts = acting(mother, Kind.GUARDIAN, 7, "Barn")
    assert acts == Actor("m", Kind.GUARDIAN, "Mor", person=8, acts_for=7, acts_for_name="Barn")
    assert (mother.subject, acts.subject, Actor("d", Kind.PROFESSIONAL).subject) == (8, 7, 0)
    assert oneself(acts) == mother
    assert oneself(mother) is mother


@pytest.mark.parametrize(
    ("type", "person", "regime"),
    [
        ("Organization", 0, Regime.DIRECTORY),
        ("Organization", 7, Regime.HEALTH),
        ("Binary", 0, Regime.HEALTH),
        ("Consent", 7, Regime.CONTROL),
        ("Consent", 0, Regime.HEALTH),
        ("Observation", 7, Regime.HEALTH),
    ],
)
def test_under_which_law_a_type_is_kept(type: str, person: int, regime: Regime) -> None:
    assert regime_for(type, person, Regime.HEALTH) is regime


HEALTH = Column("regime", "=", "health")
SOCIAL = Column("regime", "=", "social")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (EVERYTHING, True),
        (NOTHING, False),
        (HEALTH, True),
        (SOCIAL, False),
        (Not(HEALTH), False),
        (Not(SOCIAL), True),
        (Not(Column("person", "=", 7)), True),
        (Column("person", "=", 7), True),
        (Column("regime", "<>", "health"), False),
        (Column("regime", "<>", "social"), True),
        (Column("regime", "in", ("social", "health")), True),
        (Column("regime", "in", ("social",)), False),
        (All((HEALTH, Fact("block", NOW, ()))), True),
        (All((HEALTH, SOCIAL)), False),
        (AnyOf((SOCIAL, HEALTH)), True),
        (AnyOf((SOCIAL, Not(HEALTH))), False),
        (Ruled("I-1", HEALTH), True),
        (Ruled("I-1", SOCIAL), False),
    ],
)
def test_what_could_hold_for_some_health_record(condition: Condition, holds: bool) -> None:
    assert possible(condition, "health") is holds


def test_a_deployment_s_file_holds_in_this_process_until_it_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "law.toml"
    file.write_text('off = ["P-1"]\n', encoding="utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('off = ["I-3"]\n', encoding="utf-8")
    try:
        deploy(file)
        assert "P-1" not in standard().by_id
        with pytest.raises(LawError):
            deploy(wrong)
        assert "P-1" not in standard().by_id, "what is refused changes nothing"
    finally:
        restore()
    assert "P-1" in standard().by_id
