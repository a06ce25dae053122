"""Worlds of `worlds` turned to the medication list, registries, biobanks, research and secondary use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, ConsentFact, FactRow, SubjectState
from tests.law.worlds import NOW, World, world

LATER: Final = datetime(2030, 7, 1, 10, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_REGIMES: Final = (Regime.NLL, Regime.NLL, Regime.BIOBANK, Regime.BIOBANK, Regime.REGISTRY, Regime.RESEARCH, Regime.HEALTH)
_WHO: Final = (
    *((Kind.PROFESSIONAL, purpose) for purpose in (Purpose.CARE, Purpose.CARE, Purpose.DISPENSING, Purpose.EDUCATION)),
    (Kind.PROFESSIONAL, Purpose.RESEARCH),
    (Kind.PROFESSIONAL, Purpose.QUALITY),
    (Kind.REGISTRY_STAFF, Purpose.STATISTICS),
    (Kind.RESEARCHER, Purpose.RESEARCH),
    (Kind.RESEARCHER, Purpose.RESEARCH),
    (Kind.CITIZEN, Purpose.OWN),
    (Kind.AUTHORITY, Purpose.PLANNING),
)
_LICENCES: Final = ((), (), ("SSK",), ("SJ",), ("DT",), ("AP",), ("LK",))
_CONSENTS: Final = ("nll", "nll", "nll-reason", "nll-emergency", "biobank-research", "biobank-research")
_BLOCKS: Final = ("nll", "biobank-care", "biobank-quality", "biobank-education", "biobank-research", "secondary-use", "registry")
_STATES: Final = ("dose-dispensing", "not-only-temporarily-unable", "attitude-clarified", "attitude-clarified")
_SAID: Final = (
    "ethics-approved",
    "consent-waived",
    "permitted-secondary-purpose",
    "prohibited-secondary-purpose",
    "secure-environment",
    "re-identifying",
)
_RARELY: Final = ("prohibited-secondary-purpose", "re-identifying")


def reuse_world(seed: int, resources: int = 1) -> World:
    """The same world for the same seed; a good part of them permit something."""
    rng = Random(seed)
    one = world(seed, resources)
    now = rng.choice((NOW, NOW, LATER))
    facts = [*one.facts[:2], *(_fact(rng, now) for _ in range(rng.randrange(6)))]
    custodies = [_custody(rng, custody, now) for custody in one.custodies]
    return replace(one, actor=_actor(rng, one.actor), custodies=custodies, facts=facts, now=now, context=_context(rng, now))


def _actor(rng: Random, actor: Actor) -> Actor:
    kind, purpose = rng.choice(_WHO)
    rights = rng.choice(((), (), ("Läsa;alla;SJF",), ("Läsa;alla;VG",), ("Läsa;alla;VE",)))
    assignment = Assignment(rng.choice(("lab", "other", "")), purpose, "P1", rng.choice(("U1", "U1", "U2")), rights)
    licences = rng.choice(_LICENCES)
    return replace(actor, kind=kind, assignment=assignment, licences=licences, prescriber=rng.random() < 0.4, hsa_id="H1")


def _custody(rng: Random, custody: Custody, now: datetime) -> Custody:
    labels = custody.labels
    for label in (Label.NARCOTIC, Label.SAMPLE_INCAPACITY, Label.RESEARCH_CONSENT):
        labels |= label if rng.random() < 0.25 else Label.NONE
    back = rng.choice((0, 100, 700, 730, 731, 2000))
    end = None if rng.random() < 0.2 else now - back * _DAY + rng.choice((-1, 0, 1)) * timedelta(hours=1)
    return replace(custody, regime=rng.choice(_REGIMES), labels=labels, start=end, end=end, source=rng.choice(("lab", "")))


def _fact(rng: Random, now: datetime) -> FactRow:
    starts = rng.choice((None, None, now - 20 * _DAY, now - 5 * _DAY, now, now + _DAY))
    ends = rng.choice((None, None, None, now, now + _DAY))
    match rng.randrange(3):
        case 0:
            employee = rng.choice((None, "H1", "H1", "H2"))
            unit = rng.choice((None, "U1", "U2"))
            provider = rng.choice(("P1", "P1", "P2"))
            return ConsentFact(7, rng.choice(_CONSENTS), provider, unit, employee, starts, ends)
        case 1:
            return BlockFact(7, rng.choice(_BLOCKS), rng.choice(("", "P1", "P2", "lab")), starts=starts, ends=ends)
        case _:
            return SubjectState(7, rng.choice(_STATES), rng.choice(("P1", "P1", "P2")), "U1", starts, ends)


def _context(rng: Random, now: datetime) -> Context:
    approved = rng.choice((None, now - 10 * _DAY, now - 10 * _DAY, now - 30 * _DAY))
    said: Sequence[str] = [name for name in _SAID if rng.random() < (0.1 if name in _RARELY else 0.8)]
    return Context(rng.random() < 0.5, rng.random() < 0.5, declared=frozenset(said), approved=approved)
