"""The custody that a write through the API gets: from who writes, under which assignment, about whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kedja.access.actor import Actor, Kind
from kedja.access.custody import Custody, Regime, regime_for
from kedja.access.duties import LABELS, OF_THE_PROVIDER, duty_of
from kedja.access.samples import is_order
from kedja.identity.custody import custody_of

Resource = dict[str, Any]
_REGIME_OF_STAFF = {
    Kind.PROFESSIONAL: Regime.HEALTH,
    Kind.CARE_WORKER: Regime.SOCIAL,
    Kind.REGISTRY_STAFF: Regime.REGISTRY,
    Kind.SYSTEM: Regime.HEALTH,
}


def custody_for(actor: Actor, resource: Resource, person: int) -> Custody:
    """A Consent about a person is that person's control; else staff write their organisation's record, citizens their account.

    What follows from an opening (`access.duties`) is the person's control too.
    """
    assignment = actor.assignment
    default = _REGIME_OF_STAFF.get(actor.kind, Regime.WELLNESS)
    if not person and is_order(resource):
        default = Regime.BIOBANK
    duty = duty_of(resource)
    custody = custody_of(
        resource,
        regime=Regime.CONTROL if duty and person else regime_for(resource["resourceType"], person, default),
        provider=assignment.provider if assignment else "",
        unit=assignment.unit if assignment and duty not in OF_THE_PROVIDER else "",
        source="",
        person=person,
    )
    return replace(custody, labels=custody.labels | LABELS[duty]) if duty is not None and duty in LABELS else custody
