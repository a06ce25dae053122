"""A referral as FHIR R4: a `ServiceRequest` of who asks, and a `Task` of who is asked, with its state.

Stored through the gate, a referral comes to the unit that it is to as a Task in that unit's own record, with the request inside,
and an `EpisodeOfCare` on the waiting list, which is the care relation of whoever has been asked to care. What becomes of it comes
back to the sender as a `Communication`. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from kedja.access.consents import HSA_SYSTEM
from kedja.access.instants import text_of
from kedja.documentation.note import Author, party_of

Resource = dict[str, Any]
REFERRAL_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/referral"
STATE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/referral-state"
NUMBER_SYSTEM: Final = "https://kedja.example/fhir/sid/referral"
PROVIDER_URL: Final = "https://kedja.example/fhir/StructureDefinition/provider"
SENT, RECEIVED, ANSWER = "sent", "received", "answer"
ASSIGNED: Final = "assigned"
_WAITS: Final = timedelta(days=365)  # of a referral that nobody answers: the care relation does not last for ever
_INSIDE: Final = "request"


class State(StrEnum):
    """What becomes of a referral, by the status of its Task."""

    NEW = "requested"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ANSWERED = "completed"
    REFUSED = "rejected"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.NEW: frozenset({State.ACCEPTED, State.REFUSED}),
    State.ACCEPTED: frozenset({State.ACCEPTED, State.IN_PROGRESS, State.ANSWERED, State.REFUSED}),
    State.IN_PROGRESS: frozenset({State.IN_PROGRESS, State.ANSWERED, State.REFUSED}),
    State.ANSWERED: frozenset(),
    State.REFUSED: frozenset(),
}
CLOSED: Final = (State.ANSWERED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by HSA-id, and the provider that it is of."""

    hsa_id: str
    name: str
    provider: str
    provider_name: str


def referral(
    patient: str, sender: Author, unit: str, to: Unit, *, what: str, reason: str, question: str, urgent: bool, at: datetime
) -> Resource:
    """What the sender stores. `unit`: the sender's own HSA-id, to which answers come."""
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "category": [_coded(REFERRAL_SYSTEM, SENT, "Remiss")],
        "priority": "urgent" if urgent else "routine",
        "code": {"text": what},
        "subject": {"reference": patient},
        "authoredOn": text_of(at),
        "requester": party_of(sender),
        "performer": [_organisation(to.hsa_id, to.name, to.provider, to.provider_name)],
        "reasonCode": [{"text": reason}],
        "note": [{"text": question}],
        "supportingInfo": [_organisation(unit, sender.unit_name, sender.provider, sender.provider_name)],
    }


def is_referral(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") == "ServiceRequest" and _has(resource.get("category"), SENT)


def is_received(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") == "Task" and _has(resource.get("code"), RECEIVED)


def is_answer(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") == "Communication" and _has(resource.get("category"), ANSWER)


def to_of(request: Mapping[str, Any]) -> Unit | None:
    """The unit that a referral is to."""
    return _unit(next(iter(_dicts(request.get("performer"))), {}))


def from_of(request: Mapping[str, Any]) -> Unit | None:
    """The unit that a referral is from."""
    return _unit(next(iter(_dicts(request.get("supportingInfo"))), {}))


def request_of(task: Mapping[str, Any]) -> Resource:
    """The request inside a received referral, or {}."""
    return next((each for each in _dicts(task.get("contained")) if each.get("id") == _INSIDE), {})


def received(request: Resource, reference: str, at: datetime) -> Resource:
    """The Task of the unit that a referral is to; the request, as it was sent, is inside."""
    inside = {name: value for name, value in request.items() if name not in ("id", "meta", "text", "contained")}
    return {
        "resourceType": "Task",
        "contained": [{**inside, "id": _INSIDE}],
        "identifier": [{"system": NUMBER_SYSTEM, "value": reference}],
        "status": State.NEW.value,
        "intent": "order",
        "priority": request.get("priority", "routine"),
        "code": _coded(REFERRAL_SYSTEM, RECEIVED, f"Remiss: {_text(request.get('code'))}"),
        "focus": {"reference": f"#{_INSIDE}"},
        "for": request["subject"],
        "authoredOn": text_of(at),
        "requester": request.get("requester", {}),
        "owner": request["performer"][0],
    }


def waiting(request: Resource, reference: str, at: datetime) -> Resource:
    """That the unit has been asked to care: the relation that the law's facts know (PDL 4:1)."""
    return {
        "resourceType": "EpisodeOfCare",
        "identifier": [{"system": NUMBER_SYSTEM, "value": reference}],
        "status": "waitlist",
        "type": [{"text": f"Remiss: {_text(request.get('code'))}"}],
        "patient": request["subject"],
        "managingOrganization": request["performer"][0],
        "period": {"start": text_of(at), "end": text_of(at + _WAITS)},
    }


def ended(episode: Resource, at: datetime) -> Resource:
    """The waiting is over: the referral is answered or refused."""
    return {**episode, "status": "finished", "period": {**episode.get("period", {}), "end": text_of(at)}}


def moved(task: Resource, state: State, words: str, who: Author, at: datetime, assigned: str = "") -> Resource:
    """The Task in its next state. `words`: the answer, or why it is refused; `assigned`: who of the unit has it."""
    changed = {**task, "status": state.value, "lastModified": text_of(at)}
    if assigned:
        changed["businessStatus"] = _coded(STATE_SYSTEM, ASSIGNED, assigned)
    if words:
        kind = "refusal" if state is State.REFUSED else "answer"
        said = {"type": _coded(STATE_SYSTEM, kind, party_of(who)["display"]), "valueString": words}
        changed["output"] = [*task.get("output", ()), said]
    return changed | ({"statusReason": {"text": words}} if state is State.REFUSED else {})


def said_of(task: Mapping[str, Any]) -> tuple[str, str]:
    """The answer or refusal of a Task, and who gave it."""
    last = next(iter(reversed(_dicts(task.get("output")))), {})
    return str(last.get("valueString", "")), _text(last.get("type"))


def assigned_of(task: Mapping[str, Any]) -> str:
    return _text(task.get("businessStatus"))


def number_of(resource: Mapping[str, Any]) -> str:
    """`ServiceRequest/1` of the referral that a Task or EpisodeOfCare is about, or ''."""
    return next(
        (str(each.get("value", "")) for each in _dicts(resource.get("identifier")) if each.get("system") == NUMBER_SYSTEM), ""
    )


def answer(task: Resource, at: datetime) -> Resource:
    """What comes back to the sender when a Task has moved."""
    words, who = said_of(task)
    request, owner = request_of(task), task.get("owner", {})
    spoken = f"Remiss: {_text(request.get('code'))}. {STATES_SV[State(task['status'])]}."
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [_coded(REFERRAL_SYSTEM, ANSWER, "Remissvar")],
        "statusReason": _coded(STATE_SYSTEM, task["status"]),
        "subject": task["for"],
        "basedOn": [{"reference": number_of(task)}],
        "topic": {"text": f"Remissvar: {_text(request.get('code'))}"},
        "sent": text_of(at),
        "sender": owner,
        "payload": [{"contentString": " ".join(each for each in (spoken, words, f"({who})" if words and who else "") if each)}],
        "language": "sv",
    }


STATES_SV: Final[Mapping[State, str]] = {
    State.NEW: "Ny",
    State.ACCEPTED: "Mottagen",
    State.IN_PROGRESS: "Pågår",
    State.ANSWERED: "Besvarad",
    State.REFUSED: "Avvisad",
}


def _organisation(unit: str, name: str, provider: str, provider_name: str) -> Resource:
    provider_is = {"system": HSA_SYSTEM, "value": provider}
    return {
        "type": "Organization",
        "identifier": {"system": HSA_SYSTEM, "value": unit},
        "display": name or unit,
        "extension": [{"url": PROVIDER_URL, "valueReference": {"identifier": provider_is, "display": provider_name or provider}}],
    }


def _unit(reference: Mapping[str, Any]) -> Unit | None:
    named = next(
        (each.get("valueReference", {}) for each in _dicts(reference.get("extension")) if each.get("url") == PROVIDER_URL), {}
    )
    unit, provider = _hsa(reference), _hsa(named)
    return Unit(unit, str(reference.get("display", "")), provider, str(named.get("display", ""))) if unit and provider else None


def _hsa(reference: Mapping[str, Any]) -> str:
    identifier = reference.get("identifier", {})
    return str(identifier.get("value", "")) if identifier.get("system") == HSA_SYSTEM else ""


def _coded(system: str, code: str, words: str = "") -> Resource:
    concept: Resource = {"coding": [{"system": system, "code": str(code)}]}
    return concept | {"text": words} if words else concept


def _has(concepts: object, code: str) -> bool:
    codings = [coding for each in _dicts(concepts) for coding in _dicts(each.get("coding"))]
    return any(each.get("system") == REFERRAL_SYSTEM and each.get("code") == code for each in codings)


def _text(concept: object) -> str:
    return next((str(each.get("text", "")) for each in _dicts(concept)), "")


def _dicts(value: object) -> list[dict[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
