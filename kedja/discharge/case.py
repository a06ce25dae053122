"""One stay in inpatient care, as the statute looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Stockholm")
"""Whose clock and calendar the statute goes by."""


class Party(StrEnum):
    """Who has something to do."""

    INPATIENT = "inpatient"  # den slutna vården
    OPEN_CARE = "open-care"  # den regionfinansierade öppna vården
    MUNICIPAL_CARE = "municipal-care"  # den kommunalt finansierade hälso- och sjukvården
    SOCIAL = "social"  # socialtjänsten


MUNICIPAL: Final = frozenset({Party.MUNICIPAL_CARE, Party.SOCIAL})


@dataclass(frozen=True, slots=True)
class Agreement:
    """What region and municipality have agreed on (4:5): another day, another amount. The statute's where None."""

    days: int | None = None  # from the notice to the liability, whenever in the day it is sent
    amount: Decimal | None = None  # kronor for a day and night


@dataclass(frozen=True, slots=True)
class Span:
    """From a day until but not including another; None: until further notice."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Case:
    """What has happened so far. Every instant is aware; None: not yet.

    `needs`: when the doctor judged that services may be needed after the stay (2:1), with `parties` whose they would be.
    `notified`, `estimate_told`, `ready_told`, `informed`: when each party was told of the admission, of the estimate that stands
    now, of the readiness, and given what it needs (2:1, 2:4, 3:1, 3:2). `withheld`: those whom secrecy keeps from being told
    (3:1-2). `invited`: when the permanent care contact called to the joint planning (4:3).
    """

    admitted: datetime
    needs: datetime | None = None
    parties: frozenset[Party] = frozenset()
    notified: Mapping[Party, datetime] = field(default_factory=dict[Party, datetime])
    estimated: datetime | None = None
    estimate_changed: datetime | None = None
    estimate_told: Mapping[Party, datetime] = field(default_factory=dict[Party, datetime])
    contact_named: datetime | None = None
    planning_begun: Mapping[Party, datetime] = field(default_factory=dict[Party, datetime])
    ready: datetime | None = None
    ready_told: Mapping[Party, datetime] = field(default_factory=dict[Party, datetime])
    informed: Mapping[Party, datetime] = field(default_factory=dict[Party, datetime])
    withheld: frozenset[Party] = frozenset()
    invited: datetime | None = None
    no_plan: bool = False  # the patient does not consent to the plan (4:2), or a care plan under LPT or LRV takes its place (4:1)
    discharged: datetime | None = None
    lacking: tuple[Span, ...] = ()  # days on which what open care answers for is not there, or not known to be (5:5)
    agreement: Agreement = Agreement()

    @property
    def told_parties(self) -> frozenset[Party]:
        """Whom the admission notice goes to: with municipal health care always the region's open care too (2:1)."""
        return self.parties | ({Party.OPEN_CARE} if Party.MUNICIPAL_CARE in self.parties else frozenset())

    @property
    def planned_jointly(self) -> bool:
        """Whether a joint individual plan is to be made: services of both region and municipality (4:1)."""
        return not self.no_plan and bool(self.parties & MUNICIPAL) and Party.OPEN_CARE in self.told_parties

    @property
    def notice_of_readiness(self) -> datetime | None:
        """When the last of the municipality's units that are concerned was told that the patient is ready (3:1, 5:3).

        None while one has not been told; those whom secrecy keeps from being told are not waited for.
        """
        concerned = (self.parties & MUNICIPAL) - self.withheld
        told = [self.ready_told.get(party) for party in concerned]
        return max((at for at in told if at is not None), default=None) if all(told) else None


def day_of(instant: datetime) -> date:
    """The day in Sweden."""
    return instant.astimezone(ZONE).date()
