"""A small world: persons with several Patients, their records at several providers, blocks and consents; always the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from kedja import exactjson
from kedja.access.custody import Custody, Label, Regime
from kedja.access.rows import BlockFact, CareRelation, ConsentFact
from kedja.search.extract import extract
from kedja.store.write import LogLine, Version, apply

Resource = dict[str, Any]
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
PROVIDERS = ("prov-a", "prov-b", "prov-c")
UNITS = ("unit-1", "unit-2")
FAMILIES = ("Åberg", "Aberg", "Öhman", "Ohlson", "de la Cruz", "Sjö-Berg", "Söderlund", "O'Hara", "Berg")
GIVENS = ("Åsa", "Anna", "Anna Karin", "Björn", "Bo", "Örjan", "Zoë")
CODES = (("http://loinc.org", "4548-4"), ("http://loinc.org", "8480-6"), ("urn:oid:1.2.752.108.1", "NPU27300"), ("", "lokal"))
UCUM = "http://unitsofmeasure.org"
DATES = ("2020", "2021-03", "2021-03-05", "2021-03-05T08:30:00+02:00", "2022-12-31T23:59:59Z", "2023-01-01", "2024-02-29")


@dataclass(frozen=True)
class Held:
    """One stored resource."""

    resource: Resource
    custody: Custody
    key: int
    updated: datetime
    deleted: bool = False

    @property
    def type(self) -> str:
        return self.resource["resourceType"]

    @property
    def id(self) -> str:
        return self.resource["id"]

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"


class World:
    """Everything that is stored. No dataclass, so that a failing test does not print all of it."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.relations: list[CareRelation] = []
        self.consents: list[ConsentFact] = []
        self.blocks: list[BlockFact] = []

    def patients(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """What the gate tells `with_person`."""
        people: dict[int, list[str]] = {}
        for one in self.held:
            if one.type == "Patient" and not one.deleted:
                people.setdefault(one.custody.person, []).append(one.id)
        return {id: (person, tuple(ids)) for person, ids in people.items() for id in ids}


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World()

    def hold(self, resource: Resource, person: int, regime: Regime = Regime.HEALTH) -> Held:
        random, number = self.random, len(self.world.held)
        resource = {"resourceType": resource["resourceType"], "id": f"r{number}", **resource}
        if random.random() < 0.4:
            resource["meta"] = self.meta()
        start = datetime(random.randint(2019, 2024), random.randint(1, 12), 1, tzinfo=UTC)
        custody = Custody(
            regime if person else Regime.DIRECTORY,
            person,
            random.choice(PROVIDERS) if person else "",
            random.choice(UNITS) if person else "",
            random.choice((None, start)),
            random.choice((None, start + timedelta(days=90))),
            Label(random.choice((0, 0, 0, 1, 4, 12))),
        )
        held = Held(
            resource,
            custody,
            (number * 7919 % 100_003) * 4096 + 5,
            NOW - timedelta(hours=random.randint(0, 200) * 7, microseconds=random.randint(0, 999_999)),
            deleted=random.random() < 0.05,
        )
        self.world.held.append(held)
        return held

    def meta(self) -> Resource:
        random = self.random
        return {
            "tag": [{"system": "http://tags", "code": random.choice("abc")}],
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": random.choice("NRV")}],
            "profile": [f"http://profiles/{random.choice('xy')}"],
            "source": f"urn:source:{random.choice('12')}",
        }

    def some(self, chance: float, **members: Any) -> Resource:
        return members if self.random.random() < chance else {}


def make(seed: int = 5, persons: int = 9) -> World:
    maker = _Maker(seed)
    organizations = _directory(maker)
    for person in range(1, persons + 1):
        patients = [_patient(maker, person, organizations) for _ in range(maker.random.choice((1, 1, 2)))]
        encounters = [_encounter(maker, person, patients, organizations) for _ in range(maker.random.randint(1, 4))]
        for _ in range(maker.random.randint(5, 12)):
            _observation(maker, person, patients, encounters, organizations)
        for _ in range(maker.random.randint(0, 2)):
            _risk(maker, person, patients)
        _facts(maker, person)
    return maker.world


def _directory(maker: _Maker) -> list[Held]:
    random = maker.random
    organizations: list[Held] = []
    for _ in range(6):
        parent = (
            {"partOf": {"reference": random.choice(organizations).reference}} if organizations and random.random() < 0.6 else {}
        )
        named = {"resourceType": "Organization", "name": random.choice(("Ekbackens vårdcentral", "Norrvik", "Söderby")), **parent}
        organizations.append(maker.hold(named, 0))
    for number in range(5):
        url = f"http://values/{number % 3}" + ("/more" if number == 4 else "")
        maker.hold({"resourceType": "ValueSet", "status": "active", "url": url}, 0)
    return organizations


def _patient(maker: _Maker, person: int, organizations: list[Held]) -> Held:
    random = maker.random
    name = {"family": random.choice(FAMILIES), "given": [random.choice(GIVENS) for _ in range(random.randint(0, 2))]}
    return maker.hold(
        {
            "resourceType": "Patient",
            **maker.some(0.9, name=[{k: v for k, v in name.items() if v}]),
            **maker.some(0.8, gender=random.choice(("male", "female", "other"))),
            **maker.some(0.5, active=random.random() < 0.5),
            **maker.some(0.8, birthDate=random.choice(("1950", "1961-10", "1961-10-18", "1990-01-01", "2012-12-12"))),
            **maker.some(0.7, identifier=[{"system": "http://ids", "value": f"p{person}"}, {"value": "bare"}]),
            **maker.some(0.5, managingOrganization={"reference": random.choice(organizations).reference}),
        },
        person,
    )


def _period(random: Random) -> Resource:
    start, end = sorted(random.sample(["2020-02-01", "2020-07-01T10:00:00Z", "2021-03-05", "2022", "2023-05"], 2))
    return random.choice(({"start": start}, {"end": end}, {"start": start, "end": end}))


def _encounter(maker: _Maker, person: int, patients: list[Held], organizations: list[Held]) -> Held:
    random = maker.random
    return maker.hold(
        {
            "resourceType": "Encounter",
            "status": random.choice(("finished", "in-progress")),
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": random.choice(("AMB", "IMP"))},
            "subject": {"reference": random.choice(patients).reference},
            **maker.some(0.8, period=_period(random)),
            **maker.some(0.6, serviceProvider={"reference": random.choice(organizations).reference}),
        },
        person,
    )


def _observation(maker: _Maker, person: int, patients: list[Held], encounters: list[Held], organizations: list[Held]) -> None:
    random = maker.random
    codings = [
        {key: value for key, value in (("system", system), ("code", code)) if value}
        for system, code in random.sample(CODES, random.randint(1, 2))
    ]
    about_device = random.random() < 0.05
    maker.hold(
        {
            "resourceType": "Observation",
            "status": random.choice(("final", "preliminary")),
            "code": {"coding": codings},
            "subject": {"reference": "Device/d1" if about_device else random.choice(patients).reference},
            **maker.some(0.5, encounter={"reference": random.choice(encounters).reference}),
            **maker.some(
                0.5,
                performer=[{"reference": random.choice(organizations).reference}, {"reference": "http://other/Practitioner/9"}],
            ),
            **maker.some(0.3, performer=[{"identifier": {"system": "http://ids", "value": f"hsa{random.randint(1, 2)}"}}]),
            **random.choice(({}, {"effectiveDateTime": random.choice(DATES)}, {"effectivePeriod": _period(random)})),
            **random.choice(
                ({}, {"valueQuantity": _quantity(random)}, {"valueString": random.choice(("Åter i dag", "åter", "Bra"))})
            ),
        },
        0 if about_device else person,
    )


def _quantity(random: Random) -> Resource:
    number = exactjson.Number(random.choice(("5.4", "5.40", "5.0", "5.44", "6.1", "-2.5", "100.0", "0.001")))
    value: Any = random.choice((number, number, 5, 100))
    unit = random.choice(
        (
            {"unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
            {"unit": "mmol per liter", "system": UCUM, "code": "mmol/L"},
            {"unit": "mg"},
            {},
        )
    )
    return {"value": value, **random.choice(({}, {}, {"comparator": "<"}, {"comparator": ">"})), **unit}


def _risk(maker: _Maker, person: int, patients: list[Held]) -> None:
    random = maker.random
    probability = [{"probabilityDecimal": exactjson.Number(random.choice(("0.1", "0.25", "0.250", "0.9")))}]
    maker.hold(
        {
            "resourceType": "RiskAssessment",
            "status": "final",
            "subject": {"reference": random.choice(patients).reference},
            **maker.some(0.8, prediction=probability),
        },
        person,
    )


def _facts(maker: _Maker, person: int) -> None:
    random, world = maker.random, maker.world
    times = (None, None, NOW - timedelta(days=30), NOW + timedelta(days=30), NOW)

    def unit() -> str | None:
        return random.choice((None, *UNITS))

    for provider in PROVIDERS:
        if random.random() < 0.5:
            world.relations.append(
                CareRelation(person, provider, random.choice(("", *UNITS)), random.choice(times), random.choice(times))
            )
        if random.random() < 0.4:
            kind = random.choice(("svod", "emergency"))
            employee = random.choice((None, "me"))
            world.consents.append(
                ConsentFact(person, kind, provider, unit(), employee, random.choice(times), random.choice(times))
            )
        if random.random() < 0.4:
            since = random.choice((None, datetime(2021, 1, 1, tzinfo=UTC)))
            until = random.choice((None, datetime(2023, 1, 1, tzinfo=UTC)))
            excluded: Any = random.choice((0, 4, 8))  # as PostgreSQL takes it
            kind = random.choice(("inner", "outer"))
            ends = random.choice(times)
            world.blocks.append(BlockFact(person, kind, provider, unit(), since, until, excluded, random.choice(times), ends))


async def load(conn: Any, world: World) -> None:
    """Store it with the store's own writer; facts hang on the first resource, which they are keyed by."""
    first = next(one for one in world.held if not one.deleted)
    await apply(conn, [_version(one, world if one is first else None) for one in world.held], 0, "load", [LogLine(0, "import")])
    await conn.execute("ANALYZE")


async def supersede(conn: Any, held: Held, number: int) -> None:
    """Store this as version `number` of what stands there."""
    version = _version(held, None)
    version.fresh, version.version = False, number
    async with conn.transaction():
        await apply(conn, [version], 0, "change", [LogLine(0, "update")])


async def add(conn: Any, held: Held) -> None:
    await apply(conn, [_version(held, None)], 0, "add", [LogLine(0, "create")])


def _version(held: Held, facts: World | None) -> Version:
    custody = held.custody
    return Version(
        key=held.key,
        fresh=True,
        type=held.type,
        id=held.id,
        version=1,
        updated=held.updated,
        deleted=held.deleted,
        person=custody.person,
        regime=custody.regime.value,
        provider=custody.provider,
        unit=custody.unit,
        source="",
        labels=int(custody.labels),
        start=custody.start,
        end=custody.end,
        content_hash=0,
        body="" if held.deleted else exactjson.dumps(held.resource).decode(),
        index=None if held.deleted else extract(held.resource),
        relations=facts.relations if facts else (),
        consents=facts.consents if facts else (),
        blocks=facts.blocks if facts else (),
    )
