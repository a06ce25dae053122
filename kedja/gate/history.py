"""Versions through the gate: what was, as far as the law lets each version be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate import shield
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.store import history as versions
from kedja.store.history import Window

__all__ = ["Entry", "Window", "of_resource", "of_types"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One version. `body` is '' when deleted; `revived`: the version before was a deletion."""

    type: str
    id: str
    key: int
    version: int
    updated: datetime
    deleted: bool
    revived: bool
    body: str


async def of_resource(
    door: Door, actor: Actor, resource_type: str, id: str, window: Window, count: int, request: str
) -> tuple[list[Entry], int]:
    """(at most `count` versions, how many there are in the window), newest first.

    Versions of another custody only where the law permits that version. Raises 404 when none may be seen at all.
    """
    now, key = door.clock(), await key_of(door.store, actor)
    law = shield.named(actor, now)
    first, *rows = await versions.of_resource(door.store, law, resource_type, id, window, count, key, request)
    if not first["visible"]:
        raise refuse(404, "not-found", f"{resource_type}/{id} is not here, or you may not see it")
    return [_entry(row) for row in shield.rows_shown(actor, rows, request, now)], first["total"]


async def of_types(
    door: Door, actor: Actor, types: Sequence[str], window: Window, count: int, request: str, detail: str
) -> list[Entry]:
    """At most `count` versions of these types, newest first; the last of `count` only tells that there are more."""
    now, key = door.clock(), await key_of(door.store, actor)
    rows = await versions.of_types(door.store, permit(actor, "read", now), types, window, count, key, request, detail)
    return [_entry(row) for row in shield.rows_shown(actor, rows, request, now)]


def _entry(row: shield.Row) -> Entry:
    return Entry(*(row[name] for name in ("type", "id", "key", "version", "updated", "deleted", "revived", "body")))
