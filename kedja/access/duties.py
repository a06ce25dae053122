"""What the law makes follow from an opening or a lift, as FHIR R4: notices, review items, requests to lift a block.

Each is a `Communication` or `Task` with a code of `duty`, kept as the person's control. `gate.obligations` stores them in the
transaction of what they follow from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from kedja.access.actor import Actor
from kedja.access.consents import HSA_SYSTEM, RULE_SYSTEM
from kedja.access.custody import Label
from kedja.access.instants import text_of

Resource = dict[str, Any]

DUTY_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/duty"
INPUT_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/duty-input"
PATTERN_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/log-pattern"
FINDING_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/review-finding"


class Duty(StrEnum):
    """Codes of `duty`."""

    NOTICE = "notice"  # Communication: the person is told
    REVIEW = "review"  # Task: somebody's use of the log is looked over (HSLF-FS 2016:40 4:9)
    LIFT_REQUEST = "lift-request"  # Task, kept by who asks: that the provider that has blocked lifts the block (SVOD 3:5)
    LIFT_DECISION = "lift-decision"  # Task, kept by the provider that has blocked: to lift or not
    LIFT_ANSWER = "lift-answer"  # Communication, kept by who asked: what was decided


class Finding(StrEnum):
    """Codes of `review-finding`: how a review is closed."""

    JUSTIFIED = "justified"  # the access was needed
    EXPLAINED = "explained"  # not so from the record, but with an explanation
    BREACH = "breach"  # the access was not permitted: the person is told


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened a person's record or lifted a block. `patient` and `reference` are references, `rule` its number."""

    patient: str
    reference: str
    kind: str
    rule: str
    title: str
    actor: Actor
    reason: str
    at: datetime
    ends: datetime | None


LABELS: Final[Mapping[Duty, Label]] = {
    Duty.NOTICE: Label.NOTICE,
    Duty.REVIEW: Label.REVIEW,
    Duty.LIFT_DECISION: Label.LIFT,
    Duty.LIFT_ANSWER: Label.NOTICE,
}
"""What marks each; a request is marked by nothing, since it is its unit's own document."""

OF_THE_PROVIDER: Final = frozenset({Duty.NOTICE, Duty.REVIEW, Duty.LIFT_DECISION})
"""Kept by a provider as a whole, so that no unit of it can change them as its own."""

_ELEMENTS: Final = {"Task": ("code",), "Communication": ("category",)}
_TYPES: Final = frozenset(_ELEMENTS)


def duty_of(resource: Mapping[str, Any]) -> Duty | None:
    """The duty that a resource states, or None for what is none of ours."""
    if resource.get("resourceType") not in _TYPES:
        return None
    for name in _ELEMENTS[resource["resourceType"]]:
        for concept in _dicts(resource.get(name)):
            for coding in _dicts(concept.get("coding")):
                if coding.get("system") == DUTY_SYSTEM and coding.get("code") in _CODES:
                    return Duty(coding["code"])
    return None


def notice(opening: Opening) -> Resource:
    """The person is told who opened what, when, why and until when (NOTIFY_PATIENT)."""
    assignment = opening.actor.assignment
    words = f"{_who(opening.actor)} {_AT} {_day(opening.at)}. {opening.title} ({opening.rule})."
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [_code(DUTY_SYSTEM, Duty.NOTICE)],
        "priority": "urgent",
        "subject": {"reference": opening.patient},
        "topic": _code(RULE_SYSTEM, opening.rule, opening.title),
        "about": [{"reference": opening.reference}],
        "sent": text_of(opening.at),
        "recipient": [{"reference": opening.patient}],
        "sender": party(assignment.provider, assignment.provider_name) if assignment else party("", "Kedja"),
        "reasonCode": [{"text": opening.reason or opening.title}],
        "payload": [{"contentString": words}],
        "language": "sv",
    }


_AT: Final = "öppnade uppgifter om dig"


def review(opening: Opening, due: datetime, patterns: Sequence[str] = ()) -> Resource:
    """The opening is looked over by who reviews the provider's log, no later than `due` (REVIEW_QUEUE)."""
    return review_item(
        patient=opening.patient,
        provider=opening.actor.assignment.provider if opening.actor.assignment else "",
        employee=opening.actor.hsa_id or opening.actor.id,
        login=opening.actor.id,
        name=opening.actor.name,
        origin=opening.kind,
        patterns=patterns,
        reason=opening.reason,
        focus=opening.reference,
        at=opening.at,
        until=opening.ends,
        due=due,
    )


def review_item(
    *,
    patient: str,
    provider: str,
    employee: str,
    login: str,
    name: str,
    origin: str,
    patterns: Sequence[str],
    reason: str,
    focus: str,
    at: datetime,
    until: datetime | None,
    due: datetime,
) -> Resource:
    """A Task to review what `employee`, in the log by `login`, did with a person's record from `at` until `until`.

    `origin`: the kind of an opening, `sample` or `pattern`; `patterns`: codes of `log-pattern`.
    """
    inputs = [
        {"type": _code(INPUT_SYSTEM, "employee"), "valueIdentifier": {"system": HSA_SYSTEM, "value": employee}},
        {"type": _code(INPUT_SYSTEM, "login"), "valueString": login},
        {"type": _code(INPUT_SYSTEM, "origin"), "valueCode": origin},
        *({"type": _code(INPUT_SYSTEM, "pattern"), "valueCode": pattern} for pattern in patterns),
    ]
    if name:
        inputs.append({"type": _code(INPUT_SYSTEM, "name"), "valueString": name})
    task: Resource = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": _code(DUTY_SYSTEM, Duty.REVIEW),
        "for": {"reference": patient},
        "executionPeriod": {"start": text_of(at)} | ({"end": text_of(until)} if until else {}),
        "authoredOn": text_of(at),
        "owner": party(provider),
        "restriction": {"period": {"end": text_of(due)}},
        "input": inputs,
    }
    if focus:
        task["focus"] = {"reference": focus}
    return task | {"reasonCode": {"text": reason}} if reason else task


def lift_request(
    patient: str, provider: str, *, actor: Actor, reason: str, dated: datetime, unit: str = "", name: str = ""
) -> Resource:
    """`actor` asks that `provider` (and its `unit`) lifts the block of this person's information (SVOD 3:5, REQUEST_LIFT).

    Stored through `gate.writes.write` it brings a Task of kind `lift-decision` about at that provider. Raises ValueError
    without a reason or an assignment.
    """
    if not reason.strip():
        raise ValueError("a request to lift a block needs a reason: say why the information is indispensable now")
    if actor.assignment is None:
        raise ValueError("a request to lift a block is made under an assignment")
    task: Resource = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "stat",
        "code": _code(DUTY_SYSTEM, Duty.LIFT_REQUEST),
        "for": {"reference": patient},
        "authoredOn": text_of(dated),
        "requester": _requester(actor),
        "owner": party(provider, name),
        "reasonCode": {"text": " ".join(reason.split())},
        "input": [_asked(name, value) for name, value in _asker(actor).items() if value],
    }
    return task | ({"input": [*task["input"], _asked("blocking-unit", unit)]} if unit else {})


def lift_decision(request: Resource, reference: str) -> Resource:
    """What the provider that has blocked is to decide, from the request that was stored as `reference`."""
    kept = ("intent", "priority", "for", "authoredOn", "requester", "owner", "reasonCode", "input")
    task = {"resourceType": "Task", "status": "requested"} | {name: request[name] for name in kept if name in request}
    return task | {"code": _code(DUTY_SYSTEM, Duty.LIFT_DECISION), "basedOn": [{"reference": reference}]}


def lift_answer(decision: Resource, actor: Actor, at: datetime) -> Resource:
    """What was decided, for who asked: `completed` is a lift, `rejected` a no."""
    assignment = actor.assignment
    lifted = decision.get("status") == "completed"
    note = next((str(each.get("text", "")) for each in _dicts(decision.get("note"))), "")
    words = "Spärren är hävd." if lifted else "Spärren hävs inte."
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [_code(DUTY_SYSTEM, Duty.LIFT_ANSWER)],
        "statusReason": _code(DUTY_SYSTEM, "lifted" if lifted else "not-lifted"),
        "priority": "stat",
        "subject": decision["for"],
        "basedOn": decision.get("basedOn", []),
        "sent": text_of(at),
        "sender": party(assignment.provider, assignment.provider_name) if assignment else party(""),
        "payload": [{"contentString": f"{words} {note}".strip()}],
        "language": "sv",
    }


def owner_of(task: Mapping[str, Any]) -> str:
    """The HSA-id of who is to act on a Task, or ''."""
    identifier = task.get("owner", {}).get("identifier", {})
    return str(identifier.get("value", "")) if identifier.get("system") == HSA_SYSTEM else ""


def given(task: Mapping[str, Any], name: str) -> str:
    """The first input of a duty with this code, e.g. `given(task, "employee")`, or ''."""
    return next(iter(all_given(task, name)), "")


def all_given(task: Mapping[str, Any], name: str) -> list[str]:
    """Every input of a duty with this code."""
    found: list[str] = []
    for item in _dicts(task.get("input")):
        if any(coding.get("code") == name for coding in _dicts(item.get("type", {}).get("coding"))):
            value = item.get("valueString") or item.get("valueCode") or item.get("valueIdentifier", {}).get("value")
            found += [str(value)] if value else []
    return found


def party(hsa_id: str, display: str = "") -> Resource:
    """A provider or unit, by HSA-id."""
    reference: Resource = {"type": "Organization"}
    if hsa_id:
        reference["identifier"] = {"system": HSA_SYSTEM, "value": hsa_id}
    return reference | {"display": display} if display else reference


def _requester(actor: Actor) -> Resource:
    who = {"type": "Practitioner", "identifier": {"system": HSA_SYSTEM, "value": actor.hsa_id or actor.id}}
    return who | {"display": ", ".join(part for part in (actor.name, actor.title) if part)} if actor.name else who


def _asker(actor: Actor) -> dict[str, str]:
    assert actor.assignment is not None
    return {
        "provider": actor.assignment.provider,
        "unit": actor.assignment.unit,
        "provider-name": actor.assignment.provider_name,
        "unit-name": actor.assignment.unit_name,
        "employee": actor.hsa_id or actor.id,
    }


def _asked(name: str, value: str) -> Resource:
    return {"type": _code(INPUT_SYSTEM, name), "valueString": value}


def _who(actor: Actor) -> str:
    where = actor.assignment.unit_name or actor.assignment.provider_name if actor.assignment else ""
    return ", ".join(part for part in (actor.name or actor.id, actor.title, where) if part)


def _day(at: datetime) -> str:
    return text_of(at)[:10]


def _code(system: str, code: str, text: str = "") -> Resource:
    concept: Resource = {"coding": [{"system": system, "code": str(code)}]}
    return concept | {"text": text} if text else concept


def _dicts(value: object) -> list[dict[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


_CODES: Final = frozenset(duty.value for duty in Duty)
