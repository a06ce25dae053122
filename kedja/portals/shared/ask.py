"""What the pages ask of the gate. No other file of the portals reads or writes anything about a person."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate import Change, Door, new_id
from kedja.gate import people as gate_people
from kedja.gate.record import Kept, record
from kedja.gate.writes import write
from kedja.identity.systems import HSA_ID
from kedja.outcome import refuse
from kedja.portals.shared.entry import Held, Resource
from kedja.portals.shared.page import Visit
from kedja.portals.shared.read import items, text
from kedja.signin import demo

_DIRECTORY_LASTS: Final = 60.0  # seconds
_directories: WeakKeyDictionary[Any, tuple[float, dict[str, str]]] = WeakKeyDictionary()


async def own_record(visit: Visit, types: Sequence[str]) -> list[Held]:
    """The citizen's own resources of these types, with custody."""
    return await person_record(visit, visit.actor.person, types)


async def person_record(visit: Visit, person: int, types: Sequence[str]) -> list[Held]:
    """A person's resources of these types, as far as the law lets this actor read them."""
    kept = await record(visit.door, visit.actor, person, types, visit.id)
    return [_held(each) for each in kept]


async def own_log(visit: Visit, *, count: int, before: int | None = None, others: bool) -> Sequence[Mapping[str, Any]]:
    """Rows of the citizen's own access log, newest first; `others`: without their own readings."""
    return await visit.door.log_of(visit.actor, visit.actor.person, visit.id, before=before, count=count, others=others)


async def directory(visit: Visit) -> Mapping[str, str]:
    """The name of each provider and unit by HSA-id, at most a minute old."""
    store = visit.door.store.pool
    known = _directories.get(store)
    if known is None or known[0] + _DIRECTORY_LASTS < time.monotonic():
        kept = await record(visit.door, visit.actor, 0, ["Organization"], visit.id)
        known = (time.monotonic(), _names(_held(each).resource for each in kept))
        _directories[store] = known
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


async def own_patient(visit: Visit) -> str:
    """`Patient/id` of the citizen. Raises 404 when nobody has a Patient for them yet."""
    kept = await record(visit.door, visit.actor, visit.actor.person, ["Patient"], visit.id)
    if not kept:
        raise refuse(404, "not-found", "no care provider has you as a patient here yet, so that there is nothing to decide about")
    return f"Patient/{min(each.id for each in kept)}"


async def demo_logins(door: Door) -> list[dict[str, Any]]:
    return await gate_people.state(door, demo.STATE) or []


async def demo_actor(door: Door, login: demo.Login) -> Actor:
    """The actor of a demo login; a citizen's person is found by their number."""
    person = await gate_people.person_of(door, login.identifier_system, login.identifier) if login.identifier else 0
    return demo.actor_of(login, person)


def _held(kept: Kept) -> Held:
    return Held(exactjson.loads(kept.body.encode()), kept.regime, kept.provider, kept.unit, kept.source)


def _names(organisations: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for organisation in organisations:
        for identifier in items(organisation, "identifier"):
            if text(identifier, "system") == HSA_ID:
                found[text(identifier, "value")] = text(organisation, "name")
    return found
