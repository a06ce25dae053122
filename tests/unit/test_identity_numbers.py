"""Personnummer, samordningsnummer and reserve numbers (spec 2.1, 3.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.identity import (
    identifiers_of,
    luhn,
    normalised,
    parse,
    parse_any,
    parse_personnummer,
    parse_reservnummer,
    parse_samordningsnummer,
)
from kedja.identity.systems import PERSONNUMMER, RESERVNUMMER, SAMORDNINGSNUMMER, STOCKHOLM_RESERVE
from kedja.outcome import OutcomeError

TODAY = date(2026, 11, 21)
SERIALS = st.sampled_from([238, 239, *range(980, 1000)])
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


def number(born: date, serial: int, offset: int = 0) -> str:
    tail = f"{born:%y%m}{born.day + offset:02}{serial}"
    return f"{born.year // 100:02}{tail}{luhn(tail)}"


def short(born: date, value: str) -> str:
    sign = "+" if TODAY.year - born.year >= 100 else "-"
    return f"{value[2:8]}{sign}{value[8:]}"


@given(DAYS, SERIALS)
def test_every_way_to_write_a_personnummer_gives_the_same_twelve_digits(born: date, serial: int):
    value = number(born, serial)
    for written in (value, f"{value[:8]}-{value[8:]}", f" {value[:8]} {value[8:]} ", short(born, value)):
        found = parse_personnummer(written, TODAY)
        assert (found.system, found.value) == (PERSONNUMMER, value)
        assert parse_any(written, TODAY) == found


@given(DAYS, SERIALS)
def test_a_samordningsnummer_is_told_by_its_day(born: date, serial: int):
    value = number(born, serial, offset=60)
    assert parse_any(value, TODAY) == parse_samordningsnummer(short(born, value), TODAY)
    with pytest.raises(OutcomeError, match="is a samordningsnummer"):
        parse_personnummer(value, TODAY)
    with pytest.raises(OutcomeError, match="is a personnummer"):
        parse_samordningsnummer(number(born, serial), TODAY)


@given(DAYS, SERIALS, st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born: date, serial: int, place: int, shift: int):
    value = number(born, serial)
    wrong = value[:place] + str((int(value[place]) + shift) % 10) + value[place + 1 :]
    with pytest.raises(OutcomeError):
        parse_personnummer(wrong, TODAY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("195009072391", "check digit"),
        ("19500907239", "11 digits"),
        ("195013072397", "no possible date: 1950-13-07"),
        ("202612012388", "in the future"),
        ("9001010005", "serial number 000"),
        ("1950A9072397", "letters"),
        ("", "0 digits"),
        ("1950-0907-2397", "is not written as"),
    ],
)
def test_a_wrong_personnummer_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(OutcomeError, match=reason) as refusal:
        parse_personnummer(text, TODAY)
    assert (refusal.value.status, refusal.value.issues[0].code) == (422, "value")


def test_a_plus_means_a_hundred_years_or_more():
    value = number(date(1912, 6, 13), 982)
    assert parse_personnummer(f"{value[2:8]}+{value[8:]}", TODAY).value == value
    assert parse_personnummer(f"{value[2:8]}-{value[8:]}", TODAY).value == "20" + value[2:]


@pytest.mark.parametrize(
    "value", ["22790814AA01", "22950606FH20", "25780404KHD5", "00342145BZ31", "00749852BZK0", "98240301AA06"]
)
def test_published_national_reserve_numbers_hold(value: str):
    assert parse_reservnummer(f"{value[:8]}-{value[8:]}".lower(), TODAY).value == value
    assert parse_any(value, TODAY).system == RESERVNUMMER


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("22950606FH21", "check digit"),
        ("19950606FH20", "century under 22"),
        ("22950606FI20", "form XXYYMMDDNNGC"),
        ("20210325K069", f"system is {STOCKHOLM_RESERVE}"),
    ],
)
def test_a_wrong_reserve_number_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(OutcomeError, match=reason):
        parse_reservnummer(text, TODAY)


@pytest.mark.parametrize("system", ["1.2.752.129.2.1.3.1", "urn:oid:1.2.752.129.2.1.3.1", PERSONNUMMER])
def test_an_oid_means_the_same_as_the_fhir_system(system: str):
    found = parse(system, "19900101-2385", TODAY)
    assert found is not None
    assert (found.system, found.value) == (PERSONNUMMER, "199001012385")


def test_other_systems_do_not_tell_who_somebody_is():
    assert parse("http://hl7.org/fhir/sid/us-ssn", "999-22-1962", TODAY) is None
    assert parse("urn:oid:1.2.752.129.2.1.3.2", "12345", TODAY) is None


def test_a_patient_tells_its_numbers_in_their_one_form():
    patient = {
        "resourceType": "Patient",
        "identifier": [
            {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "900101-2385"},
            {"system": SAMORDNINGSNUMMER, "value": "19900161-2383", "use": "old"},
            {"system": "https://example.org/mrn", "value": "7"},
        ],
    }
    with pytest.raises(OutcomeError) as refusal:
        identifiers_of(patient, TODAY)
    assert refusal.value.issues[0].expression == ("Patient.identifier[1].value",)
    patient["identifier"][1]["value"] = number(date(1990, 1, 1), 238, 60)
    own, former = identifiers_of(patient, TODAY)
    assert (own.value, own.former, former.former) == ("199001012385", False, True)
    identifiers = normalised(patient, TODAY)["identifier"]
    assert identifiers[0] == {"system": PERSONNUMMER, "value": "199001012385"}
    assert identifiers[2] == {"system": "https://example.org/mrn", "value": "7"}


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_refusal(text: str):
    for parser in (parse_personnummer, parse_samordningsnummer, parse_reservnummer, parse_any):
        try:
            assert parser(text, TODAY).value.isalnum()
        except OutcomeError as refusal:
            assert refusal.issues[0].code == "value"


def test_a_number_of_tomorrow_is_refused_today():
    value = number(TODAY + timedelta(days=1), 980)
    with pytest.raises(OutcomeError, match="future"):
        parse_personnummer(value, TODAY)
