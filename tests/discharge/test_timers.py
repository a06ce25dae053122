"""Discharge as timers (lag 2017:612): what is due, for whom, and from when the municipality pays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.discharge.case import MUNICIPAL, ZONE, Agreement, Case, Party, Span
from kedja.discharge.deadlines import Deadline, State, Step, deadlines
from kedja.discharge.liability import Liability, Standing, Unmet, first_day, liability

INPATIENT, OPEN, HOME, SOCIAL = Party.INPATIENT, Party.OPEN_CARE, Party.MUNICIPAL_CARE, Party.SOCIAL


def at(text: str) -> datetime:
    """A time of the clock in Sweden: `2026-03-02 12:01`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> date:
    return date.fromisoformat(text)


MONDAY = "2026-03-02"
STAY = Case(
    admitted=at("2026-02-27 10:00"),
    needs=at("2026-02-27 11:00"),
    parties=frozenset({OPEN, HOME, SOCIAL}),
    notified={OPEN: at("2026-02-27 12:00"), HOME: at("2026-02-27 12:00"), SOCIAL: at("2026-02-27 12:00")},
    estimated=at("2026-03-05 10:00"),
    ready=at(f"{MONDAY} 08:00"),
    ready_told={OPEN: at(f"{MONDAY} 09:00"), HOME: at(f"{MONDAY} 09:00"), SOCIAL: at(f"{MONDAY} 09:00")},
    invited=at("2026-03-03 09:00"),
)


def ready_at(when: str, case: Case = STAY) -> Case:
    return replace(case, ready_told=dict.fromkeys(case.ready_told, at(when)), invited=at(when))


def due(case: Case, step: Step, to: Party | None = None) -> Deadline:
    (found,) = [each for each in deadlines(case) if each.step is step and (to is None or each.to is to)]
    return found


def paid(case: Case, now: str, daily: Decimal | None = None) -> Liability:
    return liability(case, at(now), daily)


# T21 and the rule of twelve o'clock (5:4)


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        ("2026-03-02 12:01", "2026-03-06"),  # T21: Monday, after twelve: four days, a Friday
        ("2026-03-02 12:00", "2026-03-05"),  # twelve itself is not after twelve
        ("2026-03-02 12:00:01", "2026-03-06"),
        ("2026-03-02 11:59", "2026-03-05"),
        ("2026-03-02 00:00", "2026-03-05"),
        ("2026-03-02 23:59", "2026-03-06"),
        ("2026-03-06 09:00", "2026-03-09"),  # Friday: the days of the weekend count
        ("2026-03-06 15:00", "2026-03-10"),
        ("2026-03-07 10:00", "2026-03-10"),  # Saturday
        ("2026-03-08 18:00", "2026-03-12"),  # Sunday
        ("2026-04-02 09:00", "2026-04-05"),  # Maundy Thursday: on Easter Sunday
        ("2026-12-23 13:00", "2026-12-27"),  # over Christmas
        ("2026-12-30 11:00", "2027-01-02"),  # over the new year
        ("2028-02-27 11:00", "2028-03-01"),  # over a leap day
        ("2026-03-27 12:30", "2026-03-31"),  # over the night that summer time begins
        ("2026-10-24 11:30", "2026-10-27"),  # over the night that it ends
    ],
)
def test_liability_begins_three_days_after_the_notice_and_four_when_it_is_sent_after_twelve(sent: str, first: str):
    assert first_day(at(sent)) == day(first)
    assert paid(ready_at(sent), "2026-01-01 00:00").begins == day(first)


def test_twelve_o_clock_is_that_of_sweden():
    assert first_day(datetime(2026, 3, 2, 11, 1, tzinfo=UTC)) == day("2026-03-06")  # 12.01 in winter
    assert first_day(datetime(2026, 7, 6, 10, 1, tzinfo=UTC)) == day("2026-07-10")  # 12.01 in summer
    assert first_day(datetime(2026, 7, 6, 9, 59, tzinfo=UTC)) == day("2026-07-09")
    assert first_day(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)) == day("2026-03-06")  # half past midnight on Tuesday


@pytest.mark.parametrize(("days", "first"), [(1, "2026-03-03"), (5, "2026-03-07"), (0, "2026-03-02")])
def test_region_and_municipality_may_agree_on_another_day(days: int, first: str):
    assert first_day(at("2026-03-02 15:00"), days) == day(first)
    assert paid(replace(STAY, agreement=Agreement(days=days)), "2026-03-02 10:00").begins == day(first)


# What liability asks for (5:1-5:5)


def test_liability_is_open_until_its_day_and_then_runs_by_days_and_nights():
    assert paid(STAY, "2026-03-04 23:59").standing is Standing.OPEN
    assert paid(STAY, "2026-03-05 00:00") == Liability(Standing.RUNS, day("2026-03-05"), 0, None)
    assert paid(STAY, "2026-03-08 10:00", Decimal("9800")) == Liability(Standing.RUNS, day("2026-03-05"), 3, Decimal("29400"))


def test_an_agreed_amount_comes_before_the_national_average():
    agreed = replace(STAY, agreement=Agreement(amount=Decimal("5000")))
    assert paid(agreed, "2026-03-07 10:00", Decimal("9800")).amount == Decimal("10000")


def test_liability_ends_when_the_patient_leaves():
    left = replace(STAY, discharged=at("2026-03-09 14:00"))
    assert paid(left, "2026-03-20 10:00", Decimal("100")) == Liability(Standing.ENDED, day("2026-03-05"), 4, Decimal("400"))


@pytest.mark.parametrize("left", ["2026-03-02 15:00", "2026-03-05 09:00"])
def test_who_leaves_before_or_on_the_day_costs_nothing(left: str):
    told = paid(replace(STAY, discharged=at(left)), "2026-03-20 10:00")
    assert (told.standing, told.unmet) == (Standing.NONE, (Unmet.LEFT_BEFORE,))


UNMET = {
    Unmet.NO_ADMISSION_NOTICE: replace(STAY, notified={OPEN: at("2026-02-27 12:00"), HOME: at("2026-02-27 12:00")}),
    Unmet.LATE_ADMISSION_NOTICE: replace(STAY, notified={**STAY.notified, SOCIAL: at("2026-02-28 11:01")}),
    Unmet.NO_READY_NOTICE: replace(STAY, ready_told={OPEN: at("2026-03-02 09:00"), HOME: at("2026-03-02 09:00")}),
    Unmet.NO_INVITATION: replace(STAY, invited=None),
    Unmet.LATE_INVITATION: replace(STAY, invited=at("2026-03-06 00:00")),
    Unmet.OPEN_CARE_LACKING: replace(STAY, lacking=(Span(day("2026-03-04")),)),
    Unmet.NOT_MUNICIPAL: replace(STAY, parties=frozenset({OPEN})),
}


@pytest.mark.parametrize("missing", UNMET)
def test_each_thing_that_liability_asks_for_is_asked_for(missing: Unmet):
    told = paid(UNMET[missing], "2026-03-20 10:00")
    assert (told.standing, told.unmet, told.days) == (Standing.NONE, (missing,), 0)


def test_the_invitation_may_come_until_the_end_of_the_third_day():
    waiting = replace(STAY, invited=None)
    assert paid(waiting, "2026-03-05 23:59").waiting == (Unmet.NO_INVITATION,)
    assert paid(waiting, "2026-03-05 23:59").standing is Standing.OPEN
    assert paid(replace(STAY, invited=at("2026-03-05 23:59")), "2026-03-08 10:00").standing is Standing.RUNS


@pytest.mark.parametrize(
    "without_plan",
    [replace(STAY, no_plan=True, invited=None), replace(STAY, parties=frozenset({SOCIAL}), invited=None)],
    ids=["the patient says no to the plan", "nothing of the region's is needed"],
)
def test_where_there_is_no_joint_planning_nobody_need_be_invited(without_plan: Case):
    assert not without_plan.planned_jointly
    assert paid(without_plan, "2026-03-08 10:00").standing is Standing.RUNS


def test_municipal_health_care_brings_the_regions_open_care_into_planning_and_notice():
    case = replace(STAY, parties=frozenset({HOME}), notified={HOME: at("2026-02-27 12:00")})
    assert case.planned_jointly
    assert due(case, Step.ADMISSION_NOTICE, OPEN).state(at("2026-03-01 00:00")) is State.LATE


@pytest.mark.parametrize(
    ("lacking", "begins"),
    [
        ((Span(day("2026-03-04"), day("2026-03-08")),), "2026-03-08"),
        ((Span(day("2026-03-05"), day("2026-03-06")),), "2026-03-06"),
        ((Span(day("2026-03-02"), day("2026-03-05")),), "2026-03-05"),  # over when the day comes
        ((Span(day("2026-03-06"), day("2026-03-09")),), "2026-03-05"),  # it has begun already
        ((Span(day("2026-03-07"), day("2026-03-09")), Span(day("2026-03-04"), day("2026-03-08"))), "2026-03-09"),
    ],
)
def test_liability_waits_for_what_open_care_answers_for(lacking: tuple[Span, ...], begins: str):
    assert paid(replace(STAY, lacking=lacking), "2026-03-02 10:00").begins == day(begins)


def test_liability_is_counted_from_the_last_of_the_municipal_units_that_was_told():
    told = {**STAY.ready_told, SOCIAL: at("2026-03-03 13:00")}
    assert paid(replace(STAY, ready_told=told), "2026-03-03 14:00").begins == day("2026-03-07")


def test_whom_secrecy_keeps_from_being_told_is_not_waited_for():
    told = {OPEN: at("2026-03-02 09:00"), HOME: at("2026-03-02 09:00")}
    case = replace(STAY, ready_told=told, withheld=frozenset({SOCIAL}))
    assert paid(case, "2026-03-08 10:00").standing is Standing.RUNS
    assert SOCIAL not in [each.to for each in deadlines(case) if each.step is Step.READY_NOTICE]


# What is due (2:1-2:6, 3:1-3:2, 4:3)


def test_the_admission_notice_is_due_a_day_after_the_admission():
    notice = due(replace(STAY, needs=at("2026-02-27 09:00"), notified={}), Step.ADMISSION_NOTICE, SOCIAL)
    assert (notice.by, notice.due) == (INPATIENT, at("2026-02-28 10:00"))
    assert notice.state(at("2026-02-28 10:00")) is State.WAITING
    assert notice.state(at("2026-02-28 10:01")) is State.LATE


def test_or_a_day_after_the_judgement_when_that_comes_later():
    assert due(replace(STAY, needs=at("2026-03-01 16:30")), Step.ADMISSION_NOTICE, HOME).due == at("2026-03-02 16:30")


def test_twenty_four_hours_are_hours_when_the_clocks_change():
    spring = replace(STAY, admitted=at("2026-03-28 20:00"), needs=at("2026-03-28 19:00"))
    due_at = due(spring, Step.ADMISSION_NOTICE, HOME).due
    assert due_at is not None and due_at - datetime(2026, 3, 28, 19, tzinfo=UTC) == timedelta(hours=24)
    assert due_at.astimezone(ZONE).hour == 21


def test_a_notice_that_was_sent_late_stays_late():
    late = replace(STAY, notified={**STAY.notified, HOME: at("2026-03-01 10:00")})
    assert due(late, Step.ADMISSION_NOTICE, HOME).state(at("2026-03-20 00:00")) is State.DONE_LATE
    assert due(late, Step.ADMISSION_NOTICE, SOCIAL).state(at("2026-03-20 00:00")) is State.DONE


def test_nothing_is_due_for_a_patient_who_will_need_nothing():
    assert deadlines(Case(admitted=at("2026-02-27 10:00"), ready=at("2026-03-02 08:00"))) == []


def test_a_new_estimate_is_told_to_those_who_were_told_the_old_one():
    changed = replace(STAY, estimate_changed=at("2026-02-28 10:00"), notified={HOME: at("2026-02-27 12:00")})
    told = due(changed, Step.ESTIMATE)
    assert (told.to, told.due, told.done) == (HOME, None, None)
    assert due(replace(changed, estimate_told={HOME: at("2026-02-28 12:00")}), Step.ESTIMATE).done == at("2026-02-28 12:00")
    assert due(replace(changed, estimate_told={HOME: at("2026-02-27 12:00")}), Step.ESTIMATE).done is None


def test_open_care_names_a_contact_before_the_discharge():
    named = due(replace(STAY, contact_named=None), Step.CARE_CONTACT)
    assert (named.by, named.due) == (OPEN, at("2026-03-05 10:00"))
    assert due(replace(STAY, discharged=at("2026-03-04 09:00")), Step.CARE_CONTACT).due == at("2026-03-04 09:00")
    assert not [each for each in deadlines(replace(STAY, notified={})) if each.step is Step.CARE_CONTACT]


def test_each_unit_begins_to_plan_when_it_has_the_notice():
    assert {each.by for each in deadlines(STAY) if each.step is Step.PLANNING} == {OPEN, HOME, SOCIAL}


def test_information_is_due_the_day_of_the_discharge():
    left = replace(STAY, discharged=at("2026-03-06 09:30"), informed={HOME: at("2026-03-06 22:00")})
    assert due(left, Step.INFORMATION, HOME).in_time
    late = due(left, Step.INFORMATION, SOCIAL)
    assert late.state(at("2026-03-06 23:59")) is State.WAITING and late.state(at("2026-03-07 00:00")) is State.LATE


@pytest.mark.parametrize(
    ("told", "last"),
    [("2026-03-02 09:00", "2026-03-05"), ("2026-03-02 15:00", "2026-03-05"), ("2026-03-05 09:00", "2026-03-08")],
)
def test_the_invitation_is_due_three_days_after_the_notice_whatever_the_hour_or_weekday(told: str, last: str):
    invitation = due(replace(ready_at(told), invited=None), Step.INVITATION)
    assert invitation.by is OPEN and invitation.due is not None
    assert invitation.due.astimezone(ZONE).date() == day(last)


# An oracle that walks from day to day


def slow_first_day(sent: datetime) -> date:
    left = 4 if (sent.astimezone(ZONE).hour, sent.astimezone(ZONE).minute, sent.astimezone(ZONE).second) > (12, 0, 0) else 3
    local = sent.astimezone(ZONE).date()
    while left:
        local, left = local + timedelta(days=1), left - 1
    return local


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)).map(lambda each: each.replace(microsecond=0, tzinfo=UTC))
PARTIES = st.sampled_from([OPEN, HOME, SOCIAL])


@given(INSTANTS)
def test_the_first_day_is_that_of_walking_there(sent: datetime):
    assert first_day(sent) == slow_first_day(sent)


@given(
    admitted=INSTANTS,
    parties=st.frozensets(PARTIES),
    hours=st.dictionaries(PARTIES, st.integers(0, 40)),
    ready=st.dictionaries(PARTIES, st.integers(24, 200)),
    invited=st.none() | st.integers(0, 400),
    spent=st.integers(0, 800),
)
def test_the_municipality_pays_only_when_all_that_the_statute_asks_for_was_done(
    admitted: datetime,
    parties: frozenset[Party],
    hours: dict[Party, int],
    ready: dict[Party, int],
    invited: int | None,
    spent: int,
):
    def after(count: int) -> datetime:
        return admitted + timedelta(hours=count)

    case = Case(
        admitted=admitted,
        needs=admitted,
        parties=parties,
        notified={party: after(count) for party, count in hours.items()},
        ready_told={party: after(count) for party, count in ready.items()},
        invited=None if invited is None else after(invited),
    )
    told = liability(case, after(spent))
    concerned = parties & MUNICIPAL
    if told.standing is Standing.RUNS:
        assert concerned and all(hours.get(party, 99) <= 24 for party in concerned)
        first = max(slow_first_day(after(ready[party])) for party in concerned)
        assert told.begins == first <= after(spent).astimezone(ZONE).date()
        if OPEN in parties or HOME in parties:
            since = min(after(count) for count in ready.values()).astimezone(ZONE).date()
            assert invited is not None and after(invited).astimezone(ZONE).date() <= since + timedelta(days=3)
    if told.standing is Standing.NONE:
        assert told.unmet and told.days == 0
