"""What opens a record for a time: what is built says exactly the facts that it was built from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kedja.access.consent_facts import facts_of_consent
from kedja.access.openings import Reader, certificate_opening, lift, medication_list_opening
from kedja.access.rows import ConsentFact, LiftFact

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
hsa_ids = some.sampled_from(["SE1-1000", "SE1-1101", "SE2-2000"])
maybe = some.none() | hsa_ids
readers = some.builds(Reader, hsa_ids, maybe, maybe)
ends = some.integers(1, 100).map(lambda hours: NOW + timedelta(hours=hours))


@given(hsa_ids, maybe, readers, some.booleans(), some.booleans(), ends)
def test_a_lift_is_read_back_as_it_was_built(
    provider: str, unit: str | None, reader: Reader, inner: bool, emergency: bool, end: datetime
) -> None:
    consent = lift(
        "Patient/1", provider, unit, reader, inner=inner, emergency=emergency, reason="Unconscious", starts=NOW, ends=end
    )
    kind, why = "inner" if inner else "outer", "Emergency" if emergency else "PatientsConsent"
    assert facts_of_consent(consent, 7) == [
        LiftFact(7, kind, provider, unit, reader.provider, reader.unit, reader.employee, why, NOW, end)
    ]


@given(hsa_ids, maybe, hsa_ids, ends)
def test_an_opening_is_read_back_as_it_was_built(provider: str, unit: str | None, employee: str, end: datetime) -> None:
    reader = Reader(provider, unit, employee)
    for kind, build in (("nll-emergency", medication_list_opening), ("certificate", certificate_opening)):
        consent = build("Patient/1", reader, reason="Sick leave", starts=NOW, ends=end)
        assert facts_of_consent(consent, 7) == [ConsentFact(7, kind, provider, unit, employee, NOW, end)]


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_opening_is_made_without_a_reason(reason: str) -> None:
    reader = Reader("SE1-1000", None, "SE1-1")
    for build in (medication_list_opening, certificate_opening):
        with pytest.raises(ValueError, match="reason"):
            build("Patient/1", reader, reason=reason, starts=NOW, ends=NOW)
    with pytest.raises(ValueError, match="reason"):
        lift("Patient/1", "SE1-1000", None, reader, inner=True, emergency=True, reason=reason, starts=NOW, ends=NOW)


def test_a_lift_by_consent_says_who_consented_and_needs_no_reason() -> None:
    built = lift("Patient/1", "SE1-1000", None, Reader("SE2-2000"), inner=False, emergency=False, reason="", starts=NOW, ends=NOW)
    assert built["performer"] == [{"reference": "Patient/1"}]
    assert "extension" not in built
