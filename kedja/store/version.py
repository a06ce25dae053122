"""What is about to be stored: versions with their index and facts, and the lines of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

Relation = tuple[int, str, str, datetime | None, datetime | None]
Consent = tuple[int, str, str, str | None, str | None, datetime | None, datetime | None]
Block = tuple[int, str, str, str | None, datetime | None, datetime | None, int, datetime | None, datetime | None]
State = tuple[int, str, str, str, datetime | None, datetime | None]
Represented = tuple[int, str, int, int, datetime | None, datetime | None]
Lift = tuple[int, str, str, str | None, str, str | None, str | None, str, datetime | None, datetime | None]


class IndexValues(Protocol):
    """What `search.extract.extract` gives."""

    @property
    def tokens(self) -> Sequence[int]: ...
    @property
    def refs(self) -> Sequence[int]: ...
    @property
    def strings(self) -> Sequence[tuple[int, str, str]]: ...
    @property
    def dates(self) -> Sequence[tuple[int, datetime, datetime]]: ...
    @property
    def numbers(self) -> Sequence[tuple[int, Decimal, Decimal, Decimal, int, int]]: ...
    @property
    def texts(self) -> Sequence[tuple[int, int, str]]: ...
    @property
    def composites(self) -> Sequence[tuple[int, int, int, tuple[int, ...], Decimal, Decimal, Decimal, int, int]]: ...


@dataclass(slots=True)
class Version:
    """One version about to be stored. `fresh`: the resource has no row yet. `body` is its JSON text, '' when deleted."""

    key: int
    fresh: bool
    type: str
    id: str
    version: int
    updated: datetime
    deleted: bool
    person: int
    regime: str
    provider: str
    unit: str
    source: str
    labels: int
    start: datetime | None
    end: datetime | None
    content_hash: int
    body: str
    index: IndexValues | None
    settles: bool = False  # it says otherwise than before whether its person has protected identity
    relations: Sequence[Relation] = ()
    consents: Sequence[Consent] = ()
    blocks: Sequence[Block] = ()
    states: Sequence[State] = ()
    representations: Sequence[Represented] = ()
    lifts: Sequence[Lift] = ()

    @property
    def states_facts(self) -> bool:
        """Whether the law has anything to know from it."""
        return bool(self.relations or self.consents or self.blocks or self.states or self.representations or self.lifts)


@dataclass(slots=True)
class LogLine:
    """One row of the access log of a write: whose data, what was done, by which rules, to what."""

    person: int
    action: str
    rules: list[str] = field(default_factory=list[str])
    resources: list[str] = field(default_factory=list[str])
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """The log lines of one request. `actor` is the key of who acts."""

    actor: int
    request: str
    lines: Sequence[LogLine]
