"""One person's record, as far as the law permits: what a page shows, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kedja.access.actor import Actor
from kedja.gate import shield
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
    documented: datetime | None = None  # when what it documents began; where a timeline asks
    fresh: bool = False  # came or was changed since the reader's visit before this one; where a timeline asks


async def record(
    door: Door, actor: Actor, person: int, types: Sequence[str], request: str, ids: Sequence[str] | None = None
) -> list[Kept]:
    """Every current resource of these types about this person that the law lets this actor read; of `ids` alone, if given.

    The look is logged.
    """
    now = door.clock()
    condition = shield.named(actor, now)
    args: list[object] = [person, list(types), await key_of(door.store, actor), request, None if ids is None else list(ids)]
    text = sql("record").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    rows = shield.rows_shown(actor, await door.store.pool.fetch(text, *args), request, now)
    placeless = any(shield.is_shielded(row["labels"]) for row in rows) and not shield.sees_places(actor, person, now)
    return [kept(row, placeless) for row in rows]


def kept(row: shield.Row, placeless: bool) -> Kept:
    """`placeless`: without the unit and the source, which tell where the person is met."""
    unit, source = ("", "") if placeless else (row["unit"], row["source"])
    found = Kept(row["type"], row["id"], row["regime"], row["provider"], unit, source, row["body"])
    return replace(found, documented=row["doc_start"], fresh=bool(row["fresh"])) if "doc_start" in row else found
