"""What follows from a referral: it comes to the unit that it is to, with a care relation; what becomes of it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kedja.access.custody import Custody, Regime
from kedja.documentation import referral
from kedja.documentation.referral import CLOSED, NEXT, State
from kedja.gate.deeds import Deed, Follows
from kedja.outcome import refuse

_KEPT: Final = ("contained", "identifier", "for", "code", "owner", "requester", "focus", "authoredOn", "priority")


def of_request(deed: Deed) -> Iterator[Follows]:
    """A referral that is new comes to the unit that it is to, in that unit's own record: what it says is disclosed."""
    if not referral.is_referral(deed.resource) or deed.version.version > 1 or deed.version.regime not in _RECORDS:
        return
    to, sender = referral.to_of(deed.resource), referral.from_of(deed.resource)
    if to is None or sender is None:
        told = "a referral names the unit that it is to, and the one that it is from, with their providers, by HSA-id"
        raise refuse(422, "required", told, "ServiceRequest.performer")
    if (sender.provider, sender.hsa_id) != (deed.version.provider, deed.version.unit):
        raise deed.denied("a referral is sent from one's own unit: answers come to whom it names")
    custody = Custody(Regime.HEALTH, deed.version.person, to.provider, to.hsa_id, deed.version.start, deed.version.end)
    yield Follows(referral.received(deed.resource, deed.reference, deed.now), custody, "J-1")
    yield Follows(referral.waiting(deed.resource, deed.reference, deed.now), custody, "J-1")


def of_received(deed: Deed) -> Iterator[Follows]:
    """That a referral is accepted, answered or refused is told to who sent it."""
    if deed.before is None or not referral.is_received(deed.before):
        raise deed.denied("a referral is received, not made, by the unit that it is to: it follows from what the sender writes")
    before, state = State(deed.before["status"]), deed.resource.get("status")
    if any(deed.before.get(name) != deed.resource.get(name) for name in _KEPT):
        raise refuse(422, "business-rule", "what was asked stands: say how it went in status, businessStatus and output", "Task")
    if state not in NEXT[before]:
        if before in CLOSED:
            raise refuse(409, "conflict", f"{deed.reference} is closed: what was answered stands", "Task.status")
        raise refuse(422, "business-rule", f"after `{before}` comes one of {', '.join(sorted(NEXT[before]))}", "Task.status")
    if state in CLOSED and not referral.said_of(deed.resource)[0].strip():
        raise refuse(422, "required", "say in an output what the answer is, or why it is refused", "Task.output")
    sender = referral.from_of(referral.request_of(deed.before))
    if sender is not None and state != before and state in _TOLD:
        custody = Custody(Regime.HEALTH, deed.version.person, sender.provider, sender.hsa_id, deed.now, deed.now)
        yield Follows(referral.answer(deed.resource, deed.now), custody, "J-1")


_TOLD: Final = (State.ACCEPTED, *CLOSED)
_RECORDS: Final = (Regime.HEALTH, Regime.SOCIAL)
