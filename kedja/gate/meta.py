"""The profiles, tags and security labels in use, as far as the law lets somebody see what bears them."""

from __future__ import annotations

from typing import Any, Final

from kedja import exactjson, spec
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.outcome import refuse
from kedja.search.hashing import token_hash
from kedja.search.sql.condition import render
from kedja.store.queries import sql

_MOST: Final = 1000
_KINDS: Final = ("_profile", "_security", "_tag")


async def marks(door: Door, actor: Actor, resource_type: str, request: str, detail: str) -> dict[str, list[Any]]:
    """{"profile": [...], "security": [...], "tag": [...]}, those that there are, each once; of all types where none is named.

    Raises 422 where there are over 1,000.
    """
    types = [resource_type] if resource_type else spec.TYPES
    present = [token_hash(name, kind, "") for name in types for kind in _KINDS]
    args: list[object] = [resource_type, present, await key_of(door.store, actor), request, detail]
    text = sql("meta").replace("{condition}", render(permit(actor, "read", door.clock()), "r", args))
    rows = await door.store.pool.fetch(text, *args)
    if len(rows) > _MOST:
        raise refuse(422, "too-costly", f"over {_MOST} profiles, tags and labels are in use: ask of one type")
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(exactjson.loads(row["value"].encode()))
    return found
