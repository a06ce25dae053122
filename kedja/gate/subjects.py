"""Whose a resource is: the person behind its Patient, or behind the identifiers of a Patient itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asyncpg import Connection, Record

from kedja import spec
from kedja.gate.changes import Change
from kedja.identity import Identifier, identifiers_of
from kedja.outcome import OutcomeError, refuse
from kedja.search.extract_references import literal
from kedja.store import person as persons
from kedja.store.queries import sql

Resource = dict[str, Any]
Existing = Mapping[tuple[str, str], Record]
MOST: Final = 4096  # Patients whose persons a process remembers for its writes


@dataclass(slots=True)
class Remembered:
    """Whose Patients are, as a process saw it last. `claims`: those that one write rests on, which its statement checks."""

    persons: OrderedDict[str, int]
    claims: dict[str, int] = field(default_factory=dict[str, int])
    looked: bool = False

    def recall(self, ids: Iterable[str]) -> None:
        for id in ids:
            if (person := self.persons.get(id)) is not None:
                self.persons.move_to_end(id)
                self.claims[id] = person

    def note(self, found: Mapping[str, int | OutcomeError]) -> None:
        self.looked = True
        for id, person in found.items():
            if isinstance(person, int):
                self.persons[id] = self.claims[id] = person
        while len(self.persons) > MOST:
            self.persons.popitem(last=False)


def patient_ids(resource: Resource, base: str) -> list[str]:
    """Ids of the Patients that this resource says it is about.

    Raises OutcomeError 422 for a subject that is named in another way: whose it is must be sure before it is kept.
    """
    found: list[str] = []
    for text in spec.subject_references(resource):
        place = literal(text, base) or ""
        kind, _, id = place.partition("/")
        if kind == "Patient":
            found.append(id)
        elif (place and not spec.is_resource_type(_named(place))) or _named(place) == "Patient":
            told = f"the subject `{text[:100]}` is not kept here: refer to a Patient of this server, as `Patient/1`"
            raise refuse(422, "not-found", told, resource["resourceType"])
    for name in spec.subject_elements(resource["resourceType"]):
        for holder in as_list(resource.get(name)):
            if "reference" not in holder and holder.get("type", "Patient" if "identifier" in holder else "") == "Patient":
                told = "the subject has no literal reference: find the Patient by its identifier first, and refer to `Patient/1`"
                raise refuse(422, "required", told, f"{resource['resourceType']}.{name}.reference")
    return found


def no_patient(id: str, resource_type: str) -> OutcomeError:
    """What is said of a subject that is not here, and to a citizen of one who is not to be told of."""
    told = f"there is no Patient/{id} here: send the Patient first, or correct the reference"
    return refuse(422, "not-found", told, resource_type)


def _named(place: str) -> str:
    """The type that a reference names, here or elsewhere: `https://x.org/fhir/Group/2` names a Group."""
    return place.rpartition("/")[0].rpartition("/")[2]


def as_list(value: Any) -> list[Resource]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


async def persons_of(
    conn: Connection,
    changes: Sequence[Change],
    existing: Existing,
    source: str,
    base: str = "",
    lenders: Sequence[str] | None = None,
    remembered: Remembered | None = None,
) -> list[int | OutcomeError]:
    """The person of each change, in order: 0 where it is about nobody, or why it cannot be told.

    Patients of the same batch count, and those that are remembered. `lenders`: only these sources' Patients may be meant, since
    another source may have given the same id to another human. Refusals: 422 a subject is not to be found or two persons are
    named, 409 identifiers of two persons meet.
    """
    known: dict[str, int | OutcomeError] = dict(await _patients_in_batch(conn, changes, existing, source))
    subjects = [_subjects(change, base) for change in changes]
    wanted = {id for ids in subjects if not isinstance(ids, OutcomeError) for id in ids}
    if remembered is not None:
        remembered.recall(wanted - known.keys())
        known |= remembered.claims
    missing = sorted(wanted - known.keys())
    if missing:
        found = await patients_kept(conn, missing, lenders)
        if remembered is not None:
            remembered.note(found)
        known |= found
    return [_person_of(change, ids, existing, known) for change, ids in zip(changes, subjects)]


async def patients_kept(
    conn: Connection, ids: Sequence[str], lenders: Sequence[str] | None = None
) -> dict[str, int | OutcomeError]:
    """{Patient id: its person} of those that are here."""
    if lenders is None:
        return {row["id"]: row["person"] for row in await conn.fetch(sql("persons_of_patients"), ids)}
    return {row["id"]: row["person"] for row in await conn.fetch(sql("patients_of_sources"), ids, lenders)}


def _subjects(change: Change, base: str) -> list[str] | OutcomeError:
    if change.resource is None or change.type == "Patient":
        return []
    try:
        return patient_ids(change.resource, base)
    except OutcomeError as refusal:
        return refusal


async def _patients_in_batch(
    conn: Connection, changes: Sequence[Change], existing: Existing, source: str
) -> dict[str, int | OutcomeError]:
    found: dict[str, int | OutcomeError] = {}
    ids: list[str] = []
    identifiers: list[list[Identifier]] = []
    for change in changes:
        if change.type == "Patient" and change.resource is not None:
            try:
                identifiers.append(identifiers_of(change.resource))
                ids.append(change.id)
            except OutcomeError as refusal:
                found[change.id] = refusal
    if ids:
        current = [row["person"] if (row := existing.get(("Patient", id))) else None for id in ids]
        found |= zip(ids, await persons.resolve_each(conn, identifiers, source, current))
    return found


def _person_of(
    change: Change, subjects: list[str] | OutcomeError, existing: Existing, known: Mapping[str, int | OutcomeError]
) -> int | OutcomeError:
    if isinstance(subjects, OutcomeError):
        return subjects
    if change.resource is None:
        row = existing.get((change.type, change.id))
        return row["person"] if row else 0
    if change.type == "Patient":
        return known[change.id]
    people: set[int] = set()
    for id in subjects:
        person = known.get(id)
        if not isinstance(person, int):
            return no_patient(id, change.type)
        people.add(person)
    if len(people) > 1:
        return refuse(422, "business-rule", "the resource names Patients that are different persons: split it", change.type)
    return people.pop() if people else 0
