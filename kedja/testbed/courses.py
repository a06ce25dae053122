"""Courses of illness as data: data/courses/*.toml, data/variables.toml and data/shared.toml, read into frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kedja.testbed.region import load_table

FOREVER = 100_000  # days


@dataclass(frozen=True, slots=True)
class Variable:
    """Something measured. `mean` at age 40, `sd` between persons, `noise` between measurements, `age` per year over 40."""

    key: str
    code: str
    display: str
    category: str
    system: str = "loinc"
    loinc: str = ""
    unit: str = ""
    shown: str = ""
    decimals: int = 0
    mean: float = 0.0
    sd: float = 0.0
    noise: float = 0.0
    age: float = 0.0
    female: float = 0.0
    floor: float = 0.0
    ceiling: float = 0.0
    low: float | None = None
    high: float | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a course does to a variable between two days after its debut."""

    variable: str
    add: float = 0.0
    spread: float = 0.0
    per_year: float = 0.0
    factor: float = 1.0
    first: int = 0
    until: int = FOREVER


@dataclass(frozen=True, slots=True)
class Medicine:
    code: str
    name: str
    dose: str
    share: float = 1.0
    first: int = 0
    days: int = FOREVER
    at: str = "primary"
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A kind of contact with care: where, when after the debut, what is measured, done and written."""

    id: str
    at: str
    staff: str
    reason: str = ""
    kind: str = "AMB"  # v3-ActCode: AMB, IMP, EMER, HH
    days: int = 0
    first: int = 0
    every: int = FOREVER
    jitter: int = 0
    times: int = FOREVER
    until: int = FOREVER
    chance: float = 1.0
    from_age: int = 0
    to_age: int = 200
    sex: str = ""
    arrival: bool = False
    registry: bool = False
    sample: float = 0.0
    mark: str = ""
    refer: str = ""
    masked: bool = False  # the note is not for the patient
    diagnosis: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    at: str
    name: str
    first: int = 0
    until: int = FOREVER


@dataclass(frozen=True, slots=True)
class Plan:
    at: str
    title: str
    text: str
    first: int = 0


@dataclass(frozen=True, slots=True)
class Vaccine:
    code: str
    name: str
    share: float
    months: tuple[int, ...] = ()
    from_age: int = 0
    to_age: int = 200
    at_age: int = -1
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Allergy:
    name: str
    kind: str
    criticality: str
    reaction: str
    share: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    id: str
    name: str
    everybody: bool = False
    acute: bool = False
    registry: str = ""
    diagnosis: tuple[str, ...] = ()
    diagnosis_at: str = "primary"
    prevalence: tuple[tuple[float, float], ...] = ()
    debut_years: tuple[float, float] = (0.0, 1.0)
    days_to_death: tuple[int, int] | None = None
    effects: tuple[Effect, ...] = ()
    episodes: tuple[Episode, ...] = ()
    plans: tuple[Plan, ...] = ()
    contacts: tuple[Contact, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    vaccines: tuple[Vaccine, ...] = ()
    allergies: tuple[Allergy, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    procedures: dict[str, dict[str, str]]
    medicines: dict[str, Medicine]
    arrival: tuple[Contact, ...]


_PARTS: dict[str, type] = {
    "effects": Effect,
    "episodes": Episode,
    "plans": Plan,
    "contacts": Contact,
    "medicines": Medicine,
    "vaccines": Vaccine,
    "allergies": Allergy,
}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _record(kind: type, row: dict[str, Any]) -> Any:
    return kind(**{key: _frozen(value) for key, value in row.items()})


def _course(table: dict[str, Any]) -> Course:
    parts = {name: tuple(_record(kind, row) for row in table.get(name, ())) for name, kind in _PARTS.items()}
    return _record(Course, {key: value for key, value in table.items() if key not in _PARTS} | parts)


@lru_cache(maxsize=1)
def load_courses() -> dict[str, Course]:
    """Every course by its id, in the order of the file names."""
    folder = files("kedja.testbed").joinpath("data", "courses")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    courses = [_course(load_table(f"courses/{name}")) for name in names]
    return {course.id: course for course in courses}


@lru_cache(maxsize=1)
def load_variables() -> dict[str, Variable]:
    return {key: _record(Variable, row | {"key": key}) for key, row in load_table("variables.toml").items()}


@lru_cache(maxsize=1)
def load_shared() -> Shared:
    table = load_table("shared.toml")
    return Shared(
        procedures=table["procedures"],
        medicines={key: _record(Medicine, row) for key, row in table["medicines"].items()},
        arrival=tuple(_record(Contact, row) for row in table["arrival"]),
    )
