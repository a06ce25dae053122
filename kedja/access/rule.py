"""What a rule is made of. The files of `law/` become these records; docs/reference/law.md describes the language."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import NamedTuple


class Effect(StrEnum):
    PERMIT = "permit"  # what its reveal says may be told or written
    DENY = "deny"  # strikes every permit of its channels
    MASK = "mask"  # as deny, of one entry towards the person it is about
    ASK = "ask"  # no permit, but one can be had: the obligations say how
    OTHERWISE = "otherwise"  # why it is denied when nothing permits
    ATTACH = "attach"  # what must be done besides, whatever permits it


class Reveal(IntEnum):
    """Disclosure is stepwise (SVOD 2:4-5, 3:5-6): each step tells more than the one before."""

    NONE = 0
    EXISTS = 1
    PRODUCERS = 2
    CONTENT = 3


class Confidence(StrEnum):
    """Read in the statute itself, or our own knowledge of it: those a lawyer confirms before production."""

    STATUTE = "statute"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Obligation(StrEnum):
    """What whoever acts on the decision must do."""

    LOG = "LOG"
    ASK_CONSENT = "ASK_CONSENT"
    SHOW_BLOCK_EXISTS = "SHOW_BLOCK_EXISTS"
    SHOW_BLOCKERS = "SHOW_BLOCKERS"
    REQUEST_LIFT = "REQUEST_LIFT"
    JUSTIFY = "JUSTIFY"
    NOTIFY_PATIENT = "NOTIFY_PATIENT"
    LIMIT_TO_RELEVANT = "LIMIT_TO_RELEVANT"
    INFORM_SUBJECT = "INFORM_SUBJECT"
    EXPIRE_AT = "EXPIRE_AT"
    REVIEW_QUEUE = "REVIEW_QUEUE"
    MASK_ADDRESS = "MASK_ADDRESS"
    ALERT = "ALERT"
    COUNT_ONLY = "COUNT_ONLY"
    PSEUDONYM = "PSEUDONYM"
    MASK_REASON = "MASK_REASON"  # why it was prescribed is left out
    ONLY_THE_FACT = "ONLY_THE_FACT"  # what was prescribed and when, nothing else
    ERASE = "ERASE"


@dataclass(frozen=True, slots=True)
class Statute:
    """`number` is the SFS or EU number; `in_force` the day that the text used here began to apply."""

    id: str
    number: str
    name_sv: str
    name_en: str
    in_force: date


@dataclass(frozen=True, slots=True)
class Term:
    """A predicate of `predicates.PREDICATES` by its name, or its negation."""

    predicate: str
    negated: bool = False

    def __str__(self) -> str:
        return f"not {self.predicate}" if self.negated else self.predicate


Clause = tuple[Term, ...]  # any of these


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one statute. It holds when every clause of `when` has a term that holds.

    `needs_basis`: in force only where a deployment names the legal basis on which it permits this. `not_at`: providers whose
    records a permit does not open.
    """

    id: str
    statute: Statute
    title_sv: str
    title_en: str
    cite: str
    effect: Effect
    actions: tuple[str, ...]
    channels: tuple[str, ...]
    when: tuple[Clause, ...]
    reveal: Reveal
    obligations: tuple[Obligation, ...]
    confidence: Confidence
    switchable: bool
    since: date
    until: date | None
    needs_basis: bool = False
    not_at: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that the law leaves open; a deployment may make it narrower: `lower` or `higher`."""

    name: str
    value: int
    unit: str
    cite: str
    confidence: Confidence
    narrower: str = "lower"


class Principal(NamedTuple):
    """A region or municipality: the HSA-ids of its authorities, and the legal basis of their access to each other's records."""

    name: str
    providers: tuple[str, ...]
    basis: str


@dataclass(frozen=True, eq=False)
class Ruleset:
    """All rules and limits of an installation, checked. Compared by identity: one is loaded and kept.

    `groups` are the regions and municipalities that have several health authorities (PDL 5:4); `bases` the legal basis that a
    deployment names for each rule or limit by which it goes beyond what is shipped; `on` are the rules among them.
    """

    rules: tuple[Rule, ...]
    limits: Mapping[str, Limit]
    groups: tuple[Principal, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict[str, str])
    on: frozenset[str] = frozenset()
    by_id: Mapping[str, Rule] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {rule.id: rule for rule in self.rules})

    def sisters(self, provider: str) -> tuple[str, ...]:
        """The other authorities of the region or municipality that this provider is of."""
        others = (tuple(one for one in of if one != provider) for _, of, _ in self.groups if provider in of)
        return next(others, ())

    def as_of(self, day: date) -> Ruleset:
        """The rules in force on this day, whatever the day on which they are asked."""
        held = tuple(replace(rule, since=date.min, until=None) for rule in self.of_epoch(self.epoch(day)))
        return replace(self, rules=held)

    def is_asleep(self, rule: Rule) -> bool:
        """Whether the rule waits for a deployment to name its legal basis."""
        return rule.needs_basis and rule.id not in self.on

    @cached_property
    def _turns(self) -> tuple[date, ...]:
        """The days on which some rule begins or ceases to be in force."""
        return tuple(sorted({day for rule in self.rules for day in (rule.since, rule.until) if day is not None}))

    def epoch(self, day: date) -> int:
        """A number that is the same for days between which no rule changes."""
        return bisect_right(self._turns, day)

    def of_epoch(self, epoch: int) -> tuple[Rule, ...]:
        """The rules in force in an epoch."""
        if epoch not in self._epochs:
            awake = (rule for rule in self.rules if not self.is_asleep(rule))
            self._epochs[epoch] = tuple(rule for rule in awake if epoch and rule.in_force(self._turns[epoch - 1]))
        return self._epochs[epoch]

    @cached_property
    def _epochs(self) -> dict[int, tuple[Rule, ...]]:
        return {}
