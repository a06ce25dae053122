"""The data tables hold together: what a course names is there, and numbers never run out or repeat."""

from __future__ import annotations

from datetime import date, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.identity import parse_any
from kedja.testbed.clock import instant, weekday
from kedja.testbed.courses import Contact, load_courses, load_shared, load_variables
from kedja.testbed.numbers import SERIALS, NumberBook
from kedja.testbed.region import load_region

CONTACTS = [contact for course in load_courses().values() for contact in course.contacts] + list(load_shared().arrival)


def measured(contact: Contact) -> set[str]:
    variables = load_variables()
    return {part for key in contact.measures for part in variables[key].parts or (key,)}


@pytest.mark.parametrize("contact", CONTACTS, ids=lambda contact: f"{contact.at}-{contact.id}")
def test_notes_tell_only_what_their_contact_measures(contact: Contact) -> None:
    for note in contact.notes:
        places = {name for _, name, _, _ in Formatter().parse(note) if name}
        assert places <= measured(contact) | {"reason"}


@pytest.mark.parametrize("contact", CONTACTS, ids=lambda contact: f"{contact.at}-{contact.id}")
def test_every_unit_of_a_contact_has_its_staff(contact: Contact) -> None:
    region = load_region()
    for unit in region.units.values():
        if unit.role == contact.at:
            assert (unit.key, contact.staff) in region.teams


def test_courses_name_what_there_is() -> None:
    variables, shared, roles = load_variables(), load_shared(), {unit.role for unit in load_region().units.values()}
    for course in load_courses().values():
        assert {effect.variable for effect in course.effects} <= set(variables)
        assert {one.at for one in (*course.contacts, *course.episodes, *course.plans, *course.medicines)} <= roles
        for contact in course.contacts:
            assert set(contact.measures) <= set(variables)
            assert set(contact.procedures) <= set(shared.procedures)
            assert set(contact.medicines) <= set(shared.medicines)


@given(
    st.lists(
        st.tuples(st.dates(date(1925, 1, 1), date(2026, 1, 1)), st.sampled_from(["female", "male"]), st.booleans()), max_size=80
    )
)
def test_numbers_are_valid_of_test_serials_and_given_once(wishes: list[tuple[date, str, bool]]) -> None:
    book = NumberBook()
    given_out: set[str] = set()
    for born, sex, coordination in wishes:
        number, day = (book.samordningsnummer if coordination else book.personnummer)(born, sex)
        assert parse_any(number.value, date(2026, 11, 1)).system == number.system
        assert day >= born
        assert int(number.value[8:11]) in SERIALS
        given_out.add(number.value)
    assert len(given_out) == len(wishes)


def test_a_full_birth_date_moves_to_the_next_day() -> None:
    book, born = NumberBook(), date(1980, 5, 31)
    days = [book.personnummer(born, "female")[1] for _ in range(12)]
    assert days == [born] * 11 + [born + timedelta(days=1)]


def test_instants_follow_swedish_summer_time() -> None:
    assert instant(date(2026, 3, 28), 600) == "2026-03-28T10:00:00+01:00"
    assert instant(date(2026, 3, 29), 600) == "2026-03-29T10:00:00+02:00"
    assert instant(date(2026, 10, 24), 600) == "2026-10-24T10:00:00+02:00"
    assert instant(date(2026, 10, 25), 600) == "2026-10-25T10:00:00+01:00"


def test_planned_care_is_on_weekdays() -> None:
    assert weekday(date(2026, 10, 31)) == date(2026, 11, 2)
    assert weekday(date(2026, 10, 30)) == date(2026, 10, 30)
