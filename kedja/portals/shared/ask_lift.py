"""What the pages ask of the gate about requests to lift a block: who asks, who decides, what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kedja import exactjson
from kedja.access.duties import DUTY_SYSTEM, Duty, duty_of
from kedja.gate import Change, new_id
from kedja.gate.changes import Edit
from kedja.gate.writes import write
from kedja.outcome import refuse
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import text
from kedja.search.parse import parse
from kedja.search.resolve import resolve


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the visitor's provider is to decide on, about this person."""

    person: int
    task: Resource


async def open_requests(visit: Visit) -> list[Asked]:
    """What the visitor's provider has to decide on, the oldest first."""
    wanted = (("code", f"{DUTY_SYSTEM}|{Duty.LIFT_DECISION}"), ("status", "requested"), ("_sort", "authored-on"))
    rows: Iterable[Any] = await visit.door.search(visit.actor, resolve(parse("Task", [*wanted, ("_count", "100")])), visit.id)
    return [Asked(row["person"], exactjson.loads(row["body"].encode())) for row in rows if row["mode"] == "match"]


async def request_to_decide(visit: Visit, id: str) -> Asked:
    """One of them, whether decided or not. Raises 404."""
    row = await visit.door.read(visit.actor, "Task", id, visit.id)
    task = exactjson.loads(row.body.encode())
    if duty_of(task) is not Duty.LIFT_DECISION:
        raise refuse(404, "not-found", f"Task/{id} is not here, or you may not see it")
    return Asked(row.person, task)


async def decide_request(visit: Visit, id: str, edit: Edit, lifts: Sequence[Resource]) -> None:
    """The lifts and what was decided, all or nothing. Raises OutcomeError where the law or the state does not allow it."""
    made = [Change(lift["resourceType"], new_id(), lift, fresh=True) for lift in lifts]
    await write(visit.door, visit.actor, [*made, Change("Task", id, None, edit=edit)], visit.id)


def sent(held: Iterable[Held]) -> list[tuple[Resource, Resource | None]]:
    """Requests that the own unit has sent, the newest first, each with its answer if there is one."""
    resources = [each.resource for each in held]
    answers = {text(each, "basedOn", "reference"): each for each in resources if duty_of(each) is Duty.LIFT_ANSWER}
    requests = sorted(
        (each for each in resources if duty_of(each) is Duty.LIFT_REQUEST),
        key=lambda each: text(each, "authoredOn"),
        reverse=True,
    )
    return [(each, answers.get(f"Task/{text(each, 'id')}")) for each in requests]
