"""The custody that a write through the API gets: from who writes, under which assignment, about whom."""

from __future__ import annotations

from typing import Any

from kedja.access.actor import Actor, Kind
from kedja.access.custody import Custody, Regime, regime_for
from kedja.identity.custody import custody_of

Resource = dict[str, Any]
_REGIME_OF_STAFF = {
    Kind.PROFESSIONAL: Regime.HEALTH,
    Kind.CARE_WORKER: Regime.SOCIAL,
    Kind.REGISTRY_STAFF: Regime.REGISTRY,
    Kind.SYSTEM: Regime.HEALTH,
}


def custody_for(actor: Actor, resource: Resource, person: int) -> Custody:
    """A Consent about a person is that person's control; else staff write their organisation's record, citizens their account."""
    assignment = actor.assignment
    default = _REGIME_OF_STAFF.get(actor.kind, Regime.WELLNESS)
    return custody_of(
        resource,
        regime=regime_for(resource["resourceType"], person, default),
        provider=assignment.provider if assignment else "",
        unit=assignment.unit if assignment else "",
        source="",
        person=person,
    )
