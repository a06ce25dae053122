"""What the pages on joint plans ask of the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kedja import exactjson
from kedja.discharge.plan import is_joint, key_of
from kedja.gate import Change
from kedja.gate.ids import own_prefix
from kedja.gate.joint_plan import amend
from kedja.gate.writes import write
from kedja.outcome import OutcomeError, refuse
from kedja.portals.shared import ask
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy of a plan, at a version, and whose it is."""

    id: str
    version: int
    person: int
    resource: Resource


async def plan(visit: Visit, id: str, version: int = 0) -> Kept:
    """A joint plan as it stands, or at an earlier version. Raises 404 for one that the visitor may not see."""
    door = visit.door
    if version:
        row = await door.vread(visit.actor, "CarePlan", id, version, visit.id)
    else:
        row = await door.read(visit.actor, "CarePlan", id, visit.id)
    resource = exactjson.loads(row.body.encode())
    if not is_joint(resource):
        raise refuse(404, "not-found", f"CarePlan/{id} is no joint plan")
    return Kept(id, row.version, row.person, resource)


async def plans(visit: Visit, person: int) -> list[Kept]:
    """A person's joint plans as far as the visitor may see them, each once, the newest first."""
    found: dict[str, Kept] = {}
    for each in await ask.person_record(visit, person, ["CarePlan"]):
        if is_joint(each.resource):
            id, version = each.resource["id"], int(each.resource["meta"]["versionId"])
            kept = found.get(key_of(each.resource))
            if kept is None or id < kept.id:
                found[key_of(each.resource)] = Kept(id, version, person, each.resource)
    return sorted(found.values(), key=lambda each: each.resource.get("created", ""), reverse=True)


async def begin(visit: Visit, key: str, plan: Resource, consent: Resource) -> str:
    """Keep the plan, a copy for each unit that takes part, and the consent, all or nothing; the plan's id. Once for each key."""
    id = f"{own_prefix(visit.actor)}{key}"
    changes = [
        Change("Consent", f"{id}.c", consent, if_none=True),
        Change("CarePlan", id, {**plan, "supportingInfo": [{"reference": f"Consent/{id}.c"}]}, if_none=True),
    ]
    try:
        await write(replace(visit.door, client_ids="own"), visit.actor, changes, visit.id)
    except OutcomeError as error:
        if error.status != 412:
            raise
    return id


async def change(visit: Visit, id: str, seen: int, edit: Callable[[Resource], Resource]) -> None:
    """As `gate.joint_plan.amend`."""
    await amend(visit.door, visit.actor, id, seen, edit, visit.id)
