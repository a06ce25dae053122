"""What the pages of messages ask of the gate: threads between a person and a unit, their files, and who answers them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kedja import exactjson
from kedja.access.correspondence import HANDLING, KIND_SYSTEM, MESSAGE, handling, kind_of, message
from kedja.access.custody import Regime
from kedja.gate import new_id
from kedja.gate.correspondence import Holder, Piece, correspond, holder_of, patient_of
from kedja.identity.systems import HSA_ID
from kedja.outcome import refuse
from kedja.portals.shared import ask
from kedja.portals.shared.attachment import File
from kedja.portals.shared.entry import Held, Resource, When
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, person_name, text, when
from kedja.search.parse import parse
from kedja.search.resolve import resolve

TYPES: Final = ("Communication", "Task")
_HOLDING: Final = ("Encounter", "EpisodeOfCare", "CarePlan", "Communication", "Task")
_WAITING: Final = "requested,in-progress"
_MOST: Final = "100"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `mine`: the person's side wrote it; `sender` says who where it was not the person."""

    id: str
    resource: Resource
    mine: bool
    sender: str
    at: When | None
    words: str
    files: tuple[Resource, ...]
    read: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages, the oldest first. `tasks` are how the unit handles them."""

    id: str
    topic: str
    holder: Holder
    unit: str
    messages: tuple[Message, ...]
    tasks: tuple[Resource, ...]

    @property
    def waiting(self) -> tuple[Resource, ...]:
        """The Tasks that are not done. There are several where a proxy wrote whose mandate does not reach the first."""
        return tuple(each for each in self.tasks if text(each, "status") in _WAITING.split(","))

    @property
    def latest(self) -> Message:
        return self.messages[-1]

    @property
    def unread(self) -> int:
        """How many of the unit's messages the person has not opened."""
        return sum(not each.mine and not each.read for each in self.messages)

    @property
    def waits(self) -> bool:
        """Whether the unit is to answer."""
        return bool(self.waiting)

    @property
    def owner(self) -> str:
        return next((name for each in self.waiting if (name := text(each, "owner", "display"))), "")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread in the list of a unit."""

    thread: str
    person: int
    name: str
    topic: str
    at: When | None
    owner: str
    owner_id: str


async def threads(visit: Visit, person: int | None = None) -> list[Thread]:
    """The threads of the person, or of whom the visitor acts for; those with the newest message first."""
    held = await ask.person_record(visit, visit.actor.subject if person is None else person, TYPES)
    return gathered(held, await ask.directory(visit))


def gathered(held: Iterable[Held], directory: Mapping[str, str]) -> list[Thread]:
    """The threads among resources. Pure."""
    kept = list(held)
    tasks: dict[str, list[Resource]] = {}
    for each in kept:
        if kind_of(each.resource) == HANDLING:
            tasks.setdefault(text(each.resource, "focus", "reference"), []).append(each.resource)
    by_root: dict[str, list[Held]] = {}
    for each in kept:
        if kind_of(each.resource) == MESSAGE:
            root = text(each.resource, "partOf", "reference") or f"Communication/{text(each.resource, 'id')}"
            by_root.setdefault(root, []).append(each)
    found = [_thread(root, some, directory, tasks.get(root, ())) for root, some in by_root.items()]
    return sorted(found, key=lambda one: text(one.latest.resource, "sent"), reverse=True)


def _thread(root: str, some: Sequence[Held], directory: Mapping[str, str], tasks: Sequence[Resource]) -> Thread:
    ordered = sorted(some, key=lambda each: (text(each.resource, "sent"), text(each.resource, "id")))
    first = ordered[0]
    return Thread(
        id=root.partition("/")[2],
        topic=text(first.resource, "topic", "text"),
        holder=Holder(Regime(first.regime), first.provider, first.unit),
        unit=directory.get(first.unit, first.unit),
        messages=tuple(_message(each.resource) for each in ordered),
        tasks=tuple(tasks),
    )


def _message(resource: Resource) -> Message:
    mine = not text(resource, "recipient", "reference").startswith("Patient/")
    return Message(
        id=text(resource, "id"),
        resource=resource,
        mine=mine,
        sender=text(resource, "sender", "display"),
        at=when(resource.get("sent")),
        words="\n".join(each for each in items(resource, "payload", "contentString") if isinstance(each, str)),
        files=tuple(each for each in items(resource, "payload", "contentAttachment") if isinstance(each, dict)),
        read=bool(text(resource, "received")),
    )


async def thread(visit: Visit, person: int | None = None) -> Thread:
    """The thread of the address. Raises OutcomeError 404."""
    id = visit.request.path_params["id"]
    found = next((one for one in await threads(visit, person) if one.id == id), None)
    if found is None:
        raise refuse(404, "not-found", "no such thread of messages is here")
    return found


async def units(visit: Visit) -> list[tuple[str, Holder]]:
    """The name of each unit that the visitor may write to: those that hold something about the person; by name."""
    directory = await ask.directory(visit)
    held = await ask.own_record(visit, _HOLDING)
    found = {
        each.unit: Holder(Regime(each.regime), each.provider, each.unit)
        for each in held
        if each.unit and each.regime in (Regime.HEALTH, Regime.SOCIAL)
    }
    return sorted(((directory.get(unit, unit), holder) for unit, holder in found.items()), key=lambda row: row[0].casefold())


async def write(visit: Visit, holder: Holder, unit: str, topic: str, words: str, files: Sequence[File], to: Thread | None) -> str:
    """As a person: a message to a unit, in a thread or a new one; the unit is to answer. The id of the thread."""
    patient, now = await patient_of(visit.door, visit.actor.subject), visit.door.clock()
    id = new_id()
    root = to.id if to else id
    binaries, attached = _files(files, holder)
    sent = message(
        patient=patient,
        sender={"type": "RelatedPerson", "display": visit.actor.name} if visit.actor.acts_for else {"reference": patient},
        recipient={"identifier": {"system": HSA_ID, "value": holder.unit}, "display": unit},
        topic=to.topic if to else topic,
        words=words,
        now=now,
        thread=f"Communication/{to.id}" if to else "",
        files=attached,
    )
    pieces = [*binaries, Piece("Communication", id, sent, holder)]
    if to and to.tasks:
        task = (to.waiting or to.tasks)[-1]
        pieces.append(_changed(task, {**task, "status": "in-progress" if "owner" in task else "requested"}))
    else:
        task = handling(patient=patient, thread=f"Communication/{root}", topic=sent["topic"]["text"], unit=holder.unit, now=now)
        pieces.append(Piece("Task", new_id(), task, holder))
    await correspond(visit.door, visit.actor, pieces, visit.id)
    return root


async def answer(
    visit: Visit, person: int, patient: str, topic: str, words: str, files: Sequence[File], to: Thread | None
) -> str:
    """As staff: a message to the patient (an id), in a thread or a new one; what waited is answered. The id of the thread."""
    holder, assignment = holder_of(visit.actor), visit.actor.assignment
    id, reference = new_id(), f"Patient/{patient}"
    binaries, attached = _files(files, holder)
    sender: Resource = {"display": ", ".join(filter(None, (visit.actor.name, assignment.unit_name if assignment else "")))}
    if visit.actor.hsa_id:
        sender["identifier"] = {"system": HSA_ID, "value": visit.actor.hsa_id}
    sent = message(
        patient=reference,
        sender=sender,
        recipient={"reference": reference},
        topic=to.topic if to else topic,
        words=words,
        now=visit.door.clock(),
        thread=f"Communication/{to.id}" if to else "",
        files=attached,
    )
    pieces = [*binaries, Piece("Communication", id, sent, holder)]
    done = {"status": "completed", "owner": _me(visit)}
    pieces += [_changed(each, {**each, **done}) for each in (to.waiting if to else ())]
    await correspond(visit.door, visit.actor, pieces, visit.id, person=person)
    return to.id if to else id


async def handle(visit: Visit, person: int, one: Thread, action: str) -> None:
    """As staff: take the thread (`take`), give it back (`release`), or end it without an answer (`close`)."""
    if not one.waits or action not in ("take", "release", "close"):
        raise refuse(409, "conflict", "this thread waits for no answer any more")
    change = {
        "take": {"status": "in-progress", "owner": _me(visit)},
        "release": {"status": "requested"},
        "close": {"status": "completed", "owner": _me(visit)},
    }[action]
    free = [{name: value for name, value in each.items() if name != "owner"} for each in one.waiting]
    pieces = [_changed(each, {**each, **change}) for each in free]
    await correspond(visit.door, visit.actor, pieces, visit.id, person=person)


async def opened(visit: Visit, one: Thread) -> None:
    """The person has opened the thread: what the unit wrote is read. A guardian's or proxy's look is not the person's."""
    if visit.actor.acts_for or not one.unread:
        return
    now = visit.door.clock().isoformat(timespec="seconds")
    new = [each.resource for each in one.messages if not each.mine and not each.read]
    pieces = [Piece("Communication", each["id"], {**each, "received": now}, seen=_version(each)) for each in new]
    await correspond(visit.door, visit.actor, pieces, visit.id)


async def waiting(visit: Visit) -> list[Waiting]:
    """The threads that wait for an answer of the visitor's unit, the oldest first."""
    assignment = visit.actor.assignment
    if assignment is None:
        return []
    wanted = [
        ("code", f"{KIND_SYSTEM}|{HANDLING}"),
        ("status", _WAITING),
        ("_tag", f"{HSA_ID}|{assignment.unit}"),
        ("_include", "Task:patient"),
        ("_count", _MOST),
    ]
    rows = await visit.door.search(visit.actor, resolve(parse("Task", wanted)), visit.id)
    found = [(row["mode"], row["person"], exactjson.loads(row["body"].encode())) for row in rows if row["body"]]
    names = {f"Patient/{each['id']}": person_name(each) for mode, _, each in found if mode == "include"}
    listed = {one.thread: one for mode, person, each in found if mode == "match" and (one := _waiting(each, person, names))}
    return sorted(listed.values(), key=lambda one: (one.at is None, one.at.at if one.at else None))


def _waiting(task: Resource, person: int, names: Mapping[str, str]) -> Waiting:
    return Waiting(
        thread=text(task, "focus", "reference").partition("/")[2],
        person=person,
        name=names.get(text(task, "for", "reference"), ""),
        topic=text(task, "code", "text"),
        at=when(task.get("authoredOn")),
        owner=text(task, "owner", "display"),
        owner_id=text(task, "owner", "identifier", "value"),
    )


async def file(visit: Visit, one: Thread) -> tuple[Resource, bytes]:
    """The Attachment and the content of the file of the address, of a message in this thread. Raises OutcomeError 404."""
    id = visit.request.path_params["file"]
    found = next((each for m in one.messages for each in m.files if text(each, "url") == f"Binary/{id}"), None)
    if found is None:
        raise refuse(404, "not-found", "no such file was sent in this thread")
    row = await visit.door.read(visit.actor, "Binary", id, visit.id)
    return found, base64.b64decode(exactjson.loads(row.body.encode())["data"])


def _files(files: Sequence[File], holder: Holder) -> tuple[list[Piece], list[Resource]]:
    ids = [new_id() for _ in files]
    pieces = [Piece("Binary", id, each.binary(), holder) for id, each in zip(ids, files)]
    return pieces, [each.attachment(id) for id, each in zip(ids, files)]


def _changed(task: Resource, new: Resource) -> Piece:
    return Piece("Task", task["id"], new, seen=_version(task))


def _version(resource: Resource) -> int:
    return int(text(resource, "meta", "versionId"))


def _me(visit: Visit) -> Resource:
    actor = visit.actor
    return {"identifier": {"system": HSA_ID, "value": actor.hsa_id or actor.id}, "display": actor.name}
