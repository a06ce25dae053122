"""Who asks, and the conditions on custody and facts that predicates are made of.

What depends on the asker alone is EVERYTHING or NOTHING as soon as a rule is compiled; the rest stays a condition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.access.actor import Actor, Kind, Purpose
from kedja.access.custody import Label, Regime
from kedja.access.rights import Reach, reach
from kedja.access.rule import Ruleset
from kedja.search.condition import (
    EVERYTHING,
    NOTHING,
    All,
    AnyOf,
    Column,
    Condition,
    Fact,
    Is,
    LacksLabelsOf,
    NotLifted,
    Overlaps,
    Same,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the asker declares in the moment (SVOD 3:5-6); whoever shows the answer also asks for the reason."""

    danger: bool = False  # danger to life or serious risk to health
    consent_unobtainable: bool = False
    certificate: bool = False  # it is for a certificate (PDL 3:16)
    exactly: bool = False  # the question names its person exactly
    terms: frozenset[str] = frozenset()  # sensitive terms that a search is made by
    declared: frozenset[str] = frozenset()  # other circumstances, by name
    approved: datetime | None = None  # when the permit was approved


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, with what they declare, when."""

    actor: Actor
    context: Context
    now: datetime
    law: Ruleset

    def limit(self, name: str) -> int:
        """A number that the law leaves open, e.g. an age. Raises KeyError."""
        return self.law.limits[name].value

    @property
    def provider(self) -> str:
        return self.actor.assignment.provider if self.actor.assignment else ""

    @property
    def unit(self) -> str:
        return self.actor.assignment.unit if self.actor.assignment else ""

    @property
    def purpose(self) -> Purpose | None:
        return self.actor.assignment.purpose if self.actor.assignment else None

    @property
    def employee(self) -> str:
        """The name under which consents know this member of staff."""
        return self.actor.hsa_id or self.actor.id


Build = Callable[[Asker], Condition]
_LIFTABLE: Final = ("inner", "outer")


def known(holds: bool) -> Condition:
    """What is decided before any resource is looked at."""
    return EVERYTHING if holds else NOTHING


def signed_in(asker: Asker) -> Condition:
    return known(asker.actor.id != "")


def danger(asker: Asker) -> Condition:
    return known(asker.context.danger)


def consent_unobtainable(asker: Asker) -> Condition:
    return known(asker.context.consent_unobtainable)


def kind(kind: Kind) -> Build:
    return lambda asker: known(asker.actor.kind is kind and asker.actor.id != "")


def purpose(purpose: Purpose) -> Build:
    return lambda asker: known(asker.purpose is purpose)


def regime(regime: Regime) -> Build:
    return lambda asker: Column("regime", "=", regime.value)


def label(label: Label) -> Build:
    return lambda asker: Column("labels", "has", int(label))


def own_person(asker: Asker) -> Condition:
    return Column("person", "=", asker.actor.person) if asker.actor.person > 0 else NOTHING


def same_provider(asker: Asker) -> Condition:
    return Column("provider", "=", asker.provider) if asker.provider else NOTHING


def any_authority(asker: Asker) -> Condition:
    """The own provider, or another authority of its region or municipality: one vårdgivare all the same (PDL 5:4)."""
    others = asker.law.sisters(asker.provider)
    return Column("provider", "in", (asker.provider, *others)) if others else same_provider(asker)


def own_unit(asker: Asker) -> Condition:
    return All((same_provider(asker), Column("unit", "=", asker.unit))) if asker.provider and asker.unit else NOTHING


def own_source(asker: Asker) -> Condition:
    name = asker.actor.assignment.id if asker.actor.assignment else ""
    return Column("source", "=", name) if name else NOTHING


def held_by_another(asker: Asker) -> Condition:
    """Another provider's, or the social record for a vårdgivare and the health record for an omsorgsgivare (SVOD 1:3, 2:1)."""
    if not asker.provider:
        return NOTHING
    other_side = Regime.HEALTH if asker.actor.kind is Kind.CARE_WORKER else Regime.SOCIAL
    foreign = AnyOf((Column("provider", "<>", asker.provider), Column("regime", "=", other_side.value)))
    return All((Column("provider", "<>", ""), foreign))


def within_assignment(activity: str) -> Build:
    """PDL 4:2: a right of scope VE reaches the own unit, VG the own provider, SJF what is shared between providers.

    An authority of a region or municipality is of one provider with the others (PDL 5:4).
    """

    def build(asker: Asker) -> Condition:
        match reach(asker.actor.assignment.rights if asker.actor.assignment else (), activity):
            case Reach.SHARED | Reach.UNSTATED:
                return EVERYTHING
            case Reach.PROVIDER:
                return any_authority(asker)
            case Reach.UNIT:
                return own_unit(asker)
            case Reach.NOWHERE:
                return NOTHING

    return build


def for_whole_provider(asker: Asker) -> Condition:
    rights = asker.actor.assignment.rights if asker.actor.assignment else ()
    return known(reach(rights, "läsa") in (Reach.PROVIDER, Reach.SHARED))


def care_relation(asker: Asker) -> Condition:
    if not asker.provider:
        return NOTHING
    return Fact("care_relation", asker.now, (Is("provider", "=", asker.provider), Is("unit", "in", ("", asker.unit))))


def consent(kind: str) -> Build:
    def build(asker: Asker) -> Condition:
        if not asker.provider:
            return NOTHING
        where = (
            Is("kind", "=", kind),
            Is("provider", "=", asker.provider),
            Is("unit", "null-or", asker.unit),
            Is("employee", "null-or", asker.employee),
        )
        return Fact("consent", asker.now, where)

    return build


def emergency_opening(asker: Asker) -> Condition:
    if not asker.provider or not asker.employee:
        return NOTHING
    where = (
        Is("kind", "=", "emergency"),
        Is("provider", "=", asker.provider),
        Is("unit", "null-or", asker.unit),
        Is("employee", "=", asker.employee),
    )
    return Fact("consent", asker.now, where)


def block(kind: str) -> Build:
    """A block of this kind that covers the resource, and that no lift opens to the one who asks."""

    def build(asker: Asker) -> Condition:
        where = (
            Is("kind", "=", kind),
            Same("provider", "provider"),
            Same("unit", "unit", or_null=True),
            Overlaps("info_start", "info_end"),
            LacksLabelsOf("excluded"),
        )
        lifted = (NotLifted(kind, asker.provider, asker.unit, asker.employee),) if kind in _LIFTABLE else ()
        return Fact("block", asker.now, where + lifted)

    return build


def registry_opposition(asker: Asker) -> Condition:
    return AnyOf(
        (
            Fact("block", asker.now, (Is("kind", "=", "registry"), Is("provider", "=", ""))),
            Fact("block", asker.now, (Is("kind", "=", "registry"), Same("provider", "source"))),
        )
    )
