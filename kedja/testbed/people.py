"""Who lives in the region: the named households first, then random ones, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from kedja.testbed.clock import WINDOW_DAYS, age
from kedja.testbed.courses import Course, load_courses
from kedja.testbed.numbers import Number, NumberBook
from kedja.testbed.region import Municipality, Region, load_table
from kedja.testbed.streams import chance, stream


@dataclass(frozen=True, slots=True)
class Affliction:
    """A course that a person goes through, from its debut."""

    course: Course
    debut: date


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    postal: str
    municipality: Municipality


@dataclass(frozen=True)
class Person:
    """One inhabitant. `key` is set for the named ones only; `special` holds what data/persons.toml says of them."""

    index: int
    given: str
    family: str
    sex: str
    born: date
    number: Number
    address: Address
    centre: str
    key: str = ""
    marital: str = "OG"
    former: Number | None = None
    protected: bool = False
    died: date | None = None
    guardians: tuple[Person, ...] = ()
    proxies: tuple[Person, ...] = ()
    courses: tuple[Affliction, ...] = ()
    special: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def phone(self) -> str:
        """One of the mobile numbers that are set aside for fiction."""
        return f"070-174 06 {5 + self.index % 95:02d}"

    def age(self, on: date) -> int:
        return age(self.born, on)


@dataclass(frozen=True, slots=True)
class Household:
    """A kind of household: its share, the years between the adults, the oldest one's age, and how many children."""

    share: float
    adults: tuple[int, ...]
    ages: tuple[int, int]
    children: tuple[int, int] = (0, 0)


_HOUSEHOLDS = (
    Household(0.16, (0,), (20, 45)),
    Household(0.10, (0,), (46, 66)),
    Household(0.14, (0,), (67, 96)),
    Household(0.17, (0, -2), (24, 66)),
    Household(0.17, (0, 3), (67, 92)),
    Household(0.21, (0, 2), (29, 52), (1, 3)),
    Household(0.05, (0,), (27, 50), (1, 2)),
)
_SHARES = [household.share for household in _HOUSEHOLDS]
_SAMORDNING_SHARE = 0.015

NAMED = sum(len(home["members"]) for home in load_table("persons.toml")["households"])


def inhabitants(persons: int, seed: int, region: Region, today: date) -> Iterator[Person]:
    """`persons` people in the order of their index. The first ones are the named, the same for every seed."""
    census = Census(region, today, seed)
    yield from census.named()
    index, number = NAMED, 0
    while index < persons:
        for person in census.household(stream(seed, "household", number), index)[: persons - index]:
            yield person
            index += 1
        number += 1


@dataclass(frozen=True)
class Census:
    """Makes persons of one region on one day; gives out their numbers."""

    region: Region
    today: date
    seed: int
    book: NumberBook = field(default_factory=NumberBook)

    def named(self) -> list[Person]:
        """The persons of data/persons.toml. A proxy may stand after the one that they act for."""
        known: dict[str, Person] = {}
        for home in load_table("persons.toml")["households"]:
            for row in home["members"]:
                known[row["id"]] = self._named(len(known), home, row, known)
        return [replace(one, proxies=tuple(known[key] for key in one.special.get("proxies", ()))) for one in known.values()]

    def _named(self, index: int, home: dict[str, Any], row: dict[str, Any], known: dict[str, Person]) -> Person:
        number, born = self.book.personnummer(date.fromisoformat(row["born"]), row["sex"])
        municipality, courses = self.region.municipalities[home["municipality"]], load_courses()
        debuts = [(courses[one["course"]], self.today - timedelta(days=one["days_ago"])) for one in row.get("courses", ())]
        person = Person(
            index=index,
            key=row["id"],
            given=row["given"],
            family=row["family"],
            sex=row["sex"],
            born=born,
            number=number,
            former=self._former(row.get("former", ""), born, row["sex"]),
            address=Address(home["street"], f"{municipality.postal}10", municipality),
            centre=row["centre"],
            marital=row.get("marital", "OG"),
            protected=row.get("protected", False),
            guardians=tuple(known[key] for key in row.get("guardians", ())),
            courses=tuple(Affliction(course, debut) for course, debut in debuts),
            special=row,
        )
        return self._with_everyday(person, stream(0, "named", row["id"]))

    def _former(self, kind: str, born: date, sex: str) -> Number | None:
        if kind == "samordningsnummer":
            return self.book.samordningsnummer(born, sex)[0]
        return self.book.reservnummer(born) if kind == "reservnummer" else None

    def household(self, rng: Random, index: int) -> list[Person]:
        """One random household; its first person has `index`. Adults first, then their children."""
        kind = rng.choices(_HOUSEHOLDS, _SHARES)[0]
        address, family, oldest = self._address(rng), rng.choice(self.region.names["family"]), rng.randint(*kind.ages)
        sexes = rng.choice((("female", "male"), ("male", "female")))
        together = "G" if chance(rng, 0.7) else "OG"
        adults: list[Person] = []
        for gap, sex in zip(kind.adults, sexes):
            years = max(19, min(99, oldest + gap + (rng.randint(-3, 3) if gap else 0)))
            surname = family if not adults or chance(rng, 0.7) else rng.choice(self.region.names["family"])
            adult = self._inhabitant(rng, index + len(adults), years, sex, surname, address)
            adults.append(replace(adult, marital=together if len(kind.adults) == 2 else _alone(rng, years)))
        people = list(adults)
        for _ in range(rng.randint(*kind.children)):
            years, sex = rng.randint(0, min(17, oldest - 19)), rng.choice(sexes)
            child = self._inhabitant(rng, index + len(people), years, sex, family, address)
            people.append(replace(child, guardians=tuple(adults), centre=adults[0].centre))
        return [self._with_courses(person) for person in people]

    def _address(self, rng: Random) -> Address:
        places = list(self.region.municipalities.values())
        municipality = rng.choices(places, [place.share for place in places])[0]
        street = f"{rng.choice(self.region.names['streets'])} {rng.randint(1, 68)}"
        return Address(street, f"{municipality.postal}{rng.randint(10, 99)}", municipality)

    def _inhabitant(self, rng: Random, index: int, years: int, sex: str, family: str, address: Address) -> Person:
        wished = self.today - timedelta(days=years * 365 + years // 4 + rng.randint(12, 363))
        foreign = years > 19 and chance(rng, _SAMORDNING_SHARE)
        number, born = (self.book.samordningsnummer if foreign else self.book.personnummer)(wished, sex)
        centres = address.municipality.centres
        centre = rng.choices(centres, (0.7, 0.3)[: len(centres)])[0]
        return Person(index, rng.choice(self.region.names[sex]), family, sex, born, number, address, centre)

    def _with_courses(self, person: Person) -> Person:
        """Courses by the prevalence at the person's age; the debut lies some years back, not in early childhood."""
        rng, years = stream(self.seed, "courses", person.index), person.age(self.today)
        afflictions: list[Affliction] = []
        for course in load_courses().values():
            share = next((share for start, share in reversed(course.prevalence) if years >= start), 0.0)
            strikes, ago = chance(rng, share), rng.uniform(*course.debut_years)
            debut = self.today - timedelta(days=round(ago * 365.25))
            if strikes and debut > person.born + timedelta(days=3 * 365) and _fits(course, afflictions):
                afflictions.append(Affliction(course, debut))
        return self._with_everyday(replace(person, courses=tuple(afflictions)), rng)

    def _with_everyday(self, person: Person, rng: Random) -> Person:
        """Adds the courses that everybody has, and the death that a course ends with."""
        start = max(person.born, self.today - timedelta(days=WINDOW_DAYS))
        everyday = [course for course in load_courses().values() if course.everybody]
        lasting = tuple(Affliction(course, start + timedelta(days=rng.randint(0, 364))) for course in everyday)
        deaths = [
            one.debut + timedelta(rng.randint(*one.course.days_to_death)) for one in person.courses if one.course.days_to_death
        ]
        died = min(deaths, default=self.today + timedelta(days=1))
        return replace(person, courses=person.courses + lasting, died=died if died <= self.today else None)


def _alone(rng: Random, years: int) -> str:
    return rng.choice(("OG", "Ä", "S") if years > 66 else ("OG", "OG", "S"))


def _fits(course: Course, others: list[Affliction]) -> bool:
    """Nobody has two kinds of diabetes."""
    return not (course.registry and any(other.course.registry == course.registry for other in others))
