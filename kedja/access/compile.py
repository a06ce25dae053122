"""From rules to a condition on custody, for one who asks: compiled once, bound to `now` for each request.

A permit holds when its own conditions hold and no deny or mask of its channel does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from kedja.access.actor import Actor
from kedja.access.asker import Asker, Context
from kedja.access.check import ANY
from kedja.access.predicates import PREDICATES
from kedja.access.rule import Clause, Effect, Rule, Ruleset, Term
from kedja.access.rules import standard
from kedja.search.condition import EVERYTHING, NOTHING, All, AnyOf, Column, Condition, Fact, Not, Permit, Recent, Ruled, Shape

NO_CONTEXT: Final = Context()
_SOMETIME: Final = datetime(1970, 1, 1, tzinfo=UTC)  # stands for `now` in what is compiled
_STRIKES: Final = (Effect.DENY, Effect.MASK)

Bind = Callable[[datetime], Condition]


def permit(
    actor: Actor, action: str, now: datetime, *, context: Context = NO_CONTEXT, ruleset: Ruleset | None = None
) -> Condition:
    """All that the law lets this actor do: branches that each name their rule, or NOTHING.

    `action` is one of `check.ACTIONS`; `now` is aware. The condition goes inside every query (search.restrict) and
    evaluates the same in Python (access.evaluate).
    """
    law = ruleset or standard()
    return _compiled(actor, action, context, law, law.epoch(now.astimezone(UTC).date()))(now)


def condition_of(rule: Rule, asker: Asker) -> Condition:
    """When this rule's own conditions hold, whatever other rules say."""
    when = [clause_condition(clause, asker) for clause in rule.when]
    return all_of([*when, Not(Column("provider", "in", rule.not_at))] if rule.not_at else when)


def clause_condition(clause: Clause, asker: Asker) -> Condition:
    return any_of(_term(term, asker) for term in clause)


def strikes(rule: Rule, permit: Rule) -> bool:
    """Whether this is a deny or mask of that permit's channel; both are for the action in question."""
    return rule.effect in _STRIKES and (ANY in rule.channels or permit.channels[0] in rule.channels)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """`All`, without what is always true; NOTHING as soon as one never holds."""
    parts: list[Condition] = []
    for condition in conditions:
        if condition == NOTHING:
            return NOTHING
        if isinstance(condition, All):
            parts += condition.of
        else:
            parts.append(condition)
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """`AnyOf`, without what never holds; EVERYTHING as soon as one always does."""
    parts: list[Condition] = []
    for condition in conditions:
        if condition == EVERYTHING:
            return EVERYTHING
        if isinstance(condition, AnyOf):
            parts += condition.of
        else:
            parts.append(condition)
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def none_of(condition: Condition) -> Condition:
    """`Not`, resolved where it is known."""
    if condition == NOTHING:
        return EVERYTHING
    return NOTHING if condition == EVERYTHING else Not(condition)


@lru_cache(maxsize=4096)
def _compiled(actor: Actor, action: str, context: Context, law: Ruleset, epoch: int) -> Bind:
    rules = [rule for rule in law.of_epoch(epoch) if action in rule.actions]
    asker = Asker(actor, context, _SOMETIME, law)
    groups: dict[tuple[Condition, ...], list[Ruled]] = {}  # of rules that the same others strike, so that these are asked once
    for rule in rules:
        if rule.effect is Effect.PERMIT:
            struck = tuple(none_of(condition_of(other, asker)) for other in rules if strikes(other, rule))
            own = condition_of(rule, asker)
            if all_of((own, *struck)) != NOTHING:
                groups.setdefault(struck, []).append(Ruled(rule.id, own))
    branches = [_branch(ruled, struck) for struck, ruled in groups.items()]
    return bound(AnyOf(tuple(branches)))


def _branch(ruled: Sequence[Ruled], struck: Iterable[Condition]) -> Condition:
    if len(ruled) == 1:
        return Ruled(ruled[0].rule, all_of((ruled[0].of, *struck)))
    return all_of((AnyOf(tuple(ruled)), *struck))


def bound(condition: AnyOf) -> Bind:
    """A function that gives the permit whose facts are asked at a time; its shape is one object for all times."""
    if condition == NOTHING:
        return lambda now: NOTHING
    shape, branches = shape_of(condition), branches_at(condition)
    return lambda now: Permit(shape, now, branches)


def shape_of(condition: AnyOf) -> Shape:
    return Shape(condition, _SOMETIME)


def branches_at(condition: AnyOf) -> Callable[[datetime], tuple[Condition, ...]]:
    """A function that gives its branches with their facts asked at a time."""
    parts = [_binder(part) for part in condition.of]
    return lambda now: tuple([part(now) for part in parts])


def _term(term: Term, asker: Asker) -> Condition:
    condition = PREDICATES[term.predicate].build(asker)
    return none_of(condition) if term.negated else condition


def _binder(condition: Condition) -> Bind:
    """A function that gives the condition with its facts asked at `now`; parts without facts are kept as they are."""
    match condition:
        case Fact(table, _, where, ever):
            return lambda now: Fact(table, now, where, ever)
        case Recent(months):
            return lambda now: Recent(months, now)
        case Not(of) if _has_fact(of):
            inner = _binder(of)
            return lambda now: Not(inner(now))
        case Ruled(rule, of) if _has_fact(of):
            inner = _binder(of)
            return lambda now: Ruled(rule, inner(now))
        case All(of) if _has_fact(condition):
            parts = [_binder(part) for part in of]
            return lambda now: All(tuple([part(now) for part in parts]))
        case AnyOf(of) if _has_fact(condition):
            parts = [_binder(part) for part in of]
            return lambda now: AnyOf(tuple([part(now) for part in parts]))
        case _:
            return lambda now: condition


def _has_fact(condition: Condition) -> bool:
    match condition:
        case Fact() | Recent():
            return True
        case Not(of) | Ruled(_, of):
            return _has_fact(of)
        case All(of) | AnyOf(of):
            return any(_has_fact(part) for part in of)
        case _:
            return False
