"""What the pages about the access log, notices and reviews ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kedja.access.duties import FINDING_SYSTEM, Duty, duty_of
from kedja.access.instants import end_instant, first_instant
from kedja.gate import Change, extract, new_id, reconcile
from kedja.gate import reviews as gate_reviews
from kedja.gate.changes import Edit
from kedja.gate.writes import write
from kedja.outcome import refuse
from kedja.portals.shared.ask import directory, person_record
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit


async def log_extract(visit: Visit, most: int) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Rows of the log of whom the visitor asks for, newest first, and the reason of each opening by its reference.

    `from` and `until` of the address bound the days. Raises OutcomeError 400, 403.
    """
    since, until = _bound(visit, "from", first_instant), _bound(visit, "until", end_instant)
    rows: list[Mapping[str, Any]] = []
    reasons: dict[str, str] = {}
    async for row in extract.whole(visit.door, visit.actor, visit.actor.subject, visit.id, since, until, most):
        rows.append(row.entry._asdict())
        if row.reason:
            reasons |= {
                "/".join(place.split("/")[:2]): row.reason for place in row.entry.resources if place.startswith("Consent/")
            }
    return rows, reasons


async def notices(visit: Visit) -> Sequence[Resource]:
    """What the person has been told of, newest first."""
    held = await person_record(visit, visit.actor.subject, ["Communication"])
    found = [each.resource for each in held if duty_of(each.resource) is Duty.NOTICE]
    return sorted(found, key=lambda notice: str(notice.get("sent", "")), reverse=True)


def _bound(visit: Visit, name: str, read: Callable[[str], datetime]) -> datetime | None:
    text = visit.request.query_params.get(name)
    try:
        return read(text) if text else None
    except ValueError:
        raise refuse(400, "value", f"`{name}` is no date: write 2026-05-17", f"?{name}") from None


async def reviews(visit: Visit, *, closed: bool = False) -> Sequence[Resource]:
    """The review items of the visitor's provider."""
    return await gate_reviews.queue(visit.door, visit.actor, visit.id, closed=closed)


async def review_evidence(visit: Visit, id: str) -> gate_reviews.Evidence:
    return await gate_reviews.evidence(visit.door, visit.actor, id, visit.id)


async def reconciliation(visit: Visit) -> tuple[datetime, int] | None:
    """When store, log and tree were last compared, and how many gaps there were; about no person."""
    found = await reconcile.latest(visit.door)
    return (first_instant(found["at"]), int(found["number"])) if found else None


async def close_review(visit: Visit, id: str, finding: str, note: str) -> None:
    """Close a review with its finding. Raises OutcomeError where the law or its state does not allow it."""

    def edit(task: Resource) -> Resource:
        found = {"coding": [{"system": FINDING_SYSTEM, "code": finding}]}
        return {**task, "status": "completed", "businessStatus": found, "note": [*task.get("note", ()), {"text": note}]}

    await _edit(visit, id, edit)


async def names(visit: Visit) -> Mapping[str, str]:
    return await directory(visit)


async def _edit(visit: Visit, id: str, edit: Edit, *with_it: Resource) -> None:
    changes = [Change(each["resourceType"], new_id(), each, fresh=True) for each in with_it]
    await write(visit.door, visit.actor, [*changes, Change("Task", id, None, edit=edit)], visit.id)
