"""Whose a resource is: the person behind its Patient, or behind the identifiers of a Patient itself."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from asyncpg import Connection, Record

from kedja import spec
from kedja.gate.changes import Change
from kedja.identity import identifiers_of
from kedja.outcome import refuse
from kedja.store import person as persons
from kedja.store.queries import sql

Resource = dict[str, Any]
Existing = Mapping[tuple[str, str], Record]


def patient_ids(resource: Resource) -> list[str]:
    """Ids of the Patients that this resource says it is about."""
    references = (text.split("/_history/")[0] for text in spec.subject_references(resource))
    return [text.rsplit("/", 1)[-1] for text in references if text.startswith("Patient/") or "/Patient/" in text]


async def persons_of(conn: Connection, changes: Sequence[Change], existing: Existing, source: str) -> list[int]:
    """The person of each change, in order; 0 where it is about nobody.

    Patients of the same batch count. Raises OutcomeError 422 when a subject is not to be found, 409 when identifiers of two persons meet.
    """
    known = await _patients_in_batch(conn, changes, existing, source)
    wanted = {id for change in changes if change.resource and change.type != "Patient" for id in patient_ids(change.resource)}
    missing = sorted(wanted - known.keys())
    if missing:
        known |= {row["id"]: row["person"] for row in await conn.fetch(sql("patients"), missing)}
    return [_person_of(change, existing, known) for change in changes]


async def _patients_in_batch(
    conn: Connection, changes: Sequence[Change], existing: Existing, source: str
) -> dict[str, int]:
    patients = [change for change in changes if change.type == "Patient" and change.resource is not None]
    if not patients:
        return {}
    identifiers = [identifiers_of(change.resource or {}) for change in patients]
    current = [row["person"] if (row := existing.get(("Patient", change.id))) else None for change in patients]
    keys = await persons.resolve_persons(conn, identifiers, source, current)
    return {change.id: key for change, key in zip(patients, keys)}


def _person_of(change: Change, existing: Existing, known: Mapping[str, int]) -> int:
    if change.resource is None:
        row = existing.get((change.type, change.id))
        return row["person"] if row else 0
    if change.type == "Patient":
        return known[change.id]
    people = {known.get(id, -1) for id in patient_ids(change.resource)}
    if -1 in people:
        unknown = next(id for id in patient_ids(change.resource) if id not in known)
        raise refuse(422, "not-found", f"there is no Patient/{unknown} here: send the Patient first, or correct the reference", change.type)
    if len(people) > 1:
        raise refuse(422, "business-rule", "the resource names Patients that are different persons: split it", change.type)
    return people.pop() if people else 0
