"""A row of the access log as an AuditEvent, and as the bytes of a leaf (FHIR R4 AuditEvent; IHE BALP, basic audit patterns)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from kedja import exactjson

AuditEvent = dict[str, Any]

_OWN: Final = "https://kedja.example/fhir"
_RESTFUL: Final = "http://hl7.org/fhir/restful-interaction"
_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ENTITY: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_BALP_ENTITY: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
_HSA: Final = "urn:oid:1.2.752.29.4.19"

# Our action -> (code of FHIR's restful interactions or "", the AuditEvent's action: Create, Read, Update, Delete, Execute).
_ACTIONS: Final = {
    "create": ("create", "C"),
    "update": ("update", "U"),
    "patch": ("patch", "U"),
    "delete": ("delete", "D"),
    "import": ("create", "C"),
    "read": ("read", "R"),
    "vread": ("vread", "R"),
    "history": ("history-instance", "R"),
    "search": ("search-type", "E"),
}
_OUTCOMES: Final = {"permit": ("0", ""), "deny": ("4", "not permitted"), "not-found": ("4", "not found, or not to be seen")}


class Entry(NamedTuple):
    """One row of the access log with who acted, in the order that the store gives them."""

    seq: int
    at: datetime
    person: int  # 0: nobody's
    action: str
    decision: str
    rules: list[str]
    resources: list[str]  # Type/id[/_history/version]
    request: str
    detail: str
    actor: str
    kind: str
    name: str
    title: str
    purpose: str
    provider: str
    provider_name: str
    unit: str
    unit_name: str


def audit_event(entry: Entry) -> AuditEvent:
    """The AuditEvent of a row. All that the row holds is in it, so that nothing of it can change unseen."""
    interaction, action = _ACTIONS.get(entry.action, ("", "E"))
    outcome, told = _OUTCOMES[entry.decision]
    event: AuditEvent = {
        "resourceType": "AuditEvent",
        "id": f"log-{entry.seq}",
        "type": _coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"),
        "subtype": [_coding(_RESTFUL, interaction)] if interaction else [],
        "action": action,
        "recorded": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "outcome": outcome,
        "agent": [_agent(entry)],
        "source": {"observer": {"display": "Kedja"}},
        "entity": [*_persons(entry), *_resources(entry), *_request(entry)],
    }
    event["subtype"].append(_coding(f"{_OWN}/CodeSystem/log-action", entry.action))
    if told:
        event["outcomeDesc"] = told
    return {name: value for name, value in event.items() if value != []}


def leaf_of(entry: Entry) -> bytes:
    """What is hashed: the AuditEvent as JSON with sorted keys and without spaces."""
    return exactjson.canonical(audit_event(entry))


def _agent(entry: Entry) -> AuditEvent:
    """Who did it, under which assignment, for what purpose and by which rules of the law."""
    who = {"identifier": {"system": _HSA if entry.provider else f"{_OWN}/login", "value": entry.actor}}
    agent: AuditEvent = {
        "type": {"coding": [_coding(_DICOM, "110153")]},  # the role that began it
        "role": [{"text": text} for text in (entry.kind, entry.title) if text],
        "who": who | {"display": entry.name} if entry.name else who,
        "requestor": True,
        "policy": [f"{_OWN}/rule/{rule}" for rule in entry.rules],
        "purposeOfUse": [{"coding": [_coding(f"{_OWN}/CodeSystem/purpose", entry.purpose)]}],
        "extension": [
            _extension("provider", entry.provider, entry.provider_name),
            _extension("unit", entry.unit, entry.unit_name),
        ],
    }
    agent["extension"] = [extension for extension in agent["extension"] if extension]
    return {name: value for name, value in agent.items() if value != []}


def _extension(name: str, hsa_id: str, display: str) -> AuditEvent | None:
    if not hsa_id:
        return None
    value: AuditEvent = {"identifier": {"system": _HSA, "value": hsa_id}}
    return {"url": f"{_OWN}/StructureDefinition/{name}", "valueReference": value | {"display": display} if display else value}


def _persons(entry: Entry) -> list[AuditEvent]:
    if not entry.person:
        return []
    what = {"identifier": {"system": f"{_OWN}/person", "value": str(entry.person)}}
    return [{"what": what, "type": _coding(_ENTITY, "1"), "role": _coding(_ROLE, "1")}]


def _resources(entry: Entry) -> list[AuditEvent]:
    return [
        {"what": {"reference": reference}, "type": _coding(_ENTITY, "2"), "role": _coding(_ROLE, "4")}
        for reference in entry.resources
    ]


def _request(entry: Entry) -> list[AuditEvent]:
    found: list[AuditEvent] = []
    if entry.detail:
        found.append({"type": _coding(_ENTITY, "2"), "role": _coding(_ROLE, "24"), "description": entry.detail})
    if entry.request:
        found.append({"what": {"identifier": {"value": entry.request}}, "type": _coding(_BALP_ENTITY, "XrequestId")})
    return found


def _coding(system: str, code: str) -> AuditEvent:
    return {"system": system, "code": code}
