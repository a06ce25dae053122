"""What a client asks to be written, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from kedja.search.nodes import Query

Resource = dict[str, Any]
Edit = Callable[[Resource], Resource]


@dataclass(frozen=True, slots=True)
class Change:
    """One create, update, patch or delete. `resource` None: delete, or a patch when there is an `edit`.

    `fresh`: the server made the id, so nothing can stand there. `if_match` is the version that the client saw (0: any),
    `if_none` says that nothing may stand there yet. `edit` makes the new resource of the standing one and may raise
    OutcomeError. `where` says which resource instead of an id: what the search finds, as far as the actor may see; a create
    then only happens when it finds nothing, and `id` is that of the new resource. `most`: how many a delete may find.
    References to `full_url` become references to the resource.
    """

    type: str
    id: str
    resource: Resource | None
    fresh: bool = False
    if_match: int | None = None
    if_none: bool = False
    edit: Edit | None = None
    where: Query | None = None
    most: int = 1
    full_url: str = ""

    @property
    def action(self) -> Literal["create", "update", "patch", "delete"]:
        if self.edit is not None:
            return "patch"
        if self.resource is None:
            return "delete"
        return "create" if self.fresh else "update"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a change. `found`: a conditional create whose resource is there already, `nothing`: a conditional
    delete that found none. `number` is how many were deleted."""

    type: str
    id: str
    version: int
    updated: datetime
    outcome: Literal["created", "updated", "unchanged", "deleted", "found", "nothing"]
    body: str
    number: int = 1
