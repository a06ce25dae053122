"""Whose a resource is: the person behind its Patient, or behind the identifiers of a Patient itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncpg import Connection, Record

from kedja import spec
from kedja.gate.changes import Change
from kedja.identity import Identifier, identifiers_of
from kedja.outcome import OutcomeError, refuse
from kedja.store import person as persons
from kedja.store.queries import sql

Resource = dict[str, Any]
Existing = Mapping[tuple[str, str], Record]


def patient_ids(resource: Resource) -> list[str]:
    """Ids of the Patients that this resource says it is about."""
    references = (text.split("/_history/")[0] for text in spec.subject_references(resource))
    return [text.rsplit("/", 1)[-1] for text in references if text.startswith("Patient/") or "/Patient/" in text]


async def persons_of(conn: Connection, changes: Sequence[Change], existing: Existing, source: str) -> list[int | OutcomeError]:
    """The person of each change, in order: 0 where it is about nobody, or why it cannot be told.

    Patients of the same batch count. Refusals: 422 a subject is not to be found or two persons are named, 409 identifiers of
    two persons meet.
    """
    known: dict[str, int | OutcomeError] = dict(await _patients_in_batch(conn, changes, existing, source))
    wanted = {id for change in changes if change.resource and change.type != "Patient" for id in patient_ids(change.resource)}
    missing = sorted(wanted - known.keys())
    if missing:
        known |= {row["id"]: row["person"] for row in await conn.fetch(sql("patients"), missing)}
    return [_person_of(change, existing, known) for change in changes]


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


def _person_of(change: Change, existing: Existing, known: Mapping[str, int | OutcomeError]) -> int | OutcomeError:
    if change.resource is None:
        row = existing.get((change.type, change.id))
        return row["person"] if row else 0
    if change.type == "Patient":
        return known[change.id]
    people: set[int] = set()
    for id in patient_ids(change.resource):
        person = known.get(id)
        if not isinstance(person, int):
            told = f"there is no Patient/{id} here: send the Patient first, or correct the reference"
            return refuse(422, "not-found", told, change.type)
        people.add(person)
    if len(people) > 1:
        return refuse(422, "business-rule", "the resource names Patients that are different persons: split it", change.type)
    return people.pop() if people else 0
