"""What units and persons write to each other: a Task that asks for answers, messages, a Task to answer a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from kedja.access.instants import text_of

Resource = dict[str, Any]
HSA_ID: Final = "urn:oid:1.2.752.29.4.19"
KIND_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/correspondence"
FORM, MESSAGE, HANDLING = "form-request", "message", "message-handling"
"""Codes of `KIND_SYSTEM`: a Task that asks for an answer, a Communication, and a Task by which a unit handles a thread."""
_CODED: Final = {"Communication": "category", "Task": "code"}


def kind_of(resource: Mapping[str, Any]) -> str:
    """`FORM`, `MESSAGE` or `HANDLING`; '' for what is none of these."""
    concepts: Any = resource.get(_CODED.get(resource.get("resourceType", ""), ""), ())
    for each in cast("list[Any]", concepts) if isinstance(concepts, list) else [concepts]:
        for coding in cast("Resource", each).get("coding", ()) if isinstance(each, dict) else ():
            if coding.get("system") == KIND_SYSTEM:
                return coding.get("code", "")
    return ""


def form_request(
    *, patient: str, form: str, title: str, by: str, now: datetime, why: str = "", due: str = "", meta: Resource | None = None
) -> Resource:
    """A unit asks for answers to a form (its canonical `form`): of `Patient/id`, by the day `due` if it is said."""
    return {
        "resourceType": "Task",
        **({"meta": meta} if meta else {}),
        "status": "requested",
        "intent": "order",
        "code": _kind(FORM, title),
        **({"description": why} if why else {}),
        "for": {"reference": patient},
        "authoredOn": text_of(now),
        "requester": {"display": by},
        "owner": {"reference": patient},
        **({"restriction": {"period": {"end": due}}} if due else {}),
        "input": [{"type": _kind(FORM), "valueCanonical": form}],
    }


def message(
    *,
    patient: str,
    sender: Resource,
    recipient: Resource,
    topic: str,
    words: str,
    now: datetime,
    thread: str = "",
    files: Sequence[Resource] = (),
    meta: Resource | None = None,
) -> Resource:
    """One message of a thread, `thread` being the reference of its first; '' for the first. `files` are Attachments."""
    payload: list[Resource] = [{"contentString": words}] if words else []
    return {
        "resourceType": "Communication",
        **({"meta": meta} if meta else {}),
        **({"partOf": [{"reference": thread}]} if thread else {}),
        "status": "completed",
        "category": [_kind(MESSAGE)],
        "subject": {"reference": patient},
        "topic": {"text": topic},
        "sent": text_of(now),
        "recipient": [recipient],
        "sender": sender,
        "payload": payload + [{"contentAttachment": each} for each in files],
    }


def handling(*, patient: str, thread: str, topic: str, unit: str, now: datetime) -> Resource:
    """The unit (an HSA-id) is to answer a thread: its tag lets the unit's list find it."""
    return {
        "resourceType": "Task",
        "meta": {"tag": [{"system": HSA_ID, "code": unit}]},
        "status": "requested",
        "intent": "order",
        "code": _kind(HANDLING, topic),
        "focus": {"reference": thread},
        "for": {"reference": patient},
        "authoredOn": text_of(now),
        "requester": {"reference": patient},
    }


def _kind(code: str, text: str = "") -> Resource:
    return {"coding": [{"system": KIND_SYSTEM, "code": code}], **({"text": text} if text else {})}
