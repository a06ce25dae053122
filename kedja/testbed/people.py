"""Who lives in the region: the named households first, then random ones, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from kedja.testbed.clock import age
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
    phone: str
    key: str = ""
    marital: str = ""
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

    def age(self, on: date) -> int:
        return age(self.born, on)

    def alive(self, on: date) -> bool:
        return self.born <= on and (self.died is None or on <= self.died)


# What kinds of households there are: share, ages of the adults, how many children.
_HOUSEHOLDS: tuple[tuple[float, tuple[int, ...], tuple[int, int], tuple[int, int]], ...] = (
    (0.16, (0,), (20, 45), (0, 0)),
    (0.10, (0,), (46, 66), (0, 0)),
    (0.14, (0,), (67, 96), (0, 0)),
    (0.17, (0, -2), (24, 66), (0, 0)),
    (0.17, (0, 3), (67, 92), (0, 0)),
    (0.21, (0, 2), (29, 52), (1, 3)),
    (0.05, (0,), (27, 50), (1, 2)),
)
NAMED = sum(len(household["members"]) for household in load_table("persons.toml")["households"])


def inhabitants(persons: int, seed: int, region: Region, today: date) -> Iterator[Person]:
    """`persons` people in the order of their index. The first ones are the named, the same for every seed."""
    book = NumberBook()
    index = 0
    for household in _named(region, book, today):
        yield household
        index += 1
    number = 0
    while index < persons:
        for person in _household(stream(seed, "household", number), index, seed, region, book, today):
            if index == persons:
                return
            yield person
            index += 1
        number += 1


def _named(region: Region, book: NumberBook, today: date) -> Iterator[Person]:
    known: dict[str, Person] = {}
    rows = [(home, member) for home in load_table("persons.toml")["households"] for member in home["members"]]
    for index, (home, row) in enumerate(rows):
        known[row["id"]] = _named_person(index, home, row, region, book, today, known)
    for person in known.values():
        proxies = tuple(known[key] for key in person.special.get("proxies", ()))
        yield replace(person, proxies=proxies) if proxies else person


def _named_person(
    index: int, home: dict[str, Any], row: dict[str, Any], region: Region, book: NumberBook, today: date, known: dict[str, Person]
) -> Person:
    number, born = book.personnummer(date.fromisoformat(row["born"]), row["sex"])
    municipality = region.municipalities[home["municipality"]]
    courses = load_courses()
    person = Person(
        index=index,
        key=row["id"],
        given=row["given"],
        family=row["family"],
        sex=row["sex"],
        born=born,
        number=number,
        former=_former(row.get("former", ""), born, row["sex"], book),
        address=Address(home["street"], f"{municipality.postal} 10", municipality),
        centre=row["centre"],
        phone=_phone(index),
        marital=row.get("marital", "OG"),
        protected=row.get("protected", False),
        guardians=tuple(known[key] for key in row.get("guardians", ())),
        courses=tuple(Affliction(courses[c["course"]], today - timedelta(days=c["days_ago"])) for c in row.get("courses", ())),
        special=row,
    )
    return _with_everyday(person, stream(0, "named", row["id"]), today)


def _former(kind: str, born: date, sex: str, book: NumberBook) -> Number | None:
    if kind == "samordningsnummer":
        return book.samordningsnummer(born, sex)[0]
    return book.reservnummer(born) if kind == "reservnummer" else None


def _household(rng: Random, index: int, seed: int, region: Region, book: NumberBook, today: date) -> list[Person]:
    _, gaps, ages, children = rng.choices(_HOUSEHOLDS, [row[0] for row in _HOUSEHOLDS])[0]
    places = list(region.municipalities.values())
    municipality = rng.choices(places, [place.share for place in places])[0]
    street = f"{rng.choice(region.names['streets'])} {rng.randint(1, 68)}"
    address = Address(street, f"{municipality.postal} {rng.randint(10, 99)}", municipality)
    family, oldest = rng.choice(region.names["family"]), rng.randint(*ages)
    first_sex = rng.choice(("female", "male"))
    adults: list[Person] = []
    for place, gap in enumerate(gaps):
        sex = first_sex if place == 0 else ("male" if first_sex == "female" else "female")
        surname = family if place == 0 or chance(rng, 0.7) else rng.choice(region.names["family"])
        years = max(19, min(99, oldest + gap + (rng.randint(-3, 3) if place else 0)))
        adults.append(
            _inhabitant(rng, index + place, years, sex, surname, _marital(rng, gaps, years), address, region, book, today, ())
        )
    people = list(adults)
    for _ in range(rng.randint(*children)):
        years = rng.randint(0, min(17, oldest - 19))
        sex = rng.choice(("female", "male"))
        place = index + len(people)
        people.append(_inhabitant(rng, place, years, sex, family, "OG", address, region, book, today, tuple(adults)))
    return [_with_courses(person, seed, today) for person in people]


def _marital(rng: Random, gaps: tuple[int, ...], years: int) -> str:
    if len(gaps) == 2:
        return "G" if chance(rng, 0.7) else "OG"
    return rng.choice(["OG", "Ä", "S"]) if years > 66 else rng.choice(["OG", "OG", "S"])


def _inhabitant(
    rng: Random,
    index: int,
    years: int,
    sex: str,
    family: str,
    marital: str,
    address: Address,
    region: Region,
    book: NumberBook,
    today: date,
    guardians: tuple[Person, ...],
) -> Person:
    wished = today - timedelta(days=years * 365 + years // 4 + rng.randint(12, 363))
    foreign = years > 19 and chance(rng, 0.015)
    number, born = (book.samordningsnummer if foreign else book.personnummer)(wished, sex)
    return Person(
        index=index,
        given=rng.choice(region.names[sex]),
        family=family,
        sex=sex,
        born=born,
        number=number,
        marital=marital,
        address=address,
        centre=guardians[0].centre
        if guardians
        else rng.choices(address.municipality.centres, (0.7, 0.3)[: len(address.municipality.centres)])[0],
        phone=_phone(index),
        guardians=guardians,
    )


def _phone(index: int) -> str:
    """One of the mobile numbers that are set aside for fiction."""
    return f"070-174 06 {5 + index % 95:02d}"


def _with_courses(person: Person, seed: int, today: date) -> Person:
    rng = stream(seed, "courses", person.index)
    years = person.age(today)
    afflictions: list[Affliction] = []
    for course in load_courses().values():
        share = next((share for start, share in reversed(course.prevalence) if years >= start), 0.0)
        strikes, ago = chance(rng, share), rng.uniform(*course.debut_years)
        debut = today - timedelta(days=round(ago * 365.25))
        if strikes and not course.everybody and debut > person.born + timedelta(days=3 * 365) and _fits(course, afflictions):
            afflictions.append(Affliction(course, debut))
    return _with_everyday(replace(person, courses=tuple(afflictions)), rng, today)


def _fits(course: Course, others: list[Affliction]) -> bool:
    """Nobody has two kinds of diabetes."""
    return not (course.registry and any(other.course.registry == course.registry for other in others))


def _with_everyday(person: Person, rng: Random, today: date) -> Person:
    """Adds the courses that everybody has, and the death that a course ends with."""
    start = max(person.born, today - timedelta(days=5 * 365))
    everyday = tuple(
        Affliction(course, start + timedelta(days=rng.randint(0, 364))) for course in load_courses().values() if course.everybody
    )
    deaths = [
        one.debut + timedelta(days=rng.randint(*one.course.days_to_death)) for one in person.courses if one.course.days_to_death
    ]
    died = min(deaths, default=None)
    return replace(person, courses=person.courses + everyday, died=died if died and died <= today else None)
