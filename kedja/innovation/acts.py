"""Who may do what with a case (`acts.toml`): what stands nowhere there nobody may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kedja.innovation.roles import Role, Seen, Viewer, takes_part
from kedja.innovation.words import Words, table, words


@dataclass(frozen=True, slots=True)
class Act:
    """A rule. `seat`: whoever holds the seat that decides (`deciders`); `anywhere`: roles that need no case."""

    id: str
    verb: str
    words: Words
    anyone: bool = False
    roles: frozenset[Role] = frozenset()
    giver: bool = False
    parties: bool = False
    seat: bool = False
    anywhere: frozenset[Role] = frozenset()


@cache
def acts() -> Mapping[str, Act]:
    """Every rule by its verb."""
    return {row["verb"]: _act(row) for row in table("acts.toml")["acts"]}


def _act(row: Mapping[str, Any]) -> Act:
    anyone, giver, parties, seat = (bool(row.get(name, False)) for name in ("anyone", "giver", "parties", "seat"))
    roles, anywhere = (frozenset(Role(each) for each in row.get(name, ())) for name in ("roles", "anywhere"))
    return Act(row["id"], row["verb"], words(row), anyone, roles, giver, parties, seat, anywhere)


def may(viewer: Viewer, verb: str, case: Seen | None = None) -> bool:
    """Whether the rule of `verb` lets this viewer, with this case or, where None is given, without one.

    What a seat decides is not asked here but of `deciders`. Raises KeyError for a verb that no rule is of.
    """
    act = acts()[verb]
    if act.anyone or viewer.has(*act.anywhere):
        return True
    if case is None:
        return False
    if viewer.org and viewer.org == case.org and viewer.has(*act.roles):
        return True
    return (act.giver and case.giver == viewer.actor) or (act.parties and takes_part(viewer, case))
