"""What the pages ask of the gate. No other file of the portals reads or writes anything about a person."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.access.asker import Context
from kedja.access.custody import Label
from kedja.access.disclosure import Step
from kedja.gate import Change, Door, deliveries, new_id
from kedja.gate import acting as gate_acting
from kedja.gate import people as gate_people
from kedja.gate.acting import Represented
from kedja.gate.contest import contest
from kedja.gate.disclosure import preview
from kedja.gate.readiness import DEMO_STATE
from kedja.gate.record import Kept, record
from kedja.gate.timeline import Facet, Wanted, stretch
from kedja.gate.writes import write
from kedja.identity.custody import labels_of
from kedja.identity.systems import HSA_ID, PERSONNUMMER, SAMORDNINGSNUMMER
from kedja.outcome import refuse
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, person_name, text
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.signin import demo

_DIRECTORY_LASTS: Final = 60.0  # seconds
_HITS: Final = 50
_NO_CONTEXT: Final = Context()
_OWN_NUMBERS: Final = (PERSONNUMMER, SAMORDNINGSNUMMER)


@dataclass(frozen=True, slots=True)
class Hit:
    """A person that a search by name found."""

    person: int
    name: str
    number: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of a timeline; `earlier` are older results to compare with. `since`, `older`: as `gate.timeline.Stretch`."""

    page: list[Held]
    earlier: list[Held]
    facets: Sequence[Facet]
    since: datetime | None
    older: datetime | None


async def own_record(visit: Visit, types: Sequence[str]) -> list[Held]:
    """The resources of these types of the person, or of whom they act for, with custody."""
    return await person_record(visit, visit.actor.subject, types)


async def person_record(visit: Visit, person: int, types: Sequence[str]) -> list[Held]:
    """A person's resources of these types, as far as the law lets this actor read them."""
    kept = await record(visit.door, visit.actor, person, types, visit.id)
    return [held_of(each) for each in kept]


async def own_entry(visit: Visit, resource_type: str, id: str) -> list[Held]:
    """The entry, if there is one that the law lets the visitor read, and what the person has had noted about entries."""
    found = await record(visit.door, visit.actor, visit.actor.subject, [resource_type], visit.id, [id])
    return [*map(held_of, found), *await own_record(visit, ["Communication"])] if found else []


async def own_timeline(visit: Visit, types: Sequence[str], wanted: Wanted) -> Timeline:
    """A page of the timeline of the person, or of whom they act for."""
    found = await stretch(visit.door, visit.actor, visit.actor.subject, types, wanted, visit.id)
    return Timeline([*map(held_of, found.page)], [*map(held_of, found.earlier)], found.facets, found.since, found.older)


async def contested(visit: Visit, resource_type: str, id: str, words: str) -> None:
    """Have it noted that an entry is wrong. Raises OutcomeError 404 where it is not to be seen, 403 where nobody notes it."""
    await contest(visit.door, visit.actor, resource_type, id, words, visit.id, "")


async def own_log(visit: Visit, *, count: int, before: int | None = None, others: bool) -> Sequence[Mapping[str, Any]]:
    """Rows of the access log of the person, or of whom they act for, newest first; `others`: without their own readings."""
    rows = await visit.door.log_of(visit.actor, visit.actor.subject, visit.id, before=before, count=count, others=others)
    return [dict(row) for row in rows]


async def directory(visit: Visit) -> Mapping[str, str]:
    """The name of each provider and unit by HSA-id, and the title of each source by its name; at most a minute old."""
    app = visit.request.app.state
    known: tuple[float, dict[str, str]] | None = getattr(app, "directory", None)
    if known is None or known[0] + _DIRECTORY_LASTS < time.monotonic():
        kept = await record(visit.door, visit.actor, 0, ["Organization"], visit.id)
        titles = {name: definition.get("title", "") for name, definition in (await deliveries.sources(visit.door)).items()}
        known = (time.monotonic(), titles | _names(held_of(each).resource for each in kept))
        app.directory = known
    return known[1]


async def put(visit: Visit, resource: Resource) -> str:
    """Create or update one resource; its id. Raises OutcomeError when the law or the state does not allow it."""
    fresh = "id" not in resource
    id = new_id() if fresh else resource["id"]
    await write(visit.door, visit.actor, [Change(resource["resourceType"], id, resource, fresh=fresh)], visit.id)
    return id


async def put_all(visit: Visit, resources: Sequence[Resource]) -> None:
    """Create several resources, all or none."""
    changes = [Change(each["resourceType"], new_id(), each, fresh=True) for each in resources]
    await write(visit.door, visit.actor, changes, visit.id)


async def represented(visit: Visit) -> list[Represented]:
    """All for whom the visitor stands."""
    return await gate_acting.represented(visit.door, visit.actor, visit.id)


async def own_patient(visit: Visit) -> str:
    """`Patient/id` of the citizen. Raises 404 when nobody has a Patient for them yet."""
    kept = await record(visit.door, visit.actor, visit.actor.person, ["Patient"], visit.id)
    if not kept:
        raise refuse(404, "not-found", "no care provider has you as a patient here yet, so that there is nothing to decide about")
    return f"Patient/{min(each.id for each in kept)}"


async def find_by_name(visit: Visit, name: str) -> list[Hit]:
    """Persons whose name starts so, among those whom the law lets this actor see; never one with protected identity."""
    query = resolve(parse("Patient", [*(("name", part) for part in name.split()), ("_count", str(_HITS))]))
    rows = await visit.door.search(visit.actor, query, visit.id)
    hits: dict[int, Hit] = {}
    for row in rows:
        if row["mode"] != "match":
            continue
        patient = exactjson.loads(row["body"].encode())
        if not labels_of(patient) & Label.PROTECTED:
            hits.setdefault(row["person"], _hit(row["person"], patient))
    return sorted(hits.values(), key=lambda hit: hit.name.casefold())


async def find_by_number(visit: Visit, system: str, value: str) -> int:
    """The patient with exactly this number; 0 for nobody. For staff who give care; that it was looked up is logged."""
    person = await gate_people.person_of(visit.door, system, value)
    return person if await identity(visit, person) else 0


async def identity(visit: Visit, person: int) -> gate_people.Identity | None:
    return await gate_people.identify(visit.door, visit.actor, person, visit.id)


async def steps(visit: Visit, person: int, context: Context = _NO_CONTEXT) -> Sequence[Step]:
    """What the law lets this actor be told of what is held about a person, with what the actor declares."""
    return (await preview(visit.door, visit.actor, person, visit.id, context)).steps


async def demo_progress(door: Door) -> tuple[int, int] | None:
    """How many of the demo region's records are loaded, of how many; None when it is all there or was never begun."""
    progress = await gate_people.state(door, DEMO_STATE) or {}
    if progress.get("phase") not in ("making", "loading"):
        return None
    return int(progress.get("done", 0)), int(progress.get("total", 0))


async def demo_logins(door: Door) -> list[dict[str, Any]]:
    return await gate_people.state(door, demo.STATE) or []


async def demo_actor(door: Door, login: demo.Login) -> Actor:
    """The actor of a demo login; a citizen's person is found by their number."""
    person = await gate_people.person_of(door, login.identifier_system, login.identifier) if login.identifier else 0
    return demo.actor_of(login, person)


def _hit(person: int, patient: Resource) -> Hit:
    number = next((text(each, "value") for each in items(patient, "identifier") if text(each, "system") in _OWN_NUMBERS), "")
    return Hit(person, person_name(patient), number, text(patient, "birthDate"))


def held_of(kept: Kept) -> Held:
    """What the gate gave, its text read."""
    resource = exactjson.loads(kept.body.encode())
    return Held(resource, kept.regime, kept.provider, kept.unit, kept.source, kept.documented, kept.fresh)


def _names(organisations: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for organisation in organisations:
        for identifier in items(organisation, "identifier"):
            if text(identifier, "system") == HSA_ID:
                found[text(identifier, "value")] = text(organisation, "name")
    return found
