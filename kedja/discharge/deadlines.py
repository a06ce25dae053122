"""What is due, for whom, by when: chapters 2 to 4 of lag 2017:612.

Days are days of the calendar: the statute excepts no Saturdays, Sundays or holidays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kedja.discharge.case import ZONE, Case, Party, day_of

_NOTICE: Final = timedelta(hours=24)  # 2:3
_INVITATION: Final = timedelta(days=3)  # 4:3


class Step(StrEnum):
    """What is to be done."""

    ADMISSION_NOTICE = "admission-notice"
    ESTIMATE = "estimate"
    CARE_CONTACT = "care-contact"
    PLANNING = "planning"
    READY_NOTICE = "ready-notice"
    INFORMATION = "information"
    INVITATION = "invitation"


CITES: Final[Mapping[Step, str]] = {
    Step.ADMISSION_NOTICE: "2017:612 2 kap. 1 och 3 §§",
    Step.ESTIMATE: "2017:612 2 kap. 4 §",
    Step.CARE_CONTACT: "2017:612 2 kap. 5 §",
    Step.PLANNING: "2017:612 2 kap. 6 §",
    Step.READY_NOTICE: "2017:612 3 kap. 1 §",
    Step.INFORMATION: "2017:612 3 kap. 2 §",
    Step.INVITATION: "2017:612 4 kap. 3 §",
}


class State(StrEnum):
    WAITING = "waiting"  # to be done
    LATE = "late"  # to be done, and the time is over
    DONE = "done"
    DONE_LATE = "done-late"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`by` has to do `step` towards `to` (None: towards nobody else) before `due`; None: at once, without a fixed time.

    `since` is when the duty began, `done` when it was done.
    """

    step: Step
    by: Party
    to: Party | None
    since: datetime
    due: datetime | None
    done: datetime | None

    @property
    def cite(self) -> str:
        return CITES[self.step]

    def state(self, now: datetime) -> State:
        if self.done is not None:
            return State.DONE_LATE if self.due is not None and self.done > self.due else State.DONE
        return State.LATE if self.due is not None and now > self.due else State.WAITING

    @property
    def in_time(self) -> bool:
        """Whether it was done, and not after the time was over."""
        return self.done is not None and (self.due is None or self.done <= self.due)


def deadlines(case: Case) -> list[Deadline]:
    """All that the stay makes due, done or not, in the order of the statute."""
    if case.needs is None:
        return []
    return [*_notices(case), *_estimates(case), *_open_care(case), *_planning(case), *_ready(case), *_invitation(case)]


def _notices(case: Case) -> Iterator[Deadline]:
    """24 hours from the admission, or from the judgement where that came later in the stay (2:3)."""
    assert case.needs is not None
    since = max(case.admitted, case.needs).astimezone(UTC)  # hours, not those of a clock that is put forward
    for party in sorted(case.told_parties):
        yield Deadline(Step.ADMISSION_NOTICE, Party.INPATIENT, party, since, since + _NOTICE, case.notified.get(party))


def _estimates(case: Case) -> Iterator[Deadline]:
    """Whoever was told one time of discharge is told the new one, as soon as possible (2:4)."""
    if case.estimate_changed is None:
        return
    for party, told in sorted(case.notified.items()):
        if told < case.estimate_changed:
            again = case.estimate_told.get(party)
            done = again if again is not None and again >= case.estimate_changed else None
            yield Deadline(Step.ESTIMATE, Party.INPATIENT, party, case.estimate_changed, None, done)


def _open_care(case: Case) -> Iterator[Deadline]:
    """A permanent care contact is named before the discharge by the open care that was told of the admission (2:5)."""
    told = case.notified.get(Party.OPEN_CARE)
    if told is not None:
        yield Deadline(Step.CARE_CONTACT, Party.OPEN_CARE, None, told, case.discharged or case.estimated, case.contact_named)


def _planning(case: Case) -> Iterator[Deadline]:
    """Each unit begins to plan when it has had the notice (2:6)."""
    for party, told in sorted(case.notified.items()):
        yield Deadline(Step.PLANNING, party, None, told, None, case.planning_begun.get(party))


def _ready(case: Case) -> Iterator[Deadline]:
    """The judgement is told as soon as possible (3:1), what is needed the day of the discharge (3:2), unless secrecy forbids."""
    for party in sorted(case.told_parties - case.withheld):
        if case.ready is not None:
            yield Deadline(Step.READY_NOTICE, Party.INPATIENT, party, case.ready, None, case.ready_told.get(party))
        if case.discharged is not None:
            due = end_of(day_of(case.discharged))
            yield Deadline(Step.INFORMATION, Party.INPATIENT, party, case.discharged, due, case.informed.get(party))


def _invitation(case: Case) -> Iterator[Deadline]:
    """Three days after the notice that the patient is ready, by the permanent care contact in open care (4:3)."""
    told = min(case.ready_told.values(), default=None)
    if told is not None and case.planned_jointly:
        due = end_of(day_of(told) + _INVITATION)
        yield Deadline(Step.INVITATION, Party.OPEN_CARE, None, told, due, case.invited)


def end_of(day: date) -> datetime:
    """The last instant of a day in Sweden."""
    return datetime.combine(day + timedelta(days=1), time.min, ZONE) - timedelta(microseconds=1)
