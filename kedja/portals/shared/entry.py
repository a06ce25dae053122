"""What a page shows of one resource: an `Entry`, made by `tell` from a resource and the custody that it is under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A resource as the gate gives it, with the columns of its custody that a page may say."""

    resource: Resource
    regime: str
    provider: str = ""
    unit: str = ""
    source: str = ""
    documented: datetime | None = None  # when what it documents began, where the gate was asked for a timeline
    fresh: bool = False  # came or was changed since the reader's visit before this one


@dataclass(frozen=True, slots=True)
class When:
    """A FHIR date with its precision (`year`, `month`, `day`, `time`), and the instant that it sorts by."""

    at: datetime
    precision: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A code as it was recorded, for the details."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Value:
    """A measured value with its reference range. `side` is where it lies: low, high, outside, within, or empty when unknown."""

    text: str
    unit: str = ""
    reference: str = ""
    side: str = ""
    number: float | None = None
    low: float | None = None
    high: float | None = None
    second: float | None = None  # the lower of a blood pressure


@dataclass(frozen=True, slots=True)
class Told:
    """What is particular to a resource's type. `recorded` is True where the title is the record's own text (Swedish)."""

    kind: str  # a result, a medicine, a contact ...: a key of tell.KINDS
    title: str
    when: When | None = None
    until: When | None = None
    value: Value | None = None
    lines: tuple[str, ...] = ()
    text: str = ""  # a note's own text
    details: tuple[tuple[str, str], ...] = ()
    recorded: bool = True
    active: bool = True
    urgent: bool = False
    group: str = ""  # entries with the same group are the same thing over time (one analysis, one medicine)
    parts: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry is from, in words, and the law that it is kept under."""

    unit: str
    provider: str
    law: str
    recorded_by: str = ""
    system: str = ""  # the registry, biobank or record system that it came through


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the person has had noted beside an entry: that it is wrong, in their own words (PDL 3:8)."""

    words: str
    sent: When | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a page."""

    id: str  # Type/id
    domain: str  # care | social | registry | biobank | own
    domain_name: str
    kind_name: str
    told: Told
    source: Source
    codes: tuple[Coded, ...] = ()
    explanation: str = ""
    visit: str = ""  # Encounter/id of the contact that it belongs to
    regime: str = ""  # the law that it is kept under, by its code
    annotations: tuple[Annotation, ...] = ()
    documented: datetime | None = None
    fresh: bool = False

    @property
    def contestable(self) -> bool:
        """Whether the person may have it noted that this is wrong (P-6)."""
        return self.regime in ("health", "social")
