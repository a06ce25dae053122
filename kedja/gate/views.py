"""Questions that join the domains: views with the law inside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.shield import whole
from kedja.store.views import Field, View
from kedja.store.views import answer as run

__all__ = ["Field", "View", "answer"]


async def answer(door: Door, actor: Actor, views: Sequence[View], sql: str, name: str, request: str) -> list[dict[str, Any]]:
    """Rows of `sql` over what the law lets this actor see of the views; every person in the answer gets a log row."""
    condition = whole(permit(actor, "read", door.clock()))
    return await run(door.store, condition, views, sql, name, await key_of(door.store, actor), request)
