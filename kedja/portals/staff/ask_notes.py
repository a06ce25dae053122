"""What the pages of notes ask of the gate: drafts, a note with its entries, its versions, and which are not signed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kedja import exactjson
from kedja.access.consents import HSA_SYSTEM
from kedja.documentation import note as notes
from kedja.documentation.note import Author
from kedja.gate import Change, new_id
from kedja.gate import drafts as gate_drafts
from kedja.gate.drafts import Draft
from kedja.gate.record import record
from kedja.gate.writes import write
from kedja.outcome import refuse
from kedja.portals.shared.entry import Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import person_name
from kedja.portals.staff.band import assignment_of, employee_of
from kedja.search.parse import parse
from kedja.search.resolve import resolve

_MOST: Final = "200"
_MODES: Final = ("match", "include")


@dataclass(frozen=True, slots=True)
class Note:
    """`resources`: the Composition and its entries; `version` is that of the Composition, `person` whom it is about."""

    person: int
    version: int
    resources: Sequence[Resource]

    @property
    def composition(self) -> Resource:
        return self.resources[0]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A note that waits for its author's signature; `patient` is the name."""

    person: int
    composition: Resource
    patient: str


def author(visit: Visit) -> Author:
    """The visitor as an author, under the assignment chosen."""
    assignment, actor = assignment_of(visit), visit.actor
    return Author(
        employee_of(visit), actor.name, actor.title, assignment.provider, assignment.provider_name, assignment.unit_name
    )


async def drafts(visit: Visit, *, id: str = "", patient: str = "") -> Sequence[Draft]:
    return await gate_drafts.drafts(visit.door, visit.actor, visit.id, id=id, patient=patient)


async def draft(visit: Visit, person: int, id: str) -> Draft:
    """The visitor's own draft about this person. Raises 404."""
    found = await drafts(visit, id=id)
    if not found or found[0].person != person:
        raise refuse(404, "not-found", "there is no such draft of yours: it became a note, or was thrown away")
    return found[0]


async def keep(visit: Visit, person: int, id: str, patient: str, body: Resource, corrects: str = "") -> None:
    await gate_drafts.keep(visit.door, visit.actor, person, id, patient, body, visit.id, corrects)


async def drop(visit: Visit, person: int, id: str) -> None:
    await gate_drafts.drop(visit.door, visit.actor, person, id, visit.id)


async def note(visit: Visit, person: int, id: str) -> Note:
    """A note about this person, with the entries that the visitor may read. Raises 404."""
    row = await visit.door.read(visit.actor, "Composition", id, visit.id)
    if row.person != person:
        raise refuse(404, "not-found", f"Composition/{id} is not about this patient")
    composition = exactjson.loads(row.body.encode())
    places = [place.partition("/") for place in notes.entry_places(composition)]
    types, ids = sorted({type for type, _, _ in places}), [each for _, _, each in places]
    held = await record(visit.door, visit.actor, person, types, visit.id, ids) if places else []
    return Note(person, _version(composition), [composition, *(exactjson.loads(each.body.encode()) for each in held)])


async def earlier(visit: Visit, person: int, id: str, version: int) -> Resource:
    """An earlier version of a note's Composition. Raises 404."""
    row = await visit.door.vread(visit.actor, "Composition", id, version, visit.id)
    if row.person != person:
        raise refuse(404, "not-found", f"Composition/{id} is not about this patient")
    return exactjson.loads(row.body.encode())


async def create(visit: Visit, resources: Sequence[Resource]) -> None:
    """A new note with its entries, all or none."""
    await write(
        visit.door, visit.actor, [Change(each["resourceType"], each["id"], each, fresh=True) for each in resources], visit.id
    )


async def change(visit: Visit, standing: Sequence[Resource], resources: Sequence[Resource], version: int) -> None:
    """The next version of a note. Raises 412 where somebody changed it since `version` was read."""
    known = {f"{each['resourceType']}/{each['id']}" for each in standing}
    changes = [
        Change(each["resourceType"], each["id"], each, fresh=f"{each['resourceType']}/{each['id']}" not in known)
        if each["resourceType"] != "Composition"
        else Change("Composition", each["id"], each, if_match=version)
        for each in resources
    ]
    await write(visit.door, visit.actor, changes, visit.id)


async def unsigned(visit: Visit) -> Sequence[Unsigned]:
    """The visitor's own notes that are not signed, the oldest first (PDL 3:10)."""
    mine = f"{HSA_SYSTEM}|{employee_of(visit)}"
    wanted = [("status", "preliminary"), ("author:identifier", mine), ("_sort", "date"), ("_include", "Composition:subject")]
    rows = await visit.door.search(visit.actor, resolve(parse("Composition", [*wanted, ("_count", _MOST)])), visit.id)
    found = [(row["mode"], row["person"], exactjson.loads(row["body"].encode())) for row in rows if row["mode"] in _MODES]
    names = {person: person_name(each) for mode, person, each in found if mode == "include"}
    return [Unsigned(person, each, names.get(person, "")) for mode, person, each in found if mode == "match"]


def new() -> str:
    return new_id()


def _version(resource: dict[str, Any]) -> int:
    return int(resource["meta"]["versionId"])
