"""Stepwise disclosure: what may be told of what is held about a person, one step after the other (SVOD 2:4-5, 3:1, 3:6).

The gate counts holdings with the conditions of `conditions`, and shows nothing of them but the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kedja.access.actor import Actor
from kedja.access.asker import Asker, Context
from kedja.access.compile import NO_CONTEXT, permit
from kedja.access.custody import Custody, Regime
from kedja.access.decide import Request, decide
from kedja.access.decision import Decision, Outcome, Reason
from kedja.access.evaluate import permitting_rule
from kedja.access.rows import BlockFact, FactRow
from kedja.access.rule import Obligation, Reveal, Rule, Ruleset
from kedja.access.rules import standard
from kedja.search.condition import Condition

_INNER_LIFTS: Final = {"inner-lift": "lift-inner", "inner-lift-emergency": "lift-inner-emergency"}


@dataclass(frozen=True, slots=True)
class Holding:
    """What one unit holds about the person under one regime. Never shown as it is: only its steps are.

    `readable`, `unblocked`, `blocked`, `named`: how many of `count` meet the condition of that name from `conditions`.
    """

    person: int
    regime: Regime
    provider: str
    unit: str
    count: int
    readable: int
    unblocked: int
    blocked: int
    start: datetime | None = None
    end: datetime | None = None
    named: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be told, by which rule.

    Keys: `content` (may be read: `holdings`), `exists`, `ask-consent`, `refused` (`reasons` say what is missing),
    `certificate` (an opening for a certificate would let read or ask), `emergency` (the actor may make an opening), `producers`
    (who holds unblocked information: `providers`), `blocked` (at other providers, by the person's wish), `blockers` (which
    providers have blocked: `providers`), `inner-blocked` (at other units of the own provider), `inner-blockers` (which units:
    `holdings`), `inner-lift` and `inner-lift-emergency` (the actor may lift those blocks, with consent, or without).
    """

    key: str
    rule: Rule
    reveal: Reveal
    obligations: tuple[Obligation, ...]
    holdings: tuple[Holding, ...] = ()
    providers: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


def conditions(
    actor: Actor, now: datetime, *, context: Context = NO_CONTEXT, ruleset: Ruleset | None = None
) -> Mapping[str, Condition]:
    """The conditions by which a holding is counted: `readable`, `unblocked` (V-4), `blocked` (V-5, I-3.2), `named` (V-13)."""
    actions = {"readable": "read", "unblocked": "exists", "blocked": "blocked", "named": "blockers"}
    return {name: permit(actor, action, now, context=context, ruleset=ruleset) for name, action in actions.items()}


def disclosure(
    actor: Actor,
    summary: Sequence[Holding],
    facts: Sequence[FactRow],
    now: datetime,
    *,
    context: Context = NO_CONTEXT,
    ruleset: Ruleset | None = None,
) -> list[Step]:
    """What this actor may be told now of what is held about one person, in the order of the steps.

    `facts` are the person's; `context` is what the actor declares. Nothing that is not in a step may be shown.
    """
    told = _Telling(actor, facts, now, context, ruleset or standard())
    return [*told.contents(summary), *told.of_others(summary), *told.blocked(summary)]


@dataclass(frozen=True, slots=True)
class _Telling:
    """Answers about whole holdings: blocks are in their counts already, so they are left out of the facts here."""

    actor: Actor
    facts: Sequence[FactRow]
    now: datetime
    context: Context
    law: Ruleset

    def contents(self, summary: Iterable[Holding]) -> Iterator[Step]:
        by_rule: dict[str, list[Holding]] = {}
        for holding in summary:
            decision = self._read(holding)
            if holding.readable and decision.permitted:
                by_rule.setdefault(decision.rule_ids[0], []).append(holding)
        for id, holdings in by_rule.items():
            yield self._step("content", id, holdings=tuple(holdings))

    def of_others(self, summary: Iterable[Holding]) -> Iterator[Step]:
        read = {holding: self._read(holding) for holding in summary if holding.unblocked}
        hidden = [holding for holding, decision in read.items() if not decision.permitted]
        if not hidden:
            return
        exists = self._rule("exists", hidden[0])
        if exists is None:
            return
        yield self._step("exists", exists)
        yield self._next([read[holding] for holding in hidden])
        yield from self._openings(hidden)
        producers = [holding for holding in hidden if self._rule("producers", holding)]
        if producers:
            named = tuple(sorted({holding.provider for holding in producers}))
            yield self._step("producers", self._rule("producers", producers[0]) or "", providers=named)

    def _openings(self, hidden: Sequence[Holding]) -> Iterator[Step]:
        """What this actor may make to read more of what others hold."""
        control = self._control(hidden[0].person)
        certificate = self._permitting("establish-certificate", control, ())
        if certificate and not self.context.certificate and any(self._with_certificate(holding) for holding in hidden):
            yield self._step("certificate", certificate)
        emergency = self._permitting("establish-emergency", control, ())
        if emergency:
            yield self._step("emergency", emergency)

    def _with_certificate(self, holding: Holding) -> bool:
        """Whether an opening for a certificate, and consent where it is missing, would let this be read."""
        asked = _Telling(self.actor, self.facts, self.now, replace(self.context, certificate=True), self.law)
        before, after = self._read(holding), asked._read(holding)
        return before.outcome is not Outcome.ASK and after.outcome in (Outcome.ASK, Outcome.PERMIT)

    def blocked(self, summary: Sequence[Holding]) -> Iterator[Step]:
        yield from self._blocks("blocked", [holding for holding in summary if holding.blocked])
        named = [holding for holding in summary if holding.named]
        yield from self._blocks("blockers", named)
        inner = [holding for holding in summary if holding.blocked and self._is_inner("blocked", holding)]
        if inner:
            control = self._control(inner[0].person)
            for key, action in _INNER_LIFTS.items():
                id = self._permitting(action, control, ())
                if id:
                    yield self._step(key, id)

    def _blocks(self, action: str, holdings: Sequence[Holding]) -> Iterator[Step]:
        """One step for each rule that lets it be told: providers are named of others, units of the own provider."""
        by_rule: dict[str, list[Holding]] = {}
        for holding in holdings:
            id = self._rule(action, holding)
            if id:
                by_rule.setdefault(id, []).append(holding)
        for id, told in sorted(by_rule.items()):
            inner = id.startswith("I-")
            naming = action == "blockers"
            providers = tuple(sorted({holding.provider for holding in told})) if naming and not inner else ()
            units = tuple(told) if naming and inner else ()
            yield self._step(f"inner-{action}" if inner else action, id, providers=providers, holdings=units)

    def _is_inner(self, action: str, holding: Holding) -> bool:
        return (self._rule(action, holding) or "").startswith("I-")

    def _control(self, person: int) -> Custody:
        """Where what this actor brings about is kept."""
        return Custody(Regime.CONTROL, person, Asker(self.actor, self.context, self.now, self.law).provider)

    def _next(self, decisions: Sequence[Decision]) -> Step:
        asking = [decision for decision in decisions if decision.outcome is Outcome.ASK]
        decision = (asking or decisions)[0]
        return self._step("ask-consent" if asking else "refused", decision.rule_ids[0], reasons=decision.reasons)

    def _step(
        self,
        key: str,
        id: str,
        *,
        holdings: tuple[Holding, ...] = (),
        providers: tuple[str, ...] = (),
        reasons: tuple[Reason, ...] = (),
    ) -> Step:
        rule = self.law.by_id[id]
        return Step(key, rule, rule.reveal, rule.obligations, holdings, providers, reasons)

    def _read(self, holding: Holding) -> Decision:
        facts = [fact for fact in self.facts if not isinstance(fact, BlockFact)]
        return decide(Request(self.actor, "read", _custody(holding), facts, self.now, self.context), self.law)

    def _rule(self, action: str, holding: Holding) -> str | None:
        facts = [fact for fact in self.facts if not isinstance(fact, BlockFact)]
        if action in ("blocked", "blockers"):
            facts += [BlockFact(holding.person, kind, holding.provider) for kind in ("inner", "outer", "nll")]
        return self._permitting(action, _custody(holding), facts)

    def _permitting(self, action: str, custody: Custody, facts: Sequence[FactRow]) -> str | None:
        condition = permit(self.actor, action, self.now, context=self.context, ruleset=self.law)
        return permitting_rule(condition, custody, facts)


def _custody(holding: Holding) -> Custody:
    return Custody(holding.regime, holding.person, holding.provider, holding.unit, holding.start, holding.end)
