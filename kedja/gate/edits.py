"""Changes that are made of what stands there: read under the lock that the write holds, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from asyncpg import Connection

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.compile import permit
from kedja.gate.changes import Change, Edit, Resource
from kedja.gate.conditional import Settled
from kedja.gate.door import Door
from kedja.gate.refusals import Missing, Refusals
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import readable


async def edited(conn: Connection, door: Door, actor: Actor, settled: Sequence[Settled]) -> list[Settled]:
    """The changes with the resources that their edits make. Raises Refusals; what the actor may not read is not there."""
    pairs = [(one.change.type, one.change.id) for one in settled if one.change.edit]
    bodies = await readable(conn, permit(actor, "read", door.clock()), pairs)
    found: list[Settled] = []
    refusals: list[tuple[int, OutcomeError]] = []
    for one in settled:
        try:
            found.append(replace(one, change=_edited(one.change, bodies)))
        except OutcomeError as error:
            refusals.append((one.place, error))
    if refusals:
        raise Refusals(refusals)
    return found


def _edited(change: Change, bodies: Mapping[tuple[str, str], str]) -> Change:
    if (edit := change.edit) is None:
        return change
    body = bodies.get((change.type, change.id))
    if body is None:
        raise Missing(change)
    return replace(change, edit=None, resource=_applied(edit, exactjson.loads(body.encode())))


def _applied(edit: Edit, before: Resource) -> Resource:
    """What the server gives stays as it is: the id, and of meta the version and its time (FHIR R4 3.1.0.5)."""
    after = edit(before)
    for name in ("resourceType", "id"):
        if after.get(name) != before[name]:
            raise refuse(422, "business-rule", f"`{name}` cannot be patched", f"{before['resourceType']}.{name}")
    own, given = before["meta"], after.get("meta", {})
    for name in ("versionId", "lastUpdated"):
        if given.get(name, own[name]) != own[name]:
            raise refuse(422, "business-rule", f"`meta.{name}` cannot be patched", f"{before['resourceType']}.meta.{name}")
    return after
