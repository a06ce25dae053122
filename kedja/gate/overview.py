"""What a member of staff opens of a person, bounded however much there is, with what is new since they last looked.

When somebody last looked is read from the access log itself. A mark beside it would be a second register of who looks at
whom, which could disagree with the one that the law asks for, and would be written at each look, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kedja.access.actor import Actor
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.record import Kept, kept
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

MARK: Final = "overview"  # the detail of the log row of such a look
_MOST: Final = 250  # entries of a type and law that grows for a lifetime
_MOST_WHOLE: Final = 2000  # of those that are asked for whole: a bound against what no person has
ALL: Final = 100_000


@dataclass(frozen=True, slots=True)
class Overview:
    """`since`: the look before this one, or None. `left`: how many older entries of a type were not asked for."""

    entries: Sequence[Kept]
    since: datetime | None
    left: Mapping[str, int]


async def overview(
    door: Door, actor: Actor, person: int, whole: Sequence[str], newest: Sequence[str], request: str, *, older: bool = False
) -> Overview:
    """All resources of the types `whole` and the newest of the types `newest` that the law lets this actor read. Logged.

    `older`: of `newest` all, too. A look is over when half an hour has passed without another.
    """
    now = door.clock()
    condition = shield.named(actor, now)
    bounds = (ALL, ALL) if older else (_MOST, _MOST_WHOLE)
    args: list[object] = [person, list(whole), list(newest), await key_of(door.store, actor), request, MARK, now, *bounds]
    text = (
        sql("overview").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    )
    rows = await door.store.pool.fetch(text, *args)
    page = shield.rows_shown(actor, [row for row in rows if row["part"] == "page"], request, now)
    placeless = any(shield.is_shielded(row["labels"]) for row in page) and not shield.sees_places(actor, person, now)
    return Overview(
        entries=[kept(row, placeless) for row in page],
        since=next((row["doc_start"] for row in rows if row["part"] == "since"), None),
        left={row["type"]: row["number"] for row in rows if row["part"] == "left"},
    )
