"""What a mandate or a decision about a child is built of gives exactly the facts that it was built from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.access.consents import Kind, withdrawn
from kedja.access.custody import Custody, Regime
from kedja.access.facts import facts_of, named_by
from kedja.access.mandate import EVERYTHING, TYPES, Matter
from kedja.access.mandates import Original, decision, mandate
from kedja.access.rows import BlockFact, ConsentFact, FactRow, Representation
from kedja.access.state_facts import TRUSTEE_SYSTEM
from kedja.outcome import OutcomeError

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=180)
NUMBER = ("http://electronichealth.se/identifier/personnummer", "196811202387")
CONTROL = Custody(Regime.CONTROL, 7)
MATTERS = st.integers(1, sum(TYPES)).map(Matter)


def facts(resource: Mapping[str, object], custody: Custody = CONTROL) -> list[FactRow]:
    return facts_of(resource, custody, people={NUMBER: 8})


@given(MATTERS)
def test_a_mandate_is_read_back_as_it_was_made(matters: Matter) -> None:
    given_to = mandate("Patient/1", NUMBER, matters, dated=NOW, starts=NOW, ends=LATER, name="Eva")
    assert named_by(given_to) == [NUMBER]
    assert facts(given_to) == [Representation(7, "proxy", 8, int(matters), NOW, LATER)]


def test_a_withdrawn_mandate_says_nothing() -> None:
    assert facts(withdrawn(mandate("Patient/1", NUMBER, Matter.PLANS, dated=NOW, starts=NOW, ends=LATER))) == []


def test_a_mandate_that_staff_register_says_what_the_person_signed() -> None:
    at_unit, original = Custody(Regime.CONTROL, 7, "P1", "U1"), Original(date(2026, 3, 1), "Pärm 3, nr 17", "U1")
    on_paper = mandate("Patient/1", NUMBER, Matter.PLANS, dated=NOW, starts=NOW, ends=LATER, original=original)
    assert facts(on_paper, at_unit) == facts(on_paper) == [Representation(7, "proxy", 8, int(Matter.PLANS), NOW, LATER)]
    assert on_paper["sourceAttachment"] == {"title": "Pärm 3, nr 17", "creation": "2026-03-01"}
    unit = {"system": "urn:oid:1.2.752.29.4.19", "value": "U1"}
    assert on_paper["organization"] == [{"type": "Organization", "identifier": unit}]
    assert on_paper["verification"] == [{"verified": True, "verificationDate": on_paper["dateTime"]}]
    for missing in ("title", "creation"):
        less = {name: value for name, value in on_paper["sourceAttachment"].items() if name != missing}
        with pytest.raises(OutcomeError, match="what the person has signed"):
            facts(on_paper | {"sourceAttachment": less}, at_unit)
    with pytest.raises(OutcomeError, match="what the person has signed"):
        facts({name: value for name, value in on_paper.items() if name != "sourceAttachment"}, at_unit)


def test_a_mandate_of_no_matter_or_without_an_end_is_refused() -> None:
    given_to = mandate("Patient/1", NUMBER, Matter.PLANS, dated=NOW, starts=NOW, ends=LATER)
    for missing in ("class", "period"):
        provision = {name: value for name, value in given_to["provision"].items() if name != missing}
        with pytest.raises(OutcomeError, match="what it covers and until when"):
            facts(given_to | {"provision": provision})


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        (Kind.GUARDIAN_ACCESS, ConsentFact(7, "guardian-access", "P1", "U1", None, NOW, LATER)),
        (Kind.CHILD_ACCESS, ConsentFact(7, "child-access", "P1", "U1", None, NOW, LATER)),
        (Kind.GUARDIAN_RESTRICTION, BlockFact(7, "guardian", "P1", "U1", starts=NOW, ends=LATER)),
    ],
)
def test_a_decision_about_a_child_is_read_back_as_it_was_made(kind: Kind, fact: FactRow) -> None:
    assert facts(decision(kind, "Patient/1", "P1", "U1", dated=NOW, starts=NOW, ends=LATER)) == [fact]


@pytest.mark.parametrize(("code", "kinds"), [("god-man", ["trustee"]), ("forvaltare", ["trustee"]), ("vän", [])])
def test_who_is_appointed_for_somebody_stands_for_them(code: str, kinds: list[str]) -> None:
    related: dict[str, object] = {
        "resourceType": "RelatedPerson",
        "identifier": [{"system": NUMBER[0], "value": NUMBER[1]}],
        "patient": {"reference": "Patient/1"},
        "relationship": [{"coding": [{"system": TRUSTEE_SYSTEM, "code": code}]}],
    }
    care = Custody(Regime.HEALTH, 7, "P1", "U1")
    assert facts(related, care) == [Representation(7, kind, 8, int(EVERYTHING)) for kind in kinds]
