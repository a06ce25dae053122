"""Branches of a condition with what several of them ask said once: no fact is looked up twice for a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kedja.search.condition import EVERYTHING, All, AnyOf, Condition, Ruled

Parts = tuple[Condition, ...]


def factored(of: Sequence[Condition]) -> Condition:
    """A condition that holds when one of these does; which of them holds, it does not say."""
    return _either([_parts(branch) for branch in of])


def _parts(branch: Condition) -> Parts:
    match branch:
        case Ruled(_, of):
            return _parts(of)
        case All(of):
            return of
        case _:
            return (branch,)


def _either(branches: Sequence[Parts]) -> Condition:
    """What most branches ask is asked before the rest of them; of equals the first, since what is cheap stands first."""
    if not all(branches):
        return EVERYTHING
    shared = Counter(part for branch in branches for part in dict.fromkeys(branch))
    most = max(shared.values(), default=0)
    if most < 2:
        return _one(AnyOf, [_one(All, branch) for branch in branches])
    part = next(part for branch in branches for part in branch if shared[part] == most)
    with_it = [tuple(other for other in branch if other != part) for branch in branches if part in branch]
    without = [branch for branch in branches if part not in branch]
    first = All((part, _either(with_it)))
    return AnyOf((first, _either(without))) if without else first


def _one(join: type[All] | type[AnyOf], of: Sequence[Condition]) -> Condition:
    return of[0] if len(of) == 1 else join(tuple(of))
