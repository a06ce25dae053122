"""All that one person's journals hold, as it grows: resources by source, and what was measured when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kedja.testbed import demographics, fhir
from kedja.testbed.body import Body, Value
from kedja.testbed.courses import Contact
from kedja.testbed.people import Person
from kedja.testbed.region import Region, Staff, Unit
from kedja.testbed.streams import stream, uuid

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured at one contact: the values by variable, and the Observations that hold them."""

    day: date
    at: str
    unit: Unit
    course: str
    encounter: str
    values: dict[str, Value]
    observations: dict[str, str]
    registry: bool = False
    sample: bool = False


@dataclass
class Chart:
    """`records` are (source, resource) in the order of writing. `marks` are things that a registry asks about."""

    person: Person
    region: Region
    seed: int
    today: date
    body: Body = field(init=False)
    records: list[tuple[str, Resource]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    patients: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = stream(self.seed, "ids", self.person.index)
        self.rng = stream(self.seed, "life", self.person.index)
        self.body = Body(self.person, self.seed)
        self._notes: dict[str, int] = {}
        self._mixed = {name for name in self.region.sources if self.region.units_of_source(name) > 1}

    @property
    def end(self) -> date:
        """The last day with anything written: the death, or the day of the population."""
        return self.person.died or self.today

    def unit(self, role: str) -> Unit:
        return self.region.unit_for(role, self.person.address.municipality, self.person.centre)

    def staff(self, unit: Unit, role: str) -> Staff:
        """The same person each time: one of the unit's staff with this role."""
        team = self.region.teams[unit.key, role]
        return team[self.person.index % len(team)]

    def subject(self, source: str) -> Resource:
        """A reference to the person's Patient in a source, which is written when it is first needed."""
        if source not in self.patients:
            self.patients[source] = f"{self.person.key}-{source}" if self.person.key else uuid(self._ids)
            resource = demographics.patient(self.person, self._identifiers(source), source)
            self.records.append((source, {"resourceType": "Patient", "id": self.patients[source]} | resource))
        return {"reference": f"Patient/{self.patients[source]}"}

    def add(self, unit: Unit, resource: Resource) -> str:
        """Writes a resource of a unit into its source; gives its id."""
        if unit.source in self._mixed:
            resource.setdefault("meta", {})["tag"] = [fhir.unit_tag(unit)]
        return self.addition(unit.source, resource)

    def next_note(self, contact: Contact) -> str:
        """The contact's notes take turns, from a place of the person's own."""
        used = self._notes.get(contact.id, self.person.index)
        self._notes[contact.id] = used + 1
        return contact.notes[used % len(contact.notes)]

    def addition(self, source: str, resource: Resource) -> str:
        """Writes a resource that belongs to no unit into a source; gives its id."""
        id = uuid(self._ids)
        kind = resource.pop("resourceType")
        self.records.append((source, {"resourceType": kind, "id": id} | resource))
        return id

    def _identifiers(self, source: str) -> list[Resource]:
        """The region knows a former number beside the current one; the ambulance has only ever met the former."""
        person = self.person
        if person.former and source == "ambulans":
            return [person.former.as_fhir()]
        if person.former and source == "region-sorvik":
            return [{"use": "official"} | person.number.as_fhir(), {"use": "old"} | person.former.as_fhir()]
        return [person.number.as_fhir()]
