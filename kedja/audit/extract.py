"""A log extract as data: FHIR AuditEvents in a Bundle, or plain JSON with the fields of a Swedish log extract (spec L-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, Final, NamedTuple

from kedja.access.rules import standard
from kedja.audit.event import Entry, audit_event

Json = dict[str, Any]

ACTIVITIES: Final[Mapping[str, str]] = {
    "create": "Skriva",
    "update": "Skriva",
    "patch": "Skriva",
    "import": "Skriva",
    "write": "Skriva",
    "delete": "Radera",
    "export": "Utskrift",
    "open": "Nödöppning",
}
"""Our actions as the kinds of activity of a Swedish log; every other one is `Läsa`."""

PURPOSES: Final[Mapping[str, str]] = {
    "care": "Vård och behandling",
    "quality": "Kvalitetssäkring",
    "statutory": "Annan dokumentation enligt lag",
    "statistics": "Statistik",
    "administration": "Administration",
    "planning": "Administration",
}
"""Purposes as in a Swedish log; one that has no word there stands as it is."""


class Row(NamedTuple):
    """A row of the log, (provider, unit) that hold what was touched by its reference, and the reason of an opening."""

    entry: Entry
    held: Mapping[str, tuple[str, str]]
    reason: str


def bundle(rows: Sequence[Row], base: str, next_page: str = "") -> Json:
    """A searchset of AuditEvents, newest first."""
    entries = [
        {"fullUrl": f"{base}/AuditEvent/log-{row.entry.seq}", "resource": _event(row), "search": {"mode": "match"}}
        for row in rows
    ]
    found: Json = {"resourceType": "Bundle", "type": "searchset"}
    if next_page:
        found["link"] = [{"relation": "next", "url": next_page}]
    return found | ({"entry": entries} if entries else {})


def plain(rows: Iterable[Row]) -> list[Json]:
    """Each row with who, when, what, why and on which authority; a denied attempt has `permitted` false."""
    return [_plain(row) for row in rows]


def _event(row: Row) -> Json:
    event = audit_event(row.entry)
    if row.reason:
        event["purposeOfEvent"] = [{"text": row.reason}]
    return event


def _plain(row: Row) -> Json:
    entry = row.entry
    return {
        "logId": str(entry.seq),
        "system": "Kedja",
        "activityType": ACTIVITIES["open"] if row.reason else ACTIVITIES.get(entry.action, "Läsa"),
        "action": entry.action,
        "startDate": entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "permitted": entry.decision == "permit",
        "purpose": PURPOSES.get(entry.purpose, entry.purpose),
        "reason": row.reason or None,
        "user": {
            "id": entry.actor,
            "name": entry.name or None,
            "title": entry.title or None,
            "kind": entry.kind,
            "provider": _named(entry.provider, entry.provider_name),
            "unit": _named(entry.unit, entry.unit_name),
        },
        "resources": [_resource(place, row.held) for place in entry.resources],
        "authority": [_rule(id) for id in entry.rules],
        "request": entry.request or None,
    }


def _resource(place: str, held: Mapping[str, tuple[str, str]]) -> Json:
    reference = "/".join(place.split("/")[:2])
    provider, unit = held.get(reference, ("", ""))
    return {"type": place.split("/")[0], "reference": place, "provider": provider or None, "unit": unit or None}


def _rule(id: str) -> Json:
    rule = standard().by_id.get(id)
    if rule is None:
        return {"rule": id}
    return {"rule": id, "title": rule.title_sv, "titleEnglish": rule.title_en, "citation": rule.cite}


def _named(id: str, name: str) -> Json | None:
    return {"hsaId": id, "name": name or None} if id else None
