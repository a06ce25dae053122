"""What follows from a request to lift a block, from the answer to one, and from a review that is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kedja.access.actor import Kind
from kedja.access.custody import Custody, Regime
from kedja.access.duties import (
    FINDING_SYSTEM,
    LABELS,
    Duty,
    Finding,
    Opening,
    duty_of,
    given,
    lift_answer,
    lift_decision,
    notice,
    owner_of,
)
from kedja.access.samples import is_order
from kedja.documentation.referral import is_received
from kedja.gate.deeds import Deed, Follows, of_provider
from kedja.gate.referrals import of_received
from kedja.outcome import refuse

_BREACH: Final = "A review of the access log found that this was not permitted"


def of_task(deed: Deed) -> Iterator[Follows]:
    """A request brings a decision to make about, a decision its answer, a breach that is found a notice."""
    if is_order(deed.resource) or is_order(deed.before or {}):
        _check_order(deed)
        return
    if is_received(deed.resource) or is_received(deed.before or {}):
        yield from of_received(deed)
        return
    duty = duty_of(deed.resource)
    if duty_of(deed.before or {}) in _ANSWERED:
        _check_answer(deed)
    if duty is Duty.LIFT_REQUEST and deed.before is None:
        _check_request(deed)
        custody = Custody(Regime.CONTROL, deed.version.person, owner_of(deed.resource), labels=LABELS[Duty.LIFT_DECISION])
        yield Follows(lift_decision(deed.resource, deed.reference), custody, "V-13")
    elif duty is Duty.LIFT_DECISION and _closes(deed, "completed", "rejected"):
        to = Custody(
            Regime.CONTROL,
            deed.version.person,
            given(deed.resource, "provider"),
            given(deed.resource, "unit"),
            labels=LABELS[Duty.LIFT_ANSWER],
        )
        yield Follows(lift_answer(deed.resource, deed.actor, deed.now), to, "V-13.5")
    elif duty is Duty.REVIEW and _closes(deed, "completed"):
        yield from _of_finding(deed)


def _check_order(deed: Deed) -> None:
    """An order to destroy a sample follows from the donor's withdrawal alone (BBL 4:13), and is only ever answered."""
    if not is_order(deed.before or {}):
        raise deed.denied(
            "an order to destroy a sample follows from its donor's withdrawal, and is made by nobody (BBL 4 kap. 13 §)"
        )
    _check_answer(deed)
    status = deed.resource.get("status")
    if status not in _ORDERED:
        raise refuse(422, "business-rule", f"an order to destroy a sample is one of {', '.join(_ORDERED)}", "Task.status")
    if status == "failed" and not any(str(each.get("text", "")).strip() for each in deed.resource.get("note", ())):
        raise refuse(422, "required", "say in a note why the sample could not be destroyed", "Task.note")


def _check_request(deed: Deed) -> None:
    """Health care staff ask the provider that has blocked, with a reason (SVOD 3:5: the rule is for vårdgivare alone)."""
    if deed.actor.kind is not Kind.PROFESSIONAL or deed.actor.assignment is None:
        raise deed.denied("only health care staff ask that a block is lifted (SFS 2022:913 3 kap. 5 §)")
    if not owner_of(deed.resource):
        told = "a request to lift a block names the provider that has blocked, by its HSA-id"
        raise refuse(422, "required", told, "Task.owner.identifier")
    if not str(deed.resource.get("reasonCode", {}).get("text", "")).strip():
        raise refuse(422, "required", "say why the blocked information is indispensable now", "Task.reasonCode.text")


def _of_finding(deed: Deed) -> Iterator[Follows]:
    """A review closes with a finding, by another than whom it is about; of a breach the person is told."""
    coding = deed.resource.get("businessStatus", {}).get("coding", ())
    found = next((each.get("code") for each in coding if each.get("system") == FINDING_SYSTEM), None)
    if found not in [finding.value for finding in Finding]:
        told = f"a review is closed with a finding in `businessStatus`: one of {', '.join(Finding)}"
        raise refuse(422, "required", told, "Task.businessStatus")
    if {given(deed.resource, "employee"), given(deed.resource, "login")} & {deed.actor.hsa_id or deed.actor.id, deed.actor.id}:
        raise deed.denied("nobody reviews what they did themselves: leave it to another reviewer")
    if found == Finding.BREACH:
        name = given(deed.resource, "name") or given(deed.resource, "employee")
        opening = Opening(
            patient=deed.resource["for"]["reference"],
            reference=deed.resource.get("focus", {}).get("reference", "") or deed.reference,
            kind="breach",
            rule="L-2.2",
            title="Granskning av loggen visade att läsningen inte var tillåten",
            actor=deed.actor,
            reason=f"{_BREACH}: {name}",
            at=deed.now,
            ends=None,
        )
        yield Follows(notice(opening), of_provider(deed, LABELS[Duty.NOTICE]), "L-2.2")


_ORDERED: Final = ("requested", "accepted", "in-progress", "on-hold", "completed", "failed")
_ANSWERED: Final = (Duty.REVIEW, Duty.LIFT_DECISION)
_ANSWER: Final = frozenset({"status", "statusReason", "businessStatus", "note", "output", "lastModified", "meta", "id", "text"})


def _check_answer(deed: Deed) -> None:
    """Whoever acts on it says how it went, and changes nothing of what it is about; what is closed stays closed."""
    before = deed.before or {}
    if before.get("status") in ("completed", "rejected", "failed"):
        raise refuse(409, "conflict", f"{deed.reference} is closed: what was found or decided stands", "Task.status")
    for name in sorted((before.keys() | deed.resource.keys()) - _ANSWER):
        if before.get(name) != deed.resource.get(name):
            told = f"`{name}` of {deed.reference} stays as it is: say how it went in status, businessStatus, note and output"
            raise refuse(422, "business-rule", told, f"Task.{name}")


def _closes(deed: Deed, *statuses: str) -> bool:
    return deed.before is not None and deed.resource.get("status") in statuses
