"""A decision that explains itself: what is permitted, by which rule, what may be told, and what must be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kedja.access.predicates import PREDICATES
from kedja.access.rule import Obligation, Reveal, Rule, Term


class Outcome(StrEnum):
    PERMIT = "PERMIT"
    ASK = "ASK"  # not yet: the obligations say what to ask for
    MASK = "MASK"  # this entry is not shown, to the person it is about
    DENY = "DENY"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition that decided. `key` is a predicate's name, `no-<name>` where its absence decided."""

    key: str
    sv: str
    en: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule_ids` are the rules that decided, or that would have been needed; `cite` the statute of the first.

    `reveal` says how much may be told, also when the answer is no.
    """

    outcome: Outcome
    rule_ids: tuple[str, ...]
    reveal: Reveal
    obligations: tuple[Obligation, ...]
    reasons: tuple[Reason, ...]
    cite: str

    @property
    def permitted(self) -> bool:
        return self.outcome is Outcome.PERMIT


def conclude(outcome: Outcome, rules: Iterable[Rule], reasons: Iterable[Reason] = (), reveal: Reveal | None = None) -> Decision:
    """The decision that these rules give together; `reveal` None: the most that one of them reveals."""
    named = tuple(rules)
    return Decision(
        outcome=outcome,
        rule_ids=tuple(rule.id for rule in named),
        reveal=max((rule.reveal for rule in named), default=Reveal.NONE) if reveal is None else reveal,
        obligations=tuple(dict.fromkeys(obligation for rule in named for obligation in rule.obligations)),
        reasons=tuple(dict.fromkeys(reasons)),
        cite=named[0].cite if named else "",
    )


def present(term: Term) -> Reason:
    """The reason that this term's predicate holds."""
    predicate = PREDICATES[term.predicate]
    return Reason(term.predicate, predicate.sv, predicate.en)


def absent(term: Term) -> Reason:
    """The reason that this term's predicate does not hold."""
    predicate = PREDICATES[term.predicate]
    return Reason(f"no-{term.predicate}", predicate.not_sv, predicate.not_en)


def why(term: Term) -> Reason:
    """The reason that this term holds."""
    return absent(term) if term.negated else present(term)


def why_not(term: Term) -> Reason:
    """The reason that this term does not hold."""
    return present(term) if term.negated else absent(term)
