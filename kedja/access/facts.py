"""The facts that rules ask for, as projections of FHIR resources: who has a care relation, a consent, a block.

A resource gives the same facts whenever it is read; the store keeps them as rows of the tables of `rows.TABLES`, written in
the transaction that writes the resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from kedja.access.consent_facts import facts_of_consent, representative
from kedja.access.custody import Custody, Regime
from kedja.access.instants import in_force
from kedja.access.rows import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, Representation, SubjectState
from kedja.access.rule import Ruleset
from kedja.access.rules import limit
from kedja.access.state_facts import Number, People, facts_of_flag, facts_of_patient, facts_of_related, numbers_of, standing

__all__ = [
    "BlockFact",
    "CareRelation",
    "ConsentFact",
    "FactRow",
    "LiftFact",
    "Representation",
    "SubjectState",
    "facts_of",
    "named_by",
]

Json = Mapping[str, Any]
Span = tuple[datetime | None, datetime | None]
_CARE: Final = (Regime.HEALTH, Regime.SOCIAL)


def facts_of(
    resource: Json, custody: Custody, ruleset: Ruleset | None = None, people: People = MappingProxyType({})
) -> list[FactRow]:
    """The facts that this resource, kept under this custody, states about its person.

    A care relation and what a unit judges of a person come from a care record alone, at the provider and unit that keep it; a
    consent or block only from what is kept as the person's control. `people` says whose the numbers of `named_by` are. Raises
    OutcomeError 422 for a consent that does not say whom it concerns.
    """
    if custody.person <= 0:
        return []
    name = resource.get("resourceType")
    if name == "Consent":
        return facts_of_consent(resource, custody.person, people, custody.unit) if custody.regime is Regime.CONTROL else []
    if name == "Patient":
        return list(facts_of_patient(resource, custody))
    if name == "RelatedPerson":
        return list(facts_of_related(resource, custody, people))
    if custody.regime not in _CARE or not custody.provider:
        return []
    if name == "Flag":
        return list(facts_of_flag(resource, custody))
    if name in _RELATIONS:
        span = _RELATIONS[name](resource, timedelta(days=limit("relation-days-after", ruleset)))
        return [CareRelation(custody.person, custody.provider, custody.unit, *span)] if span else []
    return []


def named_by(resource: Json) -> list[Number]:
    """Numbers of persons other than its own whom a fact of this resource is about: who acts for the person.

    Raises OutcomeError 422 for a mandate that does not say who.
    """
    if resource.get("resourceType") == "RelatedPerson" and standing(resource):
        return list(numbers_of(resource))
    number = representative(resource) if resource.get("resourceType") == "Consent" else None
    return [number] if number else []


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


def _appointment(booked: Json, after: timedelta) -> Span | None:
    """A booked time gives what a planned visit gives: a relation from when it begins until some time after its end."""
    if booked.get("status") not in ("booked", "arrived", "checked-in", "fulfilled") or "start" not in booked:
        return None
    starts, ends = in_force({"start": booked["start"], "end": booked.get("end") or booked["start"]})
    return starts, ends + after if ends else None


def _care_team(team: Json, _: timedelta) -> Span | None:
    return in_force(team.get("period")) if team.get("status") == "active" else None


_RELATIONS: Final[dict[str, Callable[[Json, timedelta], Span | None]]] = {
    "Appointment": _appointment,
    "Encounter": _encounter,
    "EpisodeOfCare": _episode,
    "CareTeam": _care_team,
}
