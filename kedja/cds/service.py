"""CDS Hooks 2.0 (cds-hooks.hl7.org/2.0): what services there are, cards for a call, and feedback on a card. Pure: JSON to JSON.

`Wrong` says what a call lacks: 400 for a call that is none, 412 for data that was not prefetched (this service fetches nothing).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from kedja.cds.medicines import Finding, elderly, findings, medicines_of

HOOKS: Final[Mapping[str, str]] = {
    "medicines-view": "patient-view",
    "medicines-select": "order-select",
    "medicines-sign": "order-sign",
}
"""The hook of each service by its id."""

PREFETCH: Final[Mapping[str, str]] = {
    "patient": "Patient?_id={{context.patientId}}&_elements=birthDate",
    "requests": "MedicationRequest?patient={{context.patientId}}&status=active&_elements=status,medicationCodeableConcept",
    "statements": "MedicationStatement?patient={{context.patientId}}&status=active&_elements=status,medicationCodeableConcept",
}
_REASONS: Final = "https://kedja.example/cds/override-reason"
_MOST_SUMMARY: Final = 140  # characters, by the specification


class Wrong(Exception):
    """A call that cannot be answered: the HTTP status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def discovery() -> dict[str, Any]:
    """The answer to `GET /cds-services`."""
    told = {
        "title": "Medicines of the old, and the same substance twice",
        "description": f"{elderly().source_en}; from {elderly().least_age} years. And substances that stand more than once.",
        "prefetch": dict(PREFETCH),
    }
    return {"services": [{"hook": hook, "id": id, **told} for id, hook in HOOKS.items()]}


def call(id: str, request: Any, language: str, today: date) -> dict[str, Any]:
    """The answer to `POST /cds-services/{id}`: cards. Raises Wrong."""
    if id not in HOOKS:
        raise Wrong(404, f"there is no service `{id}`: ask /cds-services")
    if not isinstance(request, dict) or request.get("hook") != HOOKS[id]:
        raise Wrong(400, f"`hook` must be `{HOOKS[id]}`")
    _instance(request.get("hookInstance"))
    context, prefetch = request.get("context"), request.get("prefetch")
    if not isinstance(context, dict) or not isinstance(context.get("patientId"), str):
        raise Wrong(400, "`context.patientId` is missing")
    if not isinstance(prefetch, dict) or any(name not in prefetch for name in PREFETCH):
        raise Wrong(412, f"`prefetch` must have {', '.join(PREFETCH)}: this service fetches nothing itself")
    standing = [*_resources(prefetch["requests"]), *_resources(prefetch["statements"])]
    medicines = medicines_of(standing)
    if HOOKS[id] != "patient-view":
        if "draftOrders" not in context:
            raise Wrong(400, "`context.draftOrders` is missing")
        medicines += medicines_of(_resources(context["draftOrders"]), new=True)
    return {"cards": [_card(each, language) for each in findings(medicines, _born(_resources(prefetch["patient"])), today)]}


def feedback(id: str, request: Any) -> list[tuple[str, str]]:
    """What `POST /cds-services/{id}/feedback` tells: (card, outcome) of each. Raises Wrong."""
    if id not in HOOKS:
        raise Wrong(404, f"there is no service `{id}`: ask /cds-services")
    told = request.get("feedback") if isinstance(request, dict) else None
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told) or not told:
        raise Wrong(400, "`feedback` must be a list of outcomes")
    for each in told:
        _instance(each.get("card"))
        if each.get("outcome") not in ("accepted", "overridden"):
            raise Wrong(400, "`outcome` is `accepted` or `overridden`")
        if not isinstance(each.get("outcomeTimestamp"), str):
            raise Wrong(400, "`outcomeTimestamp` is missing")
    return [(each["card"], each["outcome"]) for each in told]


def _instance(value: object) -> None:
    try:
        UUID(str(value))
    except ValueError:
        raise Wrong(400, "a UUID is missing, or is none") from None


def _resources(value: object) -> list[dict[str, Any]]:
    """The resources of a prefetched value: of a searchset, a resource by itself, or null for what could not be fetched."""
    if not isinstance(value, dict):
        return []
    if value.get("resourceType") != "Bundle":
        return [value]
    entries = value.get("entry")
    found = [each.get("resource") for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    return [each for each in found if isinstance(each, dict)]


def _born(patients: list[dict[str, Any]]) -> date | None:
    """The birth date; of one that is not known to the day, the youngest that it can be."""
    for patient in patients:
        parts = str(patient.get("birthDate", "")).split("-")
        try:
            numbers = [int(part) for part in parts]
            year, month, day = [*numbers, *(12, 28)[len(numbers) - 1 :]] if len(numbers) < 3 else numbers
            return date(year, month, day)
        except ValueError:
            continue
    return None


def _card(found: Finding, language: str) -> dict[str, Any]:
    swedish = language.lower().startswith("sv")
    names = ", ".join(found.names)
    source = elderly().source_sv if swedish else elderly().source_en
    if found.kind == "elderly":
        summary = f"{names}: bör undvikas hos äldre" if swedish else f"{names}: to be avoided in the elderly"
        card: dict[str, Any] = {"indicator": "warning", "detail": found.why_sv if swedish else found.why_en}
        card["source"] = {"label": source, "url": elderly().source_url}
    else:
        summary = f"{names}: samma substans flera gånger" if swedish else f"{names}: the same substance more than once"
        words = f"ATC-kod {found.atc} står flera gånger i listan." if swedish else f"ATC code {found.atc} stands more than once."
        card = {"indicator": "warning" if found.new else "info", "detail": words, "source": {"label": "Kedja"}}
    reasons = _OVERRIDE_SV if swedish else _OVERRIDE_EN
    return {
        "uuid": str(uuid4()),
        "summary": summary if len(summary) < _MOST_SUMMARY else summary[: _MOST_SUMMARY - 1] + "…",
        **card,
        "overrideReasons": [{"code": code, "system": _REASONS, "display": words} for code, words in reasons.items()],
    }


_OVERRIDE_SV: Final = {
    "reason-known": "Det finns ett särskilt skäl",
    "planned": "Ändring är redan planerad",
    "wrong": "Uppgiften är fel",
}
_OVERRIDE_EN: Final = {
    "reason-known": "There is a particular reason",
    "planned": "A change is planned",
    "wrong": "The information is wrong",
}
