"""What the pages about medicines that are asked for again ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kedja import exactjson
from kedja.care import renewal
from kedja.gate import Change, new_id, renewals
from kedja.gate.writes import write
from kedja.identity.systems import HSA_ID
from kedja.outcome import refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import text
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_MOST = 200


async def ask_again(visit: Visit, order: str, words: str) -> str:
    return await renewals.ask(visit.door, visit.actor, order, words, visit.id)


async def waiting(visit: Visit) -> list[tuple[int, Resource]]:
    """What the visitor's own unit has not answered, the oldest first: whose it is, and the proposal."""
    here = visit.actor.assignment
    unit = ("_tag", f"{HSA_ID}|{here.unit if here else ''}")
    wanted = [("intent", renewal.PROPOSAL), ("status", "active"), unit, ("_sort", "authoredon"), ("_count", str(_MOST))]
    rows: Any = await visit.door.search(visit.actor, resolve(parse("MedicationRequest", wanted)), visit.id)
    return [(row["person"], exactjson.loads(row["body"].encode())) for row in rows if row["mode"] == "match"]


async def one(visit: Visit, id: str) -> tuple[int, Resource]:
    """A proposal, whether answered or not. Raises 404."""
    row = await visit.door.read(visit.actor, "MedicationRequest", id, visit.id)
    found = exactjson.loads(row.body.encode())
    if not renewal.is_proposal(found):
        raise refuse(404, "not-found", f"MedicationRequest/{id} is not here, or you may not see it")
    return row.person, found


async def approve(visit: Visit, asked: Resource, requester: Resource) -> None:
    """The new order, and that the one before it and the proposal are done: all or nothing. Raises 409 if it is answered."""
    row = await visit.door.read(visit.actor, "MedicationRequest", renewal.prior(asked), visit.id)
    before = exactjson.loads(row.body.encode())
    made = renewal.renewed(asked, before, requester, visit.door.clock())
    changes = [
        Change("MedicationRequest", new_id(), made, fresh=True),
        Change("MedicationRequest", text(before, "id"), None, edit=lambda order: {**order, "status": "completed"}),
        Change("MedicationRequest", text(asked, "id"), None, edit=_unanswered(renewal.accepted)),
    ]
    await write(visit.door, visit.actor, changes, visit.id)


async def refuse_with(visit: Visit, asked: Resource, why: str) -> None:
    """Raises 409 if it is answered already."""
    edit = _unanswered(lambda standing: renewal.refused(standing, why))
    await write(visit.door, visit.actor, [Change("MedicationRequest", text(asked, "id"), None, edit=edit)], visit.id)


def _unanswered(change: Callable[[Resource], Resource]) -> Callable[[Resource], Resource]:
    def edit(standing: Resource) -> Resource:
        if standing.get("status") != "active":
            raise refuse(409, "conflict", "somebody has answered this already")
        return change(standing)

    return edit
