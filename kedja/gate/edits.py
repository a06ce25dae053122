"""Changes that are made of what stands there: read under the lock that the write holds, so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from asyncpg import Connection

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.masking import mask
from kedja.access.unmasking import restored
from kedja.gate.changes import Change, Edit, Resource
from kedja.gate.conditional import Settled
from kedja.gate.deciding import Existing
from kedja.gate.door import Door
from kedja.gate.refusals import Missing, Refusals
from kedja.gate.shield import is_shielded, named, sees_places
from kedja.outcome import OutcomeError, refuse
from kedja.store.edits import readable


def needs_standing(change: Change, existing: Existing) -> bool:
    """Whether the new resource is made of what stands there: by an edit, or because not all of that was shown to the client."""
    row = existing.get((change.type, change.id))
    return change.edit is not None or (change.resource is not None and row is not None and is_shielded(row["labels"]))


async def edited(conn: Connection, door: Door, actor: Actor, settled: Sequence[Settled], existing: Existing) -> list[Settled]:
    """The changes with the resources that their edits make, and with what is masked of what stands there put back.

    Raises Refusals; what the actor may not read is not there.
    """
    now = door.clock()
    wanted = [one.change for one in settled if needs_standing(one.change, existing)]
    bodies = await readable(conn, named(actor, now), [(change.type, change.id) for change in wanted])
    masked = {place: is_shielded(row["labels"]) and not sees_places(actor, row["person"], now) for place, row in existing.items()}
    found: list[Settled] = []
    refusals: list[tuple[int, OutcomeError]] = []
    for one in settled:
        place = (one.change.type, one.change.id)
        try:
            found.append(replace(one, change=_edited(one.change, bodies.get(place), masked.get(place, False))))
        except OutcomeError as error:
            refusals.append((one.place, error))
    if refusals:
        raise Refusals(refusals)
    return found


def _edited(change: Change, body: str | None, masked: bool) -> Change:
    edit, given = change.edit, change.resource
    if body is None:
        if edit is not None:
            raise Missing(change)
        return change
    standing = exactjson.loads(body.encode())
    if edit is not None:
        given = _applied(edit, mask(standing) if masked else standing)
    if given is None:
        return change
    return replace(change, edit=None, resource=restored(given, standing) if masked else given)


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
