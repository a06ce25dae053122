"""The law's decision on one resource, with its reasons: the same nodes that go into queries, evaluated in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from kedja.access.actor import Actor
from kedja.access.asker import Asker, Context
from kedja.access.compile import NO_CONTEXT, clause_condition, permit, strikes
from kedja.access.custody import Custody, Regime
from kedja.access.decision import Decision, Outcome, Reason, conclude, why, why_not
from kedja.access.evaluate import evaluate, permitting_rules
from kedja.access.predicates import PREDICATES, About
from kedja.access.redaction import PARTIAL
from kedja.access.rows import BlockFact, ConsentFact, FactRow, LiftFact, Representation
from kedja.access.rule import Clause, Effect, Reveal, Rule, Ruleset
from kedja.access.rules import standard

_TELLING: Final = ("exists", "blocked", "producers", "blockers")
_ESTABLISH: Final = {
    "wellness-share": "wellness",
    "wellness-share-quality": "wellness",
    **dict.fromkeys(("biobank-care", "biobank-quality", "biobank-education", "biobank-research"), "biobank"),
}
_ESTABLISH_BLOCK: Final = {
    "nll": "nll-block",
    "guardian": "guardian-restriction",
    **dict.fromkeys(("biobank-care", "biobank-quality", "biobank-education", "biobank-research"), "biobank-restriction"),
}
_OWN_OPENINGS: Final = {"emergency": "emergency-hours", "nll-emergency": "emergency-hours", "certificate": "certificate-hours"}
_OTHERS_OPENING: Final = Reason(
    "opening-of-another",
    "En öppning gäller bara den som själv gör den.",
    "An opening is only for the one who makes it.",
)
_TOO_LONG: Final = Reason(
    "opening-too-long",
    "Öppningen gäller för länge: ange ett tidigare slut.",
    "The opening lasts too long: end it earlier.",
)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks to do what with a resource of which custody; `facts` are those of its person. `now` is aware."""

    actor: Actor
    action: str
    custody: Custody
    facts: Sequence[FactRow]
    now: datetime
    context: Context = NO_CONTEXT
    type: str = ""  # of the resource


def decide(request: Request, ruleset: Ruleset | None = None) -> Decision:
    """Whether the law permits it, by which rules; else which rule refuses, what is missing and what may yet be told."""
    law = ruleset or standard()
    condition = permit(request.actor, request.action, request.now, context=request.context, ruleset=law)
    permitting = [law.by_id[id] for id in permitting_rules(condition, request.custody, request.facts, request.type)]
    if not permitting:
        return _refuse(request, law)
    case = _case(request, law)
    attached = [rule for rule in case.rules if rule.effect is Effect.ATTACH and case.holds(rule.when)]
    decision = conclude(Outcome.PERMIT, [*permitting, *attached])
    whole = {one for rule in permitting for one in PARTIAL if one not in rule.obligations}
    return replace(decision, obligations=tuple(one for one in decision.obligations if one not in whole))


def establish(actor: Actor, fact: FactRow, now: datetime, ruleset: Ruleset | None = None) -> Decision:
    """Whether this actor may bring this consent, opening, block, lift or mandate about.

    A care relation, and what is judged of a person, follow from the record that they are in. Staff do it for their own
    provider, the person for themselves; an opening is one's own, and short.
    """
    law = ruleset or standard()
    action = _establishing(fact)
    if action is None:
        return conclude(Outcome.PERMIT, ())
    custody = Custody(Regime.CONTROL, fact.person, getattr(fact, "provider", ""), getattr(fact, "unit", "") or "")
    decision = decide(Request(actor, action, custody, (), now), law)
    reasons = _wrong(actor, fact, now, law) if decision.permitted else []
    if reasons:
        return conclude(Outcome.DENY, [law.by_id[id] for id in decision.rule_ids], reasons, Reveal.NONE)
    return decision


def _establishing(fact: FactRow) -> str | None:
    match fact:
        case ConsentFact():
            return f"establish-{_ESTABLISH.get(fact.kind, fact.kind)}"
        case BlockFact():
            return f"establish-{_ESTABLISH_BLOCK.get(fact.kind, fact.kind)}"
        case Representation():
            return f"establish-{fact.kind}"
        case LiftFact():
            return f"lift-{fact.kind}-emergency" if fact.reason == "Emergency" else f"lift-{fact.kind}"
        case _:
            return None


def _wrong(actor: Actor, fact: FactRow, now: datetime, law: Ruleset) -> list[Reason]:
    """What is wrong with an opening or an emergency lift that a rule would permit."""
    limit = _limit(fact)
    if limit is None:
        return []
    too_long = fact.ends is None or fact.ends - now > timedelta(hours=law.limits[limit].value)
    others = isinstance(fact, ConsentFact) and fact.employee != Asker(actor, NO_CONTEXT, now, law).employee
    return [*([_OTHERS_OPENING] if others else []), *([_TOO_LONG] if too_long else [])]


def _limit(fact: FactRow) -> str | None:
    """The limit of how many hours this may last; None for what has no such limit."""
    match fact:
        case ConsentFact(kind=kind):
            return _OWN_OPENINGS.get(kind)
        case LiftFact(reason="Emergency"):
            return "emergency-hours"
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Case:
    """A request that nothing permits, with the rules for its action; each clause is evaluated once."""

    request: Request
    rules: Sequence[Rule]
    law: Ruleset
    known: dict[Clause, bool] = field(default_factory=dict[Clause, bool])

    def holds(self, clauses: Iterable[Clause]) -> bool:
        return all(self._holds(clause) for clause in clauses)

    def failing(self, rule: Rule) -> list[Clause]:
        return [clause for clause in rule.when if not self._holds(clause)]

    def _holds(self, clause: Clause) -> bool:
        if clause not in self.known:
            asked = self.request
            condition = clause_condition(clause, Asker(asked.actor, asked.context, asked.now, self.law))
            self.known[clause] = evaluate(condition, asked.custody, asked.facts, asked.type)
        return self.known[clause]


def _case(request: Request, law: Ruleset) -> _Case:
    day = request.now.astimezone(UTC).date()
    return _Case(request, [rule for rule in law.of_epoch(law.epoch(day)) if request.action in rule.actions], law)


def _refuse(request: Request, law: Ruleset) -> Decision:
    case = _case(request, law)
    told = _told(request, law)
    struck = [rule for rule in case.rules if _is_struck(rule, case)]
    if struck:
        outcome = Outcome.MASK if struck[0].effect is Effect.MASK else Outcome.DENY
        return conclude(outcome, [*struck, *told], _reasons_of(struck))
    near = _nearest(case)
    missing = [why_not(term) for rule in near for clause in case.failing(rule) for term in clause]
    asks = [rule for rule in case.rules if rule.effect is Effect.ASK and case.holds(rule.when)]
    if asks:
        return conclude(Outcome.ASK, [*asks, *told], missing)
    otherwise = [rule for rule in case.rules if rule.effect is Effect.OTHERWISE and case.holds(rule.when)]
    deciding = [rule for rule in otherwise if rule.when] or near or otherwise
    reveal = max((rule.reveal for rule in told), default=Reveal.NONE)
    return conclude(Outcome.DENY, [*deciding, *told], missing, reveal)


def _told(request: Request, law: Ruleset) -> list[Rule]:
    """The rules by which something may be told of a resource that may not be read."""
    if request.action != "read":
        return []
    told: list[Rule] = []
    for action in _TELLING:
        condition = permit(request.actor, action, request.now, context=request.context, ruleset=law)
        told += [law.by_id[id] for id in permitting_rules(condition, request.custody, request.facts, request.type)]
    return told


def _is_struck(rule: Rule, case: _Case) -> bool:
    """A deny or mask that holds, where it names who asks or some permit would at least suit the asker and the resource."""
    if rule.effect not in (Effect.DENY, Effect.MASK) or not case.holds(rule.when):
        return False
    if any(_about(clause) is About.ASKER for clause in rule.when):
        return True
    return any(
        other.effect is Effect.PERMIT
        and strikes(rule, other)
        and case.holds(clause for clause in other.when if _about(clause) is not About.FACT)
        for other in case.rules
    )


def _nearest(case: _Case) -> list[Rule]:
    """The permits that the asker could have had for a resource of this regime, with the fewest conditions missing."""
    suited = [
        rule
        for rule in case.rules
        if rule.effect is Effect.PERMIT
        and case.holds(clause for clause in rule.when if _about(clause) in (About.ASKER, About.REGIME))
    ]
    fewest = min((len(case.failing(rule)) for rule in suited), default=0)
    return [rule for rule in suited if len(case.failing(rule)) == fewest]


def _reasons_of(rules: Iterable[Rule]) -> list[Reason]:
    """What those rules turn on: facts and marks, not who asks for what kind of record."""
    terms = [term for rule in rules for clause in rule.when for term in clause]
    deciding = [term for term in terms if PREDICATES[term.predicate].about in (About.RESOURCE, About.FACT)]
    return [why(term) for term in deciding or terms]


@lru_cache(maxsize=1024)
def _about(clause: Clause) -> About:
    """What a clause turns on most: a choice between a unit and a relation turns on the relation."""
    abouts = {PREDICATES[term.predicate].about for term in clause}
    return next(about for about in (About.FACT, About.RESOURCE, About.HOLDER, About.REGIME, About.ASKER) if about in abouts)
