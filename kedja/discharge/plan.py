"""The joint individual plan (samordnad individuell plan) as a FHIR R4 CarePlan: goals, who does what, what is ticked.

Lag 2017:612 4 kap. 1-2 §§, HSL 16 kap. 4 §, SoL 10 kap. 8-9 §§. Goals are contained `Goal` resources; a task is an
`activity.detail` with who does it, ticked in `activity.progress`. Each unit that takes part has its own copy in its own record,
with the same identifier; they are changed together (`gate.joint_plan`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from kedja.access.instants import text_of
from kedja.discharge.case import Party
from kedja.discharge.messages import PARTY_URL, Recipient, named
from kedja.outcome import refuse

Resource = dict[str, Any]
KIND_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/care-plan-kind"
JOINT: Final = "joint-plan"
PLAN_SYSTEM: Final = "https://kedja.example/fhir/sid/joint-plan"
CONSENT_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/joint-plan-consent"
PERSON: Final = "person"
RELATIVE: Final = "relative"
DOERS: Final = (PERSON, RELATIVE, *(party.value for party in Party))
"""Who may have something to do."""


@dataclass(frozen=True, slots=True)
class Task:
    """`id` within the plan, '' while it is new; `who` of DOERS; `ticked` (by whom, when) once it is done."""

    id: str
    words: str
    who: str
    due: date | None = None
    ticked: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    words: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, read. `goals` are (id, words); `status` is the CarePlan's."""

    key: str
    title: str
    about: str
    status: str
    goals: tuple[tuple[str, str], ...]
    tasks: tuple[Task, ...]
    notes: tuple[Note, ...]
    units: tuple[tuple[str, str], ...]  # (party, name)

    @property
    def active(self) -> bool:
        return self.status == "active"


def is_joint(resource: Mapping[str, Any]) -> bool:
    codings = (coding for category in resource.get("category", ()) for coding in category.get("coding", ()))
    return any(each.get("system") == KIND_SYSTEM and each.get("code") == JOINT for each in codings)


def key_of(resource: Mapping[str, Any]) -> str:
    """What all copies of a plan have in common; ''."""
    return next((each.get("value", "") for each in resource.get("identifier", ()) if each.get("system") == PLAN_SYSTEM), "")


def begun(key: str, patient: str, by: Recipient, others: Iterable[Recipient], title: str, consent: str, at: datetime) -> Resource:
    """A new plan of the unit `by`. `patient`, `consent`: references; without the patient's consent there is no plan (4:2)."""
    return {
        "resourceType": "CarePlan",
        "identifier": [{"system": PLAN_SYSTEM, "value": key}],
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": KIND_SYSTEM, "code": JOINT}], "text": "Samordnad individuell plan (SIP)"}],
        "title": title,
        "subject": {"reference": patient},
        "period": {"start": text_of(at)},
        "created": text_of(at),
        "author": named(by),
        "contributor": [named(by), *(named(each) for each in others)],
        "supportingInfo": [{"reference": consent}],
    }


def consent(patient: str, at: datetime, how: str) -> Resource:
    """The patient's consent to the plan; `how` it was given, in words."""
    coding = [{"system": CONSENT_SYSTEM, "code": JOINT}]
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]},
        "category": [{"coding": coding, "text": "Samtycke till samordnad individuell plan"}],
        "patient": {"reference": patient},
        "dateTime": text_of(at),
        "performer": [{"reference": patient}],
        "policyRule": {"text": "Lag (2017:612) 4 kap. 2 §"},
        "provision": {"type": "permit", "period": {"start": text_of(at)}},
    } | ({"verification": [{"verified": True, "verificationDate": text_of(at)}]} if how else {})


def read(resource: Mapping[str, Any]) -> Plan:
    goals = [
        (each["id"], each["description"]["text"]) for each in resource.get("contained", ()) if each["resourceType"] == "Goal"
    ]
    return Plan(
        key_of(resource),
        resource.get("title", ""),
        resource.get("description", ""),
        resource.get("status", ""),
        tuple(goals),
        tuple(_task(each) for each in resource.get("activity", ()) if "detail" in each),
        tuple(Note(each["text"], each.get("authorString", ""), each.get("time", "")) for each in resource.get("note", ())),
        tuple((_party(each), each.get("display", "")) for each in resource.get("contributor", ())),
    )


def edited(resource: Resource, title: str, about: str, goals: Sequence[tuple[str, str]], tasks: Sequence[Task]) -> Resource:
    """The plan with these goals and tasks; what has no id is new, what is ticked stays ticked, what is left out is taken away."""
    kept = {each.get("id"): each for each in resource.get("activity", ())}
    taken = {each[0] for each in goals} | {each.id for each in tasks}
    goals = [(id or _free("g", taken), words) for id, words in goals]
    activity = [_activity(task, kept.get(task.id, {}), task.id or _free("t", taken)) for task in tasks]
    subject = resource["subject"]
    contained = [
        {"resourceType": "Goal", "id": id, "lifecycleStatus": "active", "description": {"text": words}, "subject": subject}
        for id, words in goals
    ]
    rest = {name: value for name, value in resource.items() if name not in ("contained", "goal", "activity", "description")}
    parts = {
        "contained": contained,
        "goal": [{"reference": f"#{id}"} for id, _ in goals],
        "activity": activity,
        "description": about,
    }
    return rest | {"title": title} | {name: value for name, value in parts.items() if value}


def ticked(resource: Resource, task: str, *, done: bool, by: frozenset[str], who: str, at: datetime) -> Resource:
    """The plan with a task ticked, or no longer. Raises OutcomeError: 403 for somebody else's task, 409 for one that is gone."""
    found = next((each for each in resource.get("activity", ()) if each.get("id") == task), None)
    if found is None:
        raise refuse(409, "conflict", "this task is not in the plan any more: look at the plan as it stands now")
    if _party((found["detail"].get("performer") or [{}])[0]) not in by:
        raise refuse(403, "forbidden", "this task is somebody else's to tick")
    detail = {**found["detail"], "status": "completed" if done else "in-progress"}
    progress = [*found.get("progress", ()), {"authorString": who, "time": text_of(at), "text": "Klart" if done else "Inte klart"}]
    new = {**found, "detail": detail, "progress": progress}
    return {**resource, "activity": [new if each is found else each for each in resource["activity"]]}


def remarked(resource: Resource, words: str, who: str, at: datetime) -> Resource:
    note = {"authorString": who, "time": text_of(at), "text": words}
    return {**resource, "note": [*resource.get("note", ()), note]}


def closed(resource: Resource, status: str, at: datetime) -> Resource:
    """The plan ended: `completed`, or `revoked` where the patient no longer consents."""
    return {**resource, "status": status, "period": {**resource.get("period", {}), "end": text_of(at)}}


def _task(activity: Mapping[str, Any]) -> Task:
    detail = activity["detail"]
    ends = detail.get("scheduledPeriod", {}).get("end", "")
    last = activity["progress"][-1] if activity.get("progress") else {}
    done = (last.get("authorString", ""), last.get("time", "")) if detail.get("status") == "completed" else None
    who = _party((detail.get("performer") or [{}])[0])
    return Task(activity.get("id", ""), detail.get("description", ""), who, date.fromisoformat(ends) if ends else None, done)


def _activity(task: Task, before: Resource, id: str) -> Resource:
    status = before.get("detail", {}).get("status", "not-started")
    detail: Resource = {"status": status, "description": task.words}
    if task.due is not None:
        detail["scheduledPeriod"] = {"end": task.due.isoformat()}
    detail["performer"] = [{"extension": [{"url": PARTY_URL, "valueCode": task.who}], "display": task.who}]
    return {"id": id, **({"progress": before["progress"]} if before.get("progress") else {}), "detail": detail}


def _party(reference: Mapping[str, Any]) -> str:
    return next((str(each.get("valueCode", "")) for each in reference.get("extension", ()) if each.get("url") == PARTY_URL), "")


def _free(letter: str, taken: set[str]) -> str:
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    taken.add(f"{letter}{number}")
    return f"{letter}{number}"
