"""Small worlds, made from a seed, in which every border of the law is met: few providers, units, persons and instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, FactRow, LiftFact, SubjectState

T = TypeVar("T")

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
AFTER_EHDS = datetime(2029, 4, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANTS = (NOW - 2 * DAY, NOW - DAY, NOW, NOW + timedelta(microseconds=1), NOW + DAY)
ACTIONS = (
    *("read", "write", "log", "exists", "blocked", "producers", "blockers", "publish", "count", "search"),
    *("lift-inner", "lift-inner-emergency", "lift-outer", "lift-outer-emergency", "establish-certificate"),
)
RIGHTS = (
    ("Läsa;alla;SJF", "Skriva;alla;VE"),
    ("Läsa;alla;VG",),
    ("Läsa;alla;VE", "Skriva;alla;VG"),
    ("Läsa;lak;SJF",),
    ("Skriva;alla;VE",),
)
REGIMES = tuple(regime for regime in Regime if regime not in (Regime.NLL, Regime.RESEARCH))
CONSENTS = ("svod", "svod", "emergency", "certificate", "wellness-share", "wellness-share-quality")
STATES = ("not-only-temporarily-unable", "attitude-clarified", "assessed-mature", "not-informed-svod", "temporarily-unable")
BIRTHS = tuple(datetime(*day, tzinfo=UTC) for day in ((2019, 5, 1), (2008, 3, 15), (2008, 3, 16), (1950, 2, 28), (2016, 2, 29)))
TERMS = ("union-membership", "born-abroad", "one-person")

SEEDS = st.integers(0, 2**48)


@dataclass(frozen=True)
class World:
    """One actor who asks, some resources, the facts about their persons."""

    actor: Actor
    action: str
    custodies: Sequence[Custody]
    facts: Sequence[FactRow]
    now: datetime
    context: Context


def world(seed: int, resources: int = 1) -> World:
    """The same world for the same seed; about a third of them permit something."""
    rng = Random(seed)
    actor, action = _actor(rng), _mostly(rng, "read", ACTIONS, 0.3)
    custodies, facts = [_custody(rng) for _ in range(resources)], _facts(rng)
    if rng.random() < 0.5:
        actor, custodies, facts = _suited(rng, action, actor, custodies, facts)
    return World(actor, action, custodies, facts, _mostly(rng, NOW, (AFTER_EHDS,), 0.9), _context(rng))


def _suited(
    rng: Random, action: str, actor: Actor, custodies: list[Custody], facts: list[FactRow]
) -> tuple[Actor, list[Custody], list[FactRow]]:
    """More often what the action is about: the person's control, a block, a count."""
    if action.startswith(("lift", "establish")):
        custodies = [replace(custody, regime=Regime.CONTROL) for custody in custodies]
    if action in ("blocked", "blockers"):
        actor = replace(actor, kind=Kind.PROFESSIONAL)
        custodies = [replace(custody, regime=Regime.HEALTH, person=7, unit="U2") for custody in custodies]
        facts = [*facts, BlockFact(7, "inner", "P1"), BlockFact(7, "outer", "P2")]
    if action == "count" and actor.assignment:
        actor = replace(actor, assignment=replace(actor.assignment, purpose=Purpose.COUNT))
    return actor, custodies, facts


def _context(rng: Random) -> Context:
    terms = frozenset(term for term in TERMS if rng.random() < 0.2)
    declared = frozenset({"indispensable"} if rng.random() < 0.3 else ())
    certificate = rng.random() < 0.3
    return Context(rng.random() < 0.5, rng.random() < 0.7, certificate, terms=terms, declared=declared)


def _mostly(rng: Random, usual: T, others: Sequence[T], share: float) -> T:
    return usual if rng.random() < share else rng.choice(others)


def _actor(rng: Random) -> Actor:
    kind = _mostly(rng, Kind.PROFESSIONAL, (Kind.CITIZEN, Kind.CITIZEN, Kind.CARE_WORKER, Kind.SYSTEM, *Kind), 0.5)
    person = _mostly(rng, 7, (0, 8), 0.8)
    return Actor("somebody", kind, person=person, hsa_id=_mostly(rng, "H1", ("", "H2"), 0.9), assignment=_assignment(rng))


def _assignment(rng: Random) -> Assignment | None:
    if rng.random() < 0.05:
        return None
    return Assignment(
        id=_mostly(rng, "", ("lab",), 0.7),
        purpose=_mostly(rng, Purpose.CARE, (Purpose.QUALITY, Purpose.QUALITY, *Purpose), 0.6),
        provider=_mostly(rng, "P1", ("P2", ""), 0.9),
        unit=_mostly(rng, "U1", ("U2", ""), 0.9),
        rights=_mostly(rng, (), RIGHTS, 0.6),
    )


def _custody(rng: Random) -> Custody:
    start, end = _perhaps(rng, INSTANTS), _perhaps(rng, INSTANTS)
    if start is not None and end is not None and start > end:
        start, end = end, start
    labels = Label(rng.randrange(128)) if rng.random() < 0.3 else Label.NONE
    return Custody(
        regime=_mostly(rng, Regime.HEALTH, REGIMES, 0.4),
        person=_mostly(rng, 7, (0, 8), 0.9),
        provider=_mostly(rng, "P1", ("P2", "P2", "P2", ""), 0.5),
        unit=_mostly(rng, "U1", ("U2", "U2", ""), 0.4),
        start=start,
        end=end,
        labels=labels,
        source=rng.choice(("", "lab")),
    )


def _facts(rng: Random) -> list[FactRow]:
    return [_fact(rng) for _ in range(rng.randrange(14))]


def _fact(rng: Random) -> FactRow:
    person = _mostly(rng, 7, (8,), 0.9)
    provider = _mostly(rng, "P1", ("P2",), 0.7)
    starts = _perhaps(rng, INSTANTS) if rng.random() < 0.3 else None
    ends = _perhaps(rng, INSTANTS) if rng.random() < 0.3 else None
    unit = _mostly(rng, "U1", ("U2", None), 0.5)
    match rng.randrange(13):
        case 8:
            return LiftFact(
                person, rng.choice(("inner", "outer")), rng.choice(("P1", "P2")), unit, *_reader(rng), "", starts, ends
            )
        case 10 | 11:
            return SubjectState(person, rng.choice(STATES), provider, unit or "", starts, ends)
        case 12:
            return SubjectState(person, "born", starts=rng.choice(BIRTHS))
        case 0 | 1:
            return CareRelation(person, provider, unit or "", starts, ends)
        case 2 | 3 | 4:
            employee = _mostly(rng, None, ("H1", "H1", "H2"), 0.4)
            return ConsentFact(person, rng.choice(CONSENTS), provider, unit, employee, starts, ends)
        case 5 | 6 | 9:
            excluded = _mostly(rng, Label.NONE, (Label.ALERT, Label.ORDINATION | Label.ALERT), 0.6)
            span = (_perhaps(rng, INSTANTS), _perhaps(rng, INSTANTS)) if rng.random() < 0.5 else (None, None)
            kind = rng.choice(("inner", "outer"))
            return BlockFact(person, kind, rng.choice(("P1", "P2")), unit, *span, excluded, starts, ends)
        case _:
            return BlockFact(person, "registry", rng.choice(("", "lab", "other")), starts=starts, ends=ends)


def _reader(rng: Random) -> tuple[str, str | None, str | None]:
    return _mostly(rng, "P1", ("P2",), 0.8), _mostly(rng, None, ("U1", "U2"), 0.6), _mostly(rng, None, ("H1", "H2"), 0.7)


def _perhaps(rng: Random, instants: Sequence[datetime]) -> datetime | None:
    return rng.choice(instants) if rng.random() < 0.6 else None
