"""The facts that rules ask for, as projections of FHIR resources: who has a care relation, a consent, a block.

A resource gives the same facts whenever it is read; the store keeps them as rows of `care_relation`, `consent` and
`block`, written in the transaction that writes the resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kedja.access.consent_facts import facts_of_consent
from kedja.access.custody import Custody, Regime
from kedja.access.instants import in_force
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow
from kedja.access.rule import Ruleset
from kedja.access.rules import limit

__all__ = ["BlockFact", "CareRelation", "ConsentFact", "FactRow", "facts_of"]

Json = Mapping[str, Any]
Span = tuple[datetime | None, datetime | None]
_CARE: Final = (Regime.HEALTH, Regime.SOCIAL)


def facts_of(resource: Json, custody: Custody, ruleset: Ruleset | None = None) -> list[FactRow]:
    """The facts that this resource, kept under this custody, states about its person.

    A care relation comes from a care record alone, at the provider and unit that keep it; a consent or block only from
    what is kept as the person's control. Raises OutcomeError 422 for a consent that does not say whom it concerns.
    """
    if custody.person <= 0:
        return []
    name = resource.get("resourceType")
    if name == "Consent":
        return facts_of_consent(resource, custody.person) if custody.regime is Regime.CONTROL else []
    if name in _RELATIONS and custody.regime in _CARE and custody.provider:
        span = _RELATIONS[name](resource, timedelta(days=limit("relation-days-after", ruleset)))
        return [CareRelation(custody.person, custody.provider, custody.unit, *span)] if span else []
    return []


def _encounter(encounter: Json, after: timedelta) -> Span | None:
    """A visit gives a relation from its start until some time after its end; without a period, none."""
    status = encounter.get("status")
    if status not in ("planned", "arrived", "triaged", "in-progress", "onleave", "finished"):
        return None
    starts, ends = in_force(encounter.get("period"))
    if starts is None and ends is None:
        return None
    if ends is None and status in ("planned", "finished"):
        ends = starts
    return starts, ends + after if ends else None


def _episode(episode: Json, _: timedelta) -> Span | None:
    """An episode of care is a relation while it lasts; one that is finished without saying when is over."""
    status = episode.get("status")
    starts, ends = in_force(episode.get("period"))
    if status in ("planned", "waitlist", "active", "onhold") or (status == "finished" and ends is not None):
        return starts, ends
    return None


def _care_team(team: Json, _: timedelta) -> Span | None:
    return in_force(team.get("period")) if team.get("status") == "active" else None


_RELATIONS: Final[dict[str, Callable[[Json, timedelta], Span | None]]] = {
    "Encounter": _encounter,
    "EpisodeOfCare": _episode,
    "CareTeam": _care_team,
}
