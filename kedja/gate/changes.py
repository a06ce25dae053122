"""What a client asks to be written, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One create, update or delete. `resource` None: delete. `fresh`: the server made the id, so nothing can stand there.

    `if_match` is the version that the client saw (If-Match), or None.
    """

    type: str
    id: str
    resource: Resource | None
    fresh: bool = False
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    type: str
    id: str
    version: int
    updated: datetime
    outcome: Literal["created", "updated", "unchanged", "deleted"]
    body: str
