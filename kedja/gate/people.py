"""Who somebody is: by a number that is given exactly, never by trying. Every look-up of another leaves a row in their log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kedja import exactjson
from kedja.access.actor import Actor, Kind, Purpose
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.shield import alert
from kedja.identity import Identifier
from kedja.outcome import refuse
from kedja.store.person import resolve_person
from kedja.store.pool import connection
from kedja.store.queries import sql

_MAY_IDENTIFY = (Kind.PROFESSIONAL, Kind.CARE_WORKER)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the population register says of a person: no health data. `patient` is the id of one of their Patients, or ''."""

    person: int
    number: str
    name: list[dict[str, Any]]
    birth_date: str
    gender: str
    deceased: bool
    protected: bool
    patient: str


async def state(door: Door, name: str) -> Any:
    """A row of `system_state`, or None: about no person."""
    value = await door.store.pool.fetchval(sql("state"), name)
    return None if value is None else exactjson.loads(value.encode())


async def person_of(door: Door, system: str, value: str) -> int:
    """The key of the person with this number; 0 for nobody. For sign-in, where the person proves the number to be theirs."""
    return await door.store.pool.fetchval(sql("person_of"), system, value) or 0


async def proven(door: Door, number: Identifier) -> int:
    """The key of the person who has proved that this number is theirs: who is new here is a person from now on."""
    known = await person_of(door, number.system, number.value)
    if known:
        return known
    async with connection(door.store) as conn:
        return await resolve_person(conn, [number], "sign-in")


async def of_patient(door: Door, id: str) -> int:
    """The key of the person whom this Patient is about; 0 for nobody. For an administrator's commands."""
    row = await door.store.pool.fetchrow(sql("persons_of_patients"), [id])
    return row["person"] if row else 0


async def identify(door: Door, actor: Actor, person: int, request: str) -> Identity | None:
    """Who a person is, for staff who give care. Raises 403 for anyone else; None when the person has no Patient here."""
    assignment = actor.assignment
    if actor.kind not in _MAY_IDENTIFY or assignment is None or assignment.purpose is not Purpose.CARE:
        await door.denied(actor, person, "identify", [], [], request, "")
        raise refuse(403, "forbidden", "only staff who give care look persons up by their number (PDL 4 kap. 1 §)")
    row = await door.store.pool.fetchrow(sql("identity"), person, await key_of(door.store, actor), request)
    if row is None or row["body"] is None:
        return None
    if row["protected"]:
        alert(actor, request)
    patient = exactjson.loads(row["body"].encode())
    return Identity(
        person=person,
        number=row["number"] or "",
        name=patient.get("name", []),
        birth_date=patient.get("birthDate", ""),
        gender=patient.get("gender", ""),
        deceased=patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient,
        protected=bool(row["protected"]),
        patient=patient.get("id", ""),
    )
