"""Under which ids an update may create what is not there, so that an id that is taken tells nobody anything."""

from __future__ import annotations

from typing import Final, Literal

from kedja.access.actor import Actor, Kind
from kedja.access.custody import DIRECTORY_TYPES

Choice = Literal["own", "any", "none"]
CHOICES: Final = ("own", "any", "none")


def may_choose(choice: Choice, actor: Actor, resource_type: str, id: str) -> bool:
    """Whether this actor's update may create a resource under this id.

    `own`: where the id begins with the HSA-id of the actor's unit and a dot, which only that unit's staff can take, for types
    of the directory, which everybody sees. A provider's own system brings its ids along: any without a dot. `any`: always; then
    a refusal tells that somebody has the id. `none`: never.
    """
    brought = actor.kind is Kind.SYSTEM and "." not in id
    if choice == "own" and resource_type not in DIRECTORY_TYPES and not brought:
        return id.startswith(own_prefix(actor) or "/")  # no id has a slash
    return choice != "none"


def own_prefix(actor: Actor) -> str:
    """What ids of this actor's choice begin with: `SE2399999999-1001.`; "" for who acts for no unit."""
    return f"{actor.assignment.unit}." if actor.assignment and actor.assignment.unit else ""
