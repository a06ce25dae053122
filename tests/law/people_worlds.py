"""Worlds of `worlds` turned to children of every age, those who have custody of them, and those who have a mandate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Final

from kedja.access.actor import Actor, Kind, Purpose
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, ConsentFact, FactRow, Representation, SubjectState
from tests.law.worlds import INSTANTS, NOW, World, world

TYPES: Final = (
    *("MedicationRequest", "Encounter", "Observation", "Condition", "CarePlan", "DocumentReference"),
    *("Patient", "Consent"),
)
ACTIONS: Final = (
    *(*("read",) * 6, "log", "annotate", "correspond", "establish-guardian", "establish-trustee", "establish-proxy"),
    *("take-part",) * 4,
    *("establish-guardian-access", "establish-child-access", "establish-guardian-restriction", "request", "request"),
)
# The day before, and on, the 13th, 16th and 18th birthday; a small child, one in between, a grown-up.
BIRTHS: Final = tuple(
    datetime(*day, tzinfo=UTC)
    for day in (
        *((2013, 3, 16), (2013, 3, 15), (2010, 3, 16), (2010, 3, 15), (2008, 3, 16), (2008, 3, 15)),
        *((2018, 5, 1), (2018, 5, 1), (2018, 5, 1), (2012, 1, 1), (1940, 4, 2), (1940, 4, 2)),
    )
)
_KINDS: Final = (*(Kind.GUARDIAN,) * 3, *(Kind.PROXY,) * 3, Kind.CITIZEN, Kind.CITIZEN, Kind.PROFESSIONAL, Kind.SYSTEM)
_PERSONS: Final = (Kind.CITIZEN, Kind.GUARDIAN, Kind.PROXY)
_STAFF: Final = (*(Kind.PROFESSIONAL,) * 4, Kind.CARE_WORKER, Kind.SYSTEM, Kind.CITIZEN, Kind.CITIZEN, Kind.GUARDIAN)
_REGIMES: Final = (
    *(Regime.HEALTH, Regime.HEALTH, Regime.HEALTH, Regime.SOCIAL, Regime.NLL, Regime.REGISTRY, Regime.BIOBANK),
    *(Regime.WELLNESS, Regime.SOCIAL_OTHER, Regime.CONTROL),
)
_RIGHTS: Final = ((), ("Besluta;alla;VE",), ("Läsa;alla;VE", "Besluta;alla;VG"), ("Läsa;alla;SJF",))


def people_world(seed: int) -> tuple[World, str]:
    """A world of one resource, and the type of it: the same for the same seed."""
    rng = Random(seed)
    one = world(seed)
    action = rng.choice(ACTIONS)
    custody = _custody(rng, one.custodies[0])
    if action.startswith("establish"):
        custody = replace(custody, regime=Regime.CONTROL, person=7, provider="P1", unit=rng.choice(("U1", "U1", "U2")))
    actor = _actor(rng, one.actor, action)
    births = (BIRTHS[-1],) if actor.kind is Kind.PROXY and rng.random() < 0.8 else BIRTHS
    facts = [*_lives(rng, births), *(_fact(rng) for _ in range(rng.randrange(8)))]
    return replace(one, actor=actor, action=action, custodies=[custody], facts=facts, now=NOW), rng.choice(TYPES)


def _actor(rng: Random, actor: Actor, action: str) -> Actor:
    kind = rng.choice(_STAFF if action.startswith("establish") else _KINDS)
    person = rng.choice((8, 8, 8, 8, 9, 0)) if kind in (Kind.GUARDIAN, Kind.PROXY) else rng.choice((7, 7, 8))
    acts_for = rng.choice((7, 7, 7, 7, 9, 0)) if kind in (Kind.GUARDIAN, Kind.PROXY) else 0
    assignment = None if kind in _PERSONS else actor.assignment
    if assignment is not None:
        purpose = rng.choice((Purpose.CARE, Purpose.ADMINISTRATION))
        assignment = replace(assignment, purpose=purpose, rights=rng.choice(_RIGHTS))
    return replace(actor, kind=kind, person=person, acts_for=acts_for, hsa_id="H1", assignment=assignment)


def _custody(rng: Random, custody: Custody) -> Custody:
    person = rng.choice((7, 7, 7, 7, 8))
    labels = custody.labels | (Label.DRAFT if rng.random() < 0.2 else Label.NONE)
    regime, provider = rng.choice(_REGIMES), rng.choice(("P1", "P1", "P2"))
    return replace(custody, regime=regime, person=person, provider=provider, labels=labels)


def _lives(rng: Random, births: Sequence[datetime]) -> list[FactRow]:
    """Mostly one birth date, sometimes none, sometimes two that differ; rarely that they have died."""
    born = [SubjectState(7, "born", starts=rng.choice(births)) for _ in range(rng.choice((0, 1, 1, 1, 1, 1, 2)))]
    return [*born, *([SubjectState(7, "dead")] if rng.random() < 0.05 else [])]


def _fact(rng: Random) -> FactRow:
    starts = rng.choice(INSTANTS) if rng.random() < 0.2 else None
    ends = rng.choice(INSTANTS) if rng.random() < 0.2 else None
    provider, unit = rng.choice(("P1", "P1", "P2")), rng.choice(("U1", "U1", "U2", None))
    match rng.randrange(6):
        case 0:
            return ConsentFact(7, rng.choice(("guardian-access", "child-access")), provider, unit, None, starts, ends)
        case 1:
            return BlockFact(7, "guardian", provider, unit, starts=starts, ends=ends)
        case _:
            kind = rng.choice(("guardian", "guardian", "proxy", "proxy", "trustee"))
            classes = 63 if kind != "proxy" else rng.randrange(64)
            return Representation(7, kind, rng.choice((8, 8, 8, 9)), classes, starts, ends)
