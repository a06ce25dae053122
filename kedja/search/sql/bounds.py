"""What custody alone says of a condition that asks facts too: when it surely holds, and when it may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kedja.search.condition import EVERYTHING, NOTHING, All, AnyOf, Condition, Fact, Not, Ruled

Bounds = tuple[Condition, Condition]


def bounds(condition: Condition) -> Bounds:
    """(where it holds whatever the facts are, where it can hold by some): neither asks a fact."""
    match condition:
        case Fact():
            return NOTHING, EVERYTHING
        case Not(of):
            surely, maybe = bounds(of)
            return _not(maybe), _not(surely)
        case All(of):
            both = [bounds(part) for part in of]
            return _all(one for one, _ in both), _all(other for _, other in both)
        case AnyOf(of):
            both = [bounds(part) for part in of]
            return _any(one for one, _ in both), _any(other for _, other in both)
        case Ruled(_, of):
            return bounds(of)
        case _:
            return condition, condition


def facts_in(condition: Condition) -> Iterator[Fact]:
    """Every fact that it asks, as often as it does."""
    match condition:
        case Fact():
            yield condition
        case Not(of) | Ruled(_, of):
            yield from facts_in(of)
        case All(of) | AnyOf(of):
            for part in of:
                yield from facts_in(part)
        case _:
            return


def branches(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """(rule, when it permits) in order; what tells no rule, or not which of several, is left out."""
    match condition:
        case Ruled(rule, of):
            yield rule, of
        case AnyOf(of):
            for part in of:
                yield from branches(part)
        case All(of):
            told = [part for part in of if _tells(part)]
            if len(told) == 1:
                others = [other for other in of if other is not told[0]]
                yield from ((rule, _all([*others, when])) for rule, when in branches(told[0]))
        case _:
            return


def names_all(condition: Condition) -> bool:
    """Whether a rule of `branches` holds wherever the condition does."""
    match condition:
        case Ruled():
            return True
        case AnyOf(of):
            return all(names_all(part) for part in of)
        case All(of):
            return sum(map(_tells, of)) == 1 and any(names_all(part) for part in of)
        case _:
            return False


def _tells(condition: Condition) -> bool:
    """Whether a rule stands in it."""
    match condition:
        case Ruled():
            return True
        case All(of) | AnyOf(of):
            return any(_tells(part) for part in of)
        case _:
            return False


def _all(conditions: Iterable[Condition]) -> Condition:
    parts = list(dict.fromkeys(part for part in conditions if part != EVERYTHING))
    return NOTHING if NOTHING in parts else parts[0] if len(parts) == 1 else All(tuple(parts))


def _any(conditions: Iterable[Condition]) -> Condition:
    parts = list(dict.fromkeys(part for part in conditions if part != NOTHING))
    return EVERYTHING if EVERYTHING in parts else parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _not(condition: Condition) -> Condition:
    if condition == NOTHING:
        return EVERYTHING
    return NOTHING if condition == EVERYTHING else Not(condition)
