"""The custody that a resource gets when it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.access.custody import Label, Regime
from kedja.identity import custody_of
from kedja.identity.custody import LABEL_SYSTEM, documented_period, labels_of
from kedja.identity.systems import HSA_ID

UNIT, OTHER = "SE2399999999-1010", "SE2399999999-1020"


def kept(resource: dict[str, Any], **given: Any):
    about = {"regime": Regime.HEALTH, "provider": "SE2399999999-1000", "unit": UNIT, "source": "vc", "person": 7}
    return custody_of(resource, **(about | given))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


END = "T23:59:59.999999"
NINE, TEN = "2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z"


@pytest.mark.parametrize(
    ("type_name", "elements", "start", "end"),
    [
        ("Observation", {"effectiveDateTime": "2026-03-01T10:00:00+01:00"}, "2026-03-01T09:00", "2026-03-01T09:00"),
        ("Encounter", {"period": {"start": "2026-03-01", "end": "2026-03-02"}}, "2026-03-01", f"2026-03-02{END}"),
        ("Encounter", {"period": {"start": "2026-03-01"}}, "2026-03-01", None),
        ("Condition", {"onsetDateTime": "2010", "recordedDate": "2026-03"}, "2026-03-01", f"2026-03-31{END}"),
        ("ServiceRequest", {"authoredOn": "2026-03-01", "occurrenceDateTime": "2027"}, "2026-03-01", f"2026-03-01{END}"),
        ("Specimen", {"collection": {"collectedDateTime": NINE}}, "2026-03-01T09:00", "2026-03-01T09:00"),
        ("Appointment", {"start": NINE, "end": TEN}, "2026-03-01T09:00", "2026-03-01T10:00"),
        ("Patient", {"birthDate": "1990-01-01"}, None, None),
        ("Observation", {"effectiveDateTime": "not a date"}, None, None),
    ],
)
def test_the_documented_period_is_the_clinical_time(type_name: str, elements: dict[str, Any], start: str | None, end: str | None):
    assert documented_period({"resourceType": type_name} | elements) == (start and day(start), end and day(end))


def test_the_unit_is_the_source_s_unless_a_tag_may_name_it():
    tagged = {"resourceType": "Observation", "meta": {"tag": [{"system": HSA_ID, "code": OTHER}]}}
    assert kept(tagged).unit == UNIT
    assert kept(tagged, tagged_unit=True).unit == OTHER
    assert kept({"resourceType": "Observation"}, tagged_unit=True).unit == UNIT


def test_labels_come_from_security_and_kind():
    secret = {"coding": [], "resourceType": "MedicationRequest"}
    secret["meta"] = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPATIENT"}]}
    assert labels_of(secret) == Label.NOPATIENT | Label.ORDINATION
    told = {"resourceType": "Observation", "meta": {"security": [{"system": LABEL_SYSTEM, "code": "third-party"}]}}
    assert labels_of(told) == Label.THIRD_PARTY
    assert labels_of({"resourceType": "Flag"}) == Label.ALERT


def test_directories_and_consents_have_a_regime_of_their_own():
    assert kept({"resourceType": "Organization"}, person=0).regime is Regime.DIRECTORY
    assert kept({"resourceType": "Consent"}).regime is Regime.CONTROL
    assert kept({"resourceType": "Group"}, person=0).regime is Regime.HEALTH


@given(st.dates(), st.dates())
def test_a_period_covers_both_its_days(first: Any, last: Any):
    start, end = documented_period({"period": {"start": first.isoformat(), "end": last.isoformat()}})
    assert start == day(first.isoformat())
    assert end is not None
    assert end.date() == last
