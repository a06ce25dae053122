"""When the municipality begins to pay for a patient who is ready to go home: chapter 5 of lag 2017:612."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kedja.discharge.case import MUNICIPAL, ZONE, Case, day_of
from kedja.discharge.deadlines import Deadline, Step, deadlines

_NOON: Final = time(12)
_DAYS: Final = 3  # 5:4
_DAYS_AFTERNOON: Final = 4  # 5:4, sent after 12.00


class Standing(StrEnum):
    NONE = "none"  # no liability: `unmet` says why
    OPEN = "open"  # it begins on `begins` unless something in `waiting` is missed
    RUNS = "runs"
    ENDED = "ended"  # it ran, and the patient has left


class Unmet(StrEnum):
    """What liability asks for and is not there."""

    NOT_MUNICIPAL = "not-municipal"  # nothing that the municipality answers for is needed (1:1, 5:1)
    NO_READY_NOTICE = "no-ready-notice"  # 5:3 first paragraph 2
    NO_ADMISSION_NOTICE = "no-admission-notice"  # 5:3 first paragraph 1
    LATE_ADMISSION_NOTICE = "late-admission-notice"  # not "in accordance with 2 kap. 1-3 §§"
    NO_INVITATION = "no-invitation"  # 5:3 second paragraph; open until its time is over
    LATE_INVITATION = "late-invitation"  # not "in accordance with 4 kap. 3 §"
    OPEN_CARE_LACKING = "open-care-lacking"  # 5:5, without an end in sight
    LEFT_BEFORE = "left-before"  # the patient left before the day came


@dataclass(frozen=True, slots=True)
class Liability:
    """`begins` is the first day that the municipality pays for; `days` how many days and nights up to `now`; `amount` in kronor,
    None where no amount for a day is agreed or given (5:6)."""

    standing: Standing
    begins: date | None = None
    days: int = 0
    amount: Decimal | None = None
    unmet: tuple[Unmet, ...] = ()
    waiting: tuple[Unmet, ...] = ()


def first_day(sent: datetime, agreed: int | None = None) -> date:
    """The day on which liability begins: three days after the notice, four when sent after 12.00 (5:4), or as agreed (4:5)."""
    local = sent.astimezone(ZONE)
    days = (_DAYS_AFTERNOON if local.time() > _NOON else _DAYS) if agreed is None else agreed
    return local.date() + timedelta(days=days)


def liability(case: Case, now: datetime, daily: Decimal | None = None) -> Liability:
    """What the municipality pays, as far as is known at `now`.

    `daily`: the amount for a day and night where none is agreed: the national average (5:6), in kronor.
    """
    sent = case.notice_of_readiness
    if not case.parties & MUNICIPAL:
        return Liability(Standing.NONE, unmet=(Unmet.NOT_MUNICIPAL,))
    if sent is None:
        return Liability(Standing.NONE, unmet=(Unmet.NO_READY_NOTICE,))
    found = deadlines(case)
    unmet = (*_admission(found), *_invitation(found, now))
    waiting = tuple(_invitation_open(found, now))
    begins = _after_lacking(case, first_day(sent, case.agreement.days))
    if begins is None:
        unmet = (*unmet, Unmet.OPEN_CARE_LACKING)
    elif case.discharged is not None and day_of(case.discharged) <= begins:
        unmet = (*unmet, Unmet.LEFT_BEFORE)
    if unmet or begins is None:
        return Liability(Standing.NONE, unmet=unmet)
    return _counted(case, begins, waiting, now, case.agreement.amount if case.agreement.amount is not None else daily)


def _counted(case: Case, begins: date, waiting: tuple[Unmet, ...], now: datetime, daily: Decimal | None) -> Liability:
    if waiting or day_of(now) < begins:
        return Liability(Standing.OPEN, begins, waiting=waiting)
    last = day_of(min(now, case.discharged) if case.discharged else now)
    days = (last - begins).days
    ended = case.discharged is not None and case.discharged <= now
    return Liability(Standing.ENDED if ended else Standing.RUNS, begins, days, None if daily is None else daily * days)


def _admission(found: list[Deadline]) -> Iterator[Unmet]:
    """The municipality was told of the admission, in time: all of its parties that are concerned (5:3)."""
    told = [each for each in found if each.step is Step.ADMISSION_NOTICE and each.to in MUNICIPAL]
    if any(each.done is None for each in told):
        yield Unmet.NO_ADMISSION_NOTICE
    elif not all(each.in_time for each in told):
        yield Unmet.LATE_ADMISSION_NOTICE


def _invitation(found: list[Deadline], now: datetime) -> Iterator[Unmet]:
    for each in found:
        if each.step is Step.INVITATION and not each.in_time:
            if each.done is not None:
                yield Unmet.LATE_INVITATION
            elif each.due is not None and now > each.due:
                yield Unmet.NO_INVITATION


def _invitation_open(found: list[Deadline], now: datetime) -> Iterator[Unmet]:
    for each in found:
        if each.step is Step.INVITATION and each.done is None and each.due is not None and now <= each.due:
            yield Unmet.NO_INVITATION


def _after_lacking(case: Case, day: date) -> date | None:
    """The first day from this one on which open care does its part (5:5); None where no end of its lack is known."""
    for span in sorted(case.lacking, key=lambda span: span.start):
        if span.covers(day):
            if span.end is None:
                return None
            day = span.end
    return day
