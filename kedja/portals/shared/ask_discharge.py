"""What the pages on discharge ask of the gate: the stays of the visitor's unit, and what is sent about one, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kedja import exactjson
from kedja.gate import Change
from kedja.gate.changes import Edit
from kedja.gate.ids import own_prefix
from kedja.gate.stays import Stay, stays
from kedja.gate.writes import write
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import person_name
from kedja.search.parse import parse
from kedja.search.resolve import resolve


async def own(visit: Visit, person: int = 0) -> list[Stay]:
    """The stays of the visitor's unit; of one person, if given."""
    return await stays(visit.door, visit.actor, visit.id, person=person)


async def one(visit: Visit, id: str) -> Stay:
    """Raises 404 for a stay that the visitor's unit neither keeps nor has been told of."""
    found = await stays(visit.door, visit.actor, visit.id, id=id)
    if not found:
        raise refuse(404, "not-found", "your unit has no such stay, and has not been told of it")
    return found[0]


async def names(visit: Visit, of: Sequence[Stay]) -> dict[int, str]:
    """The names of those whose stays these are, by person, as far as the visitor may read them."""
    ids = sorted({each.subject["reference"].removeprefix("Patient/") for each in of})
    if not ids:
        return {}
    asked = resolve(parse("Patient", [("_id", ",".join(ids)), ("_count", str(len(ids)))]))
    rows = await visit.door.search(visit.actor, asked, visit.id)
    return {row["person"]: person_name(exactjson.loads(row["body"].encode())) for row in rows if row["mode"] == "match"}


async def send(visit: Visit, key: str, messages: Sequence[Resource], stay: Stay, edit: Edit | None) -> bool:
    """Keep the messages, and the stay as it is edited, all or nothing; False for what was sent before with this key.

    The key of the form becomes the id, so that a form that is sent twice is taken once. Raises OutcomeError 412 where the
    stay was changed since it was read.
    """
    ids = [f"{own_prefix(visit.actor)}{key}.{place}" for place in range(len(messages))]
    changes = [Change(each["resourceType"], id, each, if_none=True) for id, each in zip(ids, messages)]
    if edit is not None:
        changes.append(Change("Encounter", stay.id, None, edit=edit, if_match=stay.version))
    try:
        await write(replace(visit.door, client_ids="own"), visit.actor, changes, visit.id)
    except OutcomeError as error:
        if error.status == 412 and ids and await _is_there(visit, changes[0]):
            return False
        raise
    return True


async def _is_there(visit: Visit, change: Change) -> bool:
    try:
        await visit.door.read(visit.actor, change.type, change.id, visit.id)
    except OutcomeError:
        return False
    return True
