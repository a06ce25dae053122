"""One person's record, as far as the law permits: what a page shows, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource's text, and the columns of its custody that a reader may be told."""

    type: str
    id: str
    regime: str
    provider: str
    unit: str
    source: str
    body: str


async def record(door: Door, actor: Actor, person: int, types: Sequence[str], request: str) -> list[Kept]:
    """Every current resource of these types about this person that the law lets this actor read. The look is logged."""
    condition = permit(actor, "read", door.clock())
    args: list[object] = [person, list(types), await key_of(door.store, actor), request]
    text = sql("record").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    return [Kept(*row) for row in await door.store.pool.fetch(text, *args)]
