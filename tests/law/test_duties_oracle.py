"""Who reads and writes what follows from an opening, held against plain if-statements; and what a duty looks like."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.compile import permit
from kedja.access.custody import Custody, Label, Regime
from kedja.access.duties import OF_THE_PROVIDER, Duty, duty_of, lift_decision, lift_request, review_item
from kedja.access.evaluate import evaluate

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RIGHTS = st.sampled_from(
    [(), ("Granska;logg;VG",), ("Granska;logg;VE",), ("Läsa;alla;VG", "granska;Logg;sjf"), ("Läsa;alla;SJF",)]
)
MARKS = st.sampled_from([Label.NONE, Label.NOTICE, Label.REVIEW, Label.LIFT, Label.NOTICE | Label.ALERT])
STAFF = (Kind.PROFESSIONAL, Kind.CARE_WORKER)


@st.composite
def askers(draw: st.DrawFn) -> Actor:
    kind = draw(st.sampled_from([Kind.CITIZEN, Kind.PROFESSIONAL, Kind.CARE_WORKER, Kind.SYSTEM, Kind.REGISTRY_STAFF]))
    if kind is Kind.CITIZEN:
        return Actor("c", kind, person=draw(st.integers(1, 2)))
    purpose = draw(st.sampled_from([Purpose.CARE, Purpose.PLANNING, Purpose.QUALITY]))
    assignment = Assignment("a", purpose, draw(st.sampled_from(["P1", "P2"])), "U1", draw(RIGHTS))
    return Actor("s", kind, hsa_id="H1", assignment=assignment)


def reviews_logs(actor: Actor) -> bool:
    if actor.assignment is None or actor.kind not in STAFF or actor.assignment.purpose is not Purpose.PLANNING:
        return False
    return any(right.lower() in ("granska;logg;vg", "granska;logg;sjf") for right in actor.assignment.rights)


def may(actor: Actor, action: str, provider: str, label: Label) -> bool | None:
    """None: what follows from no opening is other rules' matter."""
    if not label & (Label.NOTICE | Label.REVIEW | Label.LIFT):
        return None
    own = actor.assignment is not None and actor.assignment.provider == provider
    if own and label & Label.REVIEW and reviews_logs(actor):
        return True
    in_care = actor.assignment is not None and actor.assignment.purpose is Purpose.CARE
    if own and label & Label.LIFT and actor.kind is Kind.PROFESSIONAL and in_care:
        return True
    if action == "read" and actor.kind is Kind.CITIZEN:
        return actor.person == 1 and not label & Label.REVIEW
    if action == "read" and actor.kind is Kind.SYSTEM:
        return None  # a provider's own system reads what the provider keeps (SYS-1)
    return False


@settings(max_examples=400, deadline=None)
@given(askers(), st.sampled_from(["read", "write"]), st.sampled_from(["P1", "P2"]), MARKS)
def test_notices_reviews_and_requests_are_for_whom_they_are_meant(actor: Actor, action: str, provider: str, label: Label) -> None:
    expected = may(actor, action, provider, label)
    custody = Custody(Regime.CONTROL, 1, provider, "", labels=label)
    if expected is not None:
        assert evaluate(permit(actor, action, NOW), custody) is expected


@settings(max_examples=200, deadline=None)
@given(askers(), st.sampled_from(["P1", "P2"]))
def test_the_log_of_a_provider_is_for_its_reviewer_and_for_the_person(actor: Actor, provider: str) -> None:
    own = actor.assignment is not None and actor.assignment.provider == provider
    expected = (own and reviews_logs(actor)) or (actor.kind is Kind.CITIZEN and actor.person == 1)
    assert evaluate(permit(actor, "log", NOW), Custody(Regime.CONTROL, 1, provider)) is expected


def test_a_duty_is_known_by_its_code_alone() -> None:
    doctor = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))
    request = lift_request("Patient/1", "P2", actor=doctor, reason="Medvetslös", dated=NOW)
    review = review_item(
        patient="Patient/1", provider="P1", employee="H1", login="d", name="", origin="sample", patterns=(), reason="", focus="",
        at=NOW, until=None, due=NOW,
    )  # fmt: skip
    assert [duty_of(each) for each in (request, lift_decision(request, "Task/1"), review)] == [
        Duty.LIFT_REQUEST, Duty.LIFT_DECISION, Duty.REVIEW
    ]  # fmt: skip
    for other in (
        {"resourceType": "Task"},
        {"resourceType": "Observation", "code": review["code"]},
        {"resourceType": "Task", "code": {"coding": [{"code": "review"}]}},
    ):
        assert duty_of(other) is None
    assert Duty.LIFT_REQUEST not in OF_THE_PROVIDER
