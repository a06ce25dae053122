"""What the pages about the access log, notices and reviews ask of the gate, beside `ask`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kedja.access.duties import Duty, duty_of
from kedja.access.instants import end_instant, first_instant
from kedja.gate import extract
from kedja.outcome import refuse
from kedja.portals.shared.ask import person_record
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
