"""What is stored, in memory: every resource with its custody, and the values of its search parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import asyncpg
import msgspec

from kedja import exactjson, spec
from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.compile import permit
from kedja.access.consents import block_consent, svod_consent
from kedja.access.custody import Custody, Regime
from kedja.access.evaluate import evaluate
from kedja.access.facts import FactRow, facts_of
from kedja.gate import Door
from kedja.gate.batch import Delivered, take
from kedja.gate.prepare import prepare
from kedja.gate.writes import custody_of_row
from kedja.identity.custody import custody_of
from kedja.store.pool import connect
from tests.differential import published
from tests.differential.matching.reference import places
from tests.fhir.service import CLINIC, NORTH, SOUTH, SURGERY, WARD, staff

Resource = dict[str, Any]
SOURCE = "material"
_WRITE = msgspec.json.Encoder(decimal_format="number")
BASE = "http://kedja.test/fhir"
EVERYONE = Actor("differential", Kind.SYSTEM, assignment=Assignment(SOURCE, Purpose.ADMINISTRATION, NORTH, CLINIC))
DOCTOR = staff("dora", NORTH, WARD)
_UNITS = ((NORTH, CLINIC), (NORTH, WARD), (NORTH, WARD), (SOUTH, SURGERY))


@dataclass(frozen=True)
class Held:
    resource: Resource
    custody: Custody
    key: int
    updated: datetime

    @property
    def type(self) -> str:
        return self.resource["resourceType"]

    @property
    def id(self) -> str:
        return self.resource["id"]

    @cached_property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"


class World:
    """No dataclass, so that a failing test does not print all of it. `held` is in the order of the store's keys, newest first."""

    def __init__(self, held: Sequence[Held]) -> None:
        self.held = sorted(held, key=lambda one: -one.key)
        self.by_place = {one.reference: one for one in self.held}
        self._values: dict[tuple[str, str], list[Any]] = {}
        self._referring: dict[tuple[str, str], dict[str, list[Held]]] = {}
        self.of_type: defaultdict[str, list[Held]] = defaultdict(list)
        for one in self.held:
            self.of_type[one.type].append(one)

    def values(self, held: Held, code: str) -> list[Any]:
        """What the parameter selects; kept, since it is asked for again and again."""
        place = (held.reference, code)
        if place not in self._values:
            self._values[place] = published.selected(held.resource, code)
        return self._values[place]

    def composed(self, held: Held, code: str) -> list[Any]:
        place = (held.reference, code)
        if place not in self._values:
            self._values[place] = published.composed(held.resource, code)
        return self._values[place]

    def leads_to(self, held: Held, code: str) -> list[str]:
        return [place for value in self.values(held, code) for place in places(value, BASE)]

    def targets(self, held: Held, code: str) -> list[Held]:
        """The resources that the parameter leads to: by their place, or every version of what is published under a url."""
        found = [one for place in self.leads_to(held, code) for one in (self._by_url.get(place) or [self.by_place.get(place)])]
        return list({one.reference: one for one in found if one}.values())

    @cached_property
    def _by_url(self) -> dict[str, list[Held]]:
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for one in self.held:
            if isinstance(url := one.resource.get("url"), str) and "url" in self.codes[one.type]:
                found[url].append(one)
        return dict(found)

    def referring(self, resource_type: str, code: str) -> dict[str, list[Held]]:
        """{reference: the resources of this type that refer there by this parameter}."""
        if (resource_type, code) not in self._referring:
            found: defaultdict[str, list[Held]] = defaultdict(list)
            for one in self.of_type[resource_type]:
                for target in self.targets(one, code):
                    found[target.reference].append(one)
            self._referring[resource_type, code] = dict(found)
        return self._referring[resource_type, code]

    @cached_property
    def same(self) -> dict[str, set[str]]:
        """The Patients of one person stand for each other."""
        people: defaultdict[int, set[str]] = defaultdict(set)
        for one in self.of_type["Patient"]:
            people[one.custody.person].add(one.reference)
        return {place: places for places in people.values() for place in places}

    def seen_by(self, actor: Actor, now: datetime) -> set[str]:
        """What the law lets this actor read: resource by resource."""
        law = permit(actor, "read", now)
        facts: defaultdict[int, list[FactRow]] = defaultdict(list)
        for one in self.held:
            for fact in facts_of(one.resource, one.custody):
                facts[one.custody.person].append(fact)
        return {one.reference for one in self.held if evaluate(law, one.custody, facts[one.custody.person], one.type, one.id)}

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        """{resource type: {code: search type}} of what is stored."""
        return {
            name: {code: found.type for code, found in spec.search_parameters(name).items()}
            for name in self.of_type
            if self.of_type[name]
        }


async def store(url: str, resources: Sequence[Resource], now: datetime) -> World:
    """Store the resources, each with a custody of one of four units, and what the law asks for; and read back what is kept."""
    everything = [exactjson.loads(_WRITE.encode(one)) for one in resources]
    patients = [one["id"] for one in resources if one["resourceType"] == "Patient"]
    everything += [{**one, "id": f"consent-{place}"} for place, one in enumerate(_consents(patients, now))]
    units = {one["id"]: _UNITS[place % 4] for place, one in enumerate(everything)}

    def custody(resource: Resource, person: int) -> Custody:
        provider, unit = units[resource["id"]]
        return custody_of(resource, regime=Regime.HEALTH, provider=provider, unit=unit, source=SOURCE, person=person)

    door = Door(await connect(url, size=2))
    for start in range(0, len(everything), 200):
        batch = [Delivered(prepare(one, one["id"], BASE)) for one in everything[start : start + 200]]
        taken = await take(door, EVERYONE, SOURCE, batch, custody, "load")
        refused = [one.issues[0].diagnostics for one in taken if one.outcome == "refused"]
        assert not refused, refused[:5]
    await door.store.pool.close()
    return await stored(url)


async def stored(url: str) -> World:
    conn = await asyncpg.connect(url)
    rows = await conn.fetch("SELECT * FROM resource WHERE NOT deleted")
    await conn.close()
    return World([Held(published.load(row["body"]), custody_of_row(row), row["key"], row["updated"]) for row in rows])


def _consents(patients: Sequence[str], now: datetime) -> list[Resource]:
    """Some share with the other provider, some block the clinic, some are in the ward's care."""
    found: list[Resource] = []
    for place, id in enumerate(patients):
        about = f"Patient/{id}"
        if place % 3 == 0:
            found.append(svod_consent(about, NORTH, unit=WARD, dated=now))
        if place % 4 == 0:
            found.append(block_consent(about, NORTH, inner=True, unit=CLINIC, dated=now))
    return found
