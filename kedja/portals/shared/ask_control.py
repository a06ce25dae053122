"""What the pages of a person's own decisions ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.mandate import Matter
from kedja.gate import seen
from kedja.gate.record import record
from kedja.gate.seen import Seen
from kedja.identity.systems import HSA_ID
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, text


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the directory, with its provider; both by HSA-id and name."""

    id: str
    provider: str
    name: str
    provider_name: str


async def kept(visit: Visit) -> list[Seen]:
    """What is kept about the visitor, and where."""
    return await seen.kept_about(visit.door, visit.actor, visit.id)


async def seen_by(visit: Visit, reader: Actor, consents: Sequence[Resource], *, patient: bool) -> list[Seen]:
    """What this reader would see of the visitor, with these consents and blocks made too."""
    return await seen.seen_by(visit.door, visit.actor, reader, visit.id, consents, patient=patient)


async def seen_by_proxy(visit: Visit, matters: Matter) -> list[Seen]:
    return await seen.seen_by_proxy(visit.door, visit.actor, int(matters), visit.id)


async def units(visit: Visit) -> list[Unit]:
    """Every unit of the directory, by name."""
    found = [exactjson.loads(each.body.encode()) for each in await record(visit.door, visit.actor, 0, ["Organization"], visit.id)]
    hsa = {f"Organization/{text(each, 'id')}": _hsa_id(each) for each in found}
    names = {_hsa_id(each): text(each, "name") for each in found}
    made = [(hsa.get(text(each, "partOf", "reference"), ""), _hsa_id(each)) for each in found]
    listed = [Unit(unit, provider, names[unit], names[provider]) for provider, unit in made if provider and unit]
    return sorted(listed, key=lambda unit: (unit.name.casefold(), unit.id))


def _hsa_id(organisation: Resource) -> str:
    return next((text(each, "value") for each in items(organisation, "identifier") if text(each, "system") == HSA_ID), "")
