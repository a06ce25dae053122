"""The values of search parameters, taken from the resources by hand, and compared the slow and obvious way."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kedja.exactjson import Number

Resource = dict[str, Any]
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Amount:
    """A number (`low` and `high` are the number) or a range; with the unit of a quantity."""

    low: Decimal
    high: Decimal
    value: Decimal
    system: str = ""
    code: str = ""
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.low == self.high


def _codings(*codings: Resource) -> list[tuple[str | None, str]]:
    return [(coding.get("system"), coding["code"]) for coding in codings]


def _refs(*values: Any) -> list[str]:
    return [value["reference"] for value in values if value and "reference" in value]


def _identifiers(values: list[Resource]) -> list[tuple[str | None, str]]:
    return [(value.get("system"), value["value"]) for value in values]


def _dates(resource: Resource, name: str) -> list[tuple[datetime, datetime]]:
    if f"{name}DateTime" in resource:
        return [span(resource[f"{name}DateTime"])]
    period = resource.get(f"{name}Period") or resource.get("period")
    if not period:
        return []
    return [(span(period["start"])[0] if "start" in period else FIRST, span(period["end"])[1] if "end" in period else LAST)]


def _amounts(*quantities: Resource) -> list[Amount]:
    found: list[Amount] = []
    for quantity in quantities:
        value = decimal(quantity["value"])
        low = Decimal("-inf") if quantity.get("comparator") == "<" else value
        high = Decimal("inf") if quantity.get("comparator") == ">" else value
        found.append(Amount(low, high, value, *(quantity.get(name, "") for name in ("system", "code", "unit"))))
    return found


def decimal(value: Any) -> Decimal:
    return Decimal(value.raw if isinstance(value, Number) else str(value))


def span(text: str) -> tuple[datetime, datetime]:
    """The instants of a date, by its length."""
    if len(text) == 4:
        return datetime(int(text), 1, 1, tzinfo=UTC), datetime(int(text) + 1, 1, 1, tzinfo=UTC)
    if len(text) == 7:
        first = datetime(int(text[:4]), int(text[5:]), 1, tzinfo=UTC)
        return first, first + timedelta(days=monthrange(first.year, first.month)[1])
    if len(text) == 10:
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return day, day + timedelta(days=1)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + timedelta(seconds=1)


def plain(text: str) -> str:
    """As string search sees it."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("'", "").replace("-", " ").split())


def _name_parts(patient: Resource) -> list[str]:
    return [part for name in patient.get("name", []) for part in [name.get("family"), *name.get("given", [])] if part]


def _members(resource: Resource, name: str) -> list[Any]:
    return [resource[name]] if name in resource else []


COMMON: dict[str, tuple[str, Callable[[Resource], list[Any]]]] = {
    "_tag": ("token", lambda r: _codings(*r.get("meta", {}).get("tag", []))),
    "_security": ("token", lambda r: _codings(*r.get("meta", {}).get("security", []))),
    "_profile": ("uri", lambda r: r.get("meta", {}).get("profile", [])),
    "_source": ("uri", lambda r: _members(r.get("meta", {}), "source")),
}
PARAMETERS: dict[str, dict[str, tuple[str, Callable[[Resource], list[Any]]]]] = {
    "Patient": {
        "family": ("string", lambda r: [n["family"] for n in r.get("name", []) if "family" in n]),
        "given": ("string", lambda r: [g for n in r.get("name", []) for g in n.get("given", [])]),
        "name": ("string", _name_parts),
        "gender": ("token", lambda r: [(None, code) for code in _members(r, "gender")]),
        "active": ("token", lambda r: [(None, str(value).lower()) for value in _members(r, "active")]),
        "birthdate": ("date", lambda r: [span(date) for date in _members(r, "birthDate")]),
        "identifier": ("token", lambda r: _identifiers(r.get("identifier", []))),
        "organization": ("reference", lambda r: _refs(r.get("managingOrganization"))),
    },
    "Observation": {
        "code": ("token", lambda r: _codings(*r["code"]["coding"])),
        "status": ("token", lambda r: [(None, r["status"])]),
        "date": ("date", lambda r: _dates(r, "effective")),
        "subject": ("reference", lambda r: _refs(r["subject"])),
        "patient": ("reference", lambda r: [ref for ref in _refs(r["subject"]) if ref.startswith("Patient/")]),
        "encounter": ("reference", lambda r: _refs(r.get("encounter"))),
        "performer": ("reference", lambda r: _refs(*r.get("performer", []))),
        "performer:identifier": (
            "token",
            lambda r: _identifiers([p["identifier"] for p in r.get("performer", []) if "identifier" in p]),
        ),
        "value-quantity": ("quantity", lambda r: _amounts(*_members(r, "valueQuantity"))),
        "value-string": ("string", lambda r: _members(r, "valueString")),
    },
    "Encounter": {
        "status": ("token", lambda r: [(None, r["status"])]),
        "class": ("token", lambda r: _codings(r["class"])),
        "date": ("date", lambda r: _dates(r, "")),
        "subject": ("reference", lambda r: _refs(r["subject"])),
        "patient": ("reference", lambda r: _refs(r["subject"])),
        "service-provider": ("reference", lambda r: _refs(r.get("serviceProvider"))),
    },
    "RiskAssessment": {
        "probability": ("number", lambda r: _amounts(*({"value": p["probabilityDecimal"]} for p in r.get("prediction", [])))),
        "subject": ("reference", lambda r: _refs(r["subject"])),
    },
    "Organization": {
        "name": ("string", lambda r: _members(r, "name")),
        "partof": ("reference", lambda r: _refs(r.get("partOf"))),
    },
    "ValueSet": {
        "url": ("uri", lambda r: _members(r, "url")),
        "status": ("token", lambda r: [(None, r["status"])]),
    },
}
TARGETS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Patient", "organization"): ("Organization",),
    ("Observation", "subject"): ("Group", "Device", "Patient", "Location"),
    ("Observation", "patient"): ("Patient",),
    ("Observation", "encounter"): ("Encounter",),
    ("Observation", "performer"): ("Practitioner", "Organization", "CareTeam", "Patient", "PractitionerRole", "RelatedPerson"),
    ("Encounter", "subject"): ("Group", "Patient"),
    ("Encounter", "patient"): ("Patient",),
    ("Encounter", "service-provider"): ("Organization",),
    ("RiskAssessment", "subject"): ("Group", "Patient"),
    ("Organization", "partof"): ("Organization",),
}


def kind_of(resource_type: str, code: str) -> str:
    return ({**PARAMETERS[resource_type], **COMMON})[code][0]


def values_of(resource: Resource, code: str) -> list[Any]:
    return ({**PARAMETERS[resource["resourceType"]], **COMMON})[code][1](resource)
