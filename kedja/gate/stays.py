"""Stays in inpatient care, as one unit sees them: its own, and what it has been told of others' (lag 2017:612)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.discharge.messages import MESSAGE_SYSTEM, Message
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.search.hashing import reference_hash, token_hash
from kedja.search.sql.condition import render, render_rule
from kedja.store.queries import sql

Resource = dict[str, Any]
_MOST: Final = 500  # stays, and messages, at a time
_ENDED: Final = timedelta(days=14)  # for so long after its end a stay is still looked at
MESSAGES: Final = timedelta(days=180)
"""For so long messages about a stay that another unit keeps are looked at."""
_CLASS: Final = token_hash("Encounter", "class", "http://terminology.hl7.org/CodeSystem/v3-ActCode|IMP")
STANDING: Final = (_CLASS, token_hash("Encounter", "status", "in-progress"))
"""Tokens of a stay that goes on."""
_OVER: Final = (_CLASS, token_hash("Encounter", "status", "finished"))
CODES: Final = tuple(token_hash("Communication", "category", f"{MESSAGE_SYSTEM}|{message}") for message in Message)
"""Tokens of the messages of the statute."""


@dataclass(frozen=True, slots=True)
class Stay:
    """`encounter` None: another unit keeps it. `version` is the Encounter's; `messages` the own unit's, the oldest first."""

    id: str
    person: int
    encounter: Resource | None = None
    version: int = 0
    messages: list[Resource] = field(default_factory=list[Resource])

    @property
    def subject(self) -> Resource:
        """The reference to the Patient, as it stands in the stay or in what was told of it."""
        return (self.encounter or self.messages[0])["subject"]


async def stays(door: Door, actor: Actor, request: str, *, id: str = "", person: int = 0) -> list[Stay]:
    """The stays of the actor's unit: all, those of one person, or the one with this id; the look is logged.

    All: without those of people with protected identity, which are found by the person alone.
    """
    assignment = actor.assignment
    if assignment is None:
        return []
    now = door.clock()
    condition = shield.named(actor, now)
    tokens = [list(STANDING), list(_OVER), list(CODES)]
    about = reference_hash("Communication", "encounter", f"Encounter/{id}")
    args: list[object] = [assignment.provider, assignment.unit, *tokens, now - _ENDED, now - MESSAGES, person, about]
    args += [id, _MOST, await key_of(door.store, actor), request]
    text = sql("stays").replace("{condition}", render(condition, "r", args)).replace("{rule}", render_rule(condition, "r", args))
    return list(gathered(shield.rows_shown(actor, await door.store.pool.fetch(text, *args), request, now)))


def gathered(rows: Sequence[shield.Row]) -> Iterator[Stay]:
    """The stays of one unit's Encounters and messages: rows with `type`, `id`, `version`, `person` and `body`."""
    found: dict[str, Stay] = {}
    messages: list[tuple[int, Resource]] = []
    for row in rows:
        resource = exactjson.loads(row["body"].encode())
        if row["type"] == "Encounter":
            found[row["id"]] = Stay(row["id"], row["person"], resource, row["version"])
        else:
            messages.append((row["person"], resource))
    for person, message in messages:
        stay = message["encounter"]["reference"].removeprefix("Encounter/")
        found.setdefault(stay, Stay(stay, person)).messages.append(message)
    yield from found.values()
