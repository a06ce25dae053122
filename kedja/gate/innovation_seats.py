"""Who takes part and who decides: organisations, and the seats that each administrator of rules keeps for their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.innovation.deciders import Holder, seats
from kedja.outcome import refuse
from kedja.store.keys import new_id
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation. `kind`: region, municipality, unit, authority, company or patients; `tile` is its place on the map, None
    for none; `model` says what others may learn at a model municipality.
    """

    org: str
    name: str
    kind: str
    part_of: str = ""
    tile: tuple[int, int] | None = None
    model: str = ""


async def holders(door: Door, actor: Actor, request: str) -> Sequence[Mapping[str, Any]]:
    """Who holds which seat at the actor's own organisation. Raises 403 for whom that is not to keep."""
    async with passing(door, actor, "read", request) as passage:
        await passage.must("administer")
        return [dict(row) for row in await passage.conn.fetch(sql("innovation_holders"), passage.viewer.org)]


async def seat(door: Door, actor: Actor, holder: Holder, request: str) -> None:
    """Name who holds a seat at the actor's own organisation. `holder.actor` is the subject of their sign-in."""
    if holder.seat not in {each.id for each in seats()} - {"own"}:
        raise refuse(422, "value", "choose a seat of the list")
    async with passing(door, actor, "update", request, f"{holder.seat}: {holder.name}") as passage:
        await passage.must("administer")
        org = passage.viewer.org
        passage.saw(f"{org}/{holder.seat}", type="InnovationSeat")
        await passage.conn.execute(sql("innovation_seat"), org, holder.seat, holder.actor, holder.name, holder.title)


async def unseat(door: Door, actor: Actor, seat: str, holder: str, request: str) -> None:
    """Somebody holds a seat no longer: what waits for it waits for the next above."""
    async with passing(door, actor, "update", request, f"{seat}: not {holder}") as passage:
        await passage.must("administer")
        passage.saw(f"{passage.viewer.org}/{seat}", type="InnovationSeat")
        await passage.conn.execute(sql("innovation_unseat"), passage.viewer.org, seat, holder)


async def found(door: Door, installer: Actor, orgs: Sequence[Org], held: Mapping[str, Sequence[Holder]]) -> None:
    """Who takes part in this installation, and who decides where: by whom sets it up. Done again it changes what is different."""
    async with passing(door, installer, "import", new_id()) as passage:
        for org in orgs:
            x, y = org.tile or (None, None)
            await passage.conn.execute(sql("innovation_org"), org.org, org.name, org.kind, org.part_of, x, y, org.model)
            for each in held.get(org.org, ()):
                await passage.conn.execute(sql("innovation_seat"), org.org, each.seat, each.actor, each.name, each.title)
        passage.saw(*(org.org for org in orgs), type="InnovationOrg")
