"""Consents and blocks are built as valid FHIR, and read back as exactly the facts that they were built from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson
from kedja.access import consents
from kedja.access.consents import block_consent, emergency_consent, registry_opposition, svod_consent, wellness_share, withdrawn
from kedja.access.custody import Custody, Label, Regime
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, facts_of
from kedja.outcome import OutcomeError
from kedja.validation import validate

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)
CONTROL = Custody(Regime.CONTROL, 7)
CARE = Custody(Regime.HEALTH, 7, "P1", "U1")
PATIENT = "Patient/astrid"

HSA_IDS = st.from_regex(r"SE[0-9]{10}-[A-Z0-9]{4,6}", fullmatch=True)
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
MAYBE = st.none() | INSTANTS
EXCLUDED = st.sampled_from([Label.NONE, Label.ALERT, Label.ORDINATION, Label.ALERT | Label.ORDINATION])


def _facts(consent: dict[str, Any], custody: Custody = CONTROL) -> list[Any]:
    """The facts, after the resource has been validated, written and read again."""
    stored = exactjson.loads(exactjson.dumps(consent))
    assert validate(stored, expect_type="Consent", level="structure") == []  # periods that end before they start are drawn too
    return facts_of(stored, custody)


@given(st.booleans(), HSA_IDS, st.none() | HSA_IDS, MAYBE, MAYBE, EXCLUDED, MAYBE, MAYBE)
def test_a_block_is_read_back_as_it_was_made(
    inner: bool,
    provider: str,
    unit: str | None,
    info_start: datetime | None,
    info_end: datetime | None,
    excluded: Label,
    starts: datetime | None,
    ends: datetime | None,
) -> None:
    told = {"info_start": info_start, "info_end": info_end, "excluded": excluded, "starts": starts, "ends": ends}
    consent = block_consent(PATIENT, provider, inner=inner, dated=NOW, unit=unit, **told)
    assert _facts(consent) == [BlockFact(7, "inner" if inner else "outer", provider, unit, **told)]


@given(HSA_IDS, st.none() | HSA_IDS, st.none() | HSA_IDS, MAYBE, MAYBE, st.booleans())
def test_a_consent_is_read_back_as_it_was_made(
    provider: str, unit: str | None, employee: str | None, starts: datetime | None, ends: datetime | None, quality: bool
) -> None:
    told = {"unit": unit, "employee": employee, "starts": starts, "ends": ends}
    assert _facts(svod_consent(PATIENT, provider, dated=NOW, **told)) == [ConsentFact(7, "svod", provider, **told)]
    kinds = ["wellness-share", "wellness-share-quality"] if quality else ["wellness-share"]
    share = wellness_share(PATIENT, provider, dated=NOW, for_quality=quality, **told)
    assert _facts(share) == [ConsentFact(7, kind, provider, **told) for kind in kinds]


@given(HSA_IDS, st.none() | HSA_IDS, HSA_IDS, INSTANTS, INSTANTS)
def test_an_emergency_opening_is_read_back_as_it_was_made(
    provider: str, unit: str | None, employee: str, starts: datetime, ends: datetime
) -> None:
    opening = emergency_consent(PATIENT, provider, employee=employee, reason="medvetslös", starts=starts, ends=ends, unit=unit)
    assert _facts(opening) == [ConsentFact(7, "emergency", provider, unit, employee, starts, ends)]


@given(st.sampled_from(["", "diabetesregistret"]), MAYBE, MAYBE)
def test_an_opposition_to_registries_is_read_back_as_it_was_made(
    registry: str, starts: datetime | None, ends: datetime | None
) -> None:
    consent = registry_opposition(PATIENT, registry, dated=NOW, starts=starts, ends=ends)
    assert _facts(consent) == [BlockFact(7, "registry", registry, starts=starts, ends=ends)]


def test_a_withdrawn_consent_says_nothing() -> None:
    assert _facts(withdrawn(svod_consent(PATIENT, "P1", dated=NOW))) == []


def test_an_opening_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        emergency_consent(PATIENT, "P1", employee="H1", reason=" ", starts=NOW, ends=NOW + timedelta(hours=1))


def test_a_consent_that_is_kept_as_a_care_record_opens_nothing() -> None:
    assert facts_of(svod_consent(PATIENT, "P1", dated=NOW), CARE) == []


def test_a_consent_about_nobody_opens_nothing() -> None:
    assert facts_of(svod_consent(PATIENT, "P1", dated=NOW), Custody(Regime.CONTROL, 0)) == []


def test_a_consent_of_another_kind_says_nothing_to_these_rules() -> None:
    consent = svod_consent(PATIENT, "P1", dated=NOW) | {
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}]
    }
    assert _facts(consent) == []


NAMELESS = {
    "role": {"coding": [{"system": consents.PARTY_SYSTEM, "code": "provider"}]},
    "reference": {"display": "Vårdcentralen"},
}


@pytest.mark.parametrize(
    "provision, says",
    [
        ({"type": "deny"}, "does not say which care provider"),
        ({"type": "permit"}, "provision of type `deny`"),
        ({"type": "deny", "actor": [NAMELESS]}, "provider has no identifier"),
    ],
)
def test_a_block_that_would_block_nothing_is_refused(provision: dict[str, Any], says: str) -> None:
    with pytest.raises(OutcomeError, match=says):
        facts_of(block_consent(PATIENT, "P1", inner=False, dated=NOW) | {"provision": provision}, CONTROL)


def test_an_opening_without_an_end_is_refused() -> None:
    opening = emergency_consent(PATIENT, "P1", employee="H1", reason="medvetslös", starts=NOW, ends=NOW + timedelta(hours=1))
    del opening["provision"]["period"]["end"]
    with pytest.raises(OutcomeError, match="an end of the period"):
        facts_of(opening, CONTROL)


def test_dates_without_a_time_cover_their_whole_days() -> None:
    block = block_consent(PATIENT, "P1", inner=True, dated=NOW)
    block["provision"] |= {"period": {"start": "2026-03", "end": "2026-03-31"}, "dataPeriod": {"start": "2025", "end": "2025"}}
    (fact,) = _facts(block)
    assert (fact.starts, fact.ends) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert fact.info_start == datetime(2025, 1, 1, tzinfo=UTC)
    assert fact.info_end == datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_period_until_the_end_of_all_years_is_taken() -> None:
    consent = svod_consent(PATIENT, "P1", dated=NOW)
    consent["provision"]["period"] = {"end": "9999-12-31"}
    (fact,) = _facts(consent)
    assert fact.ends is not None
    assert fact.ends.year == 9999


def _visit(status: str, **period: str) -> dict[str, Any]:
    return (
        {"resourceType": "Encounter", "status": status, "period": period}
        if period
        else {"resourceType": "Encounter", "status": status}
    )


def _booked(status: str) -> dict[str, Any]:
    return {"resourceType": "Appointment", "status": status, "start": "2026-01-05T08:00:00Z", "end": "2026-01-05T08:30:00Z"}


@pytest.mark.parametrize(
    "resource, span",
    [
        (
            _visit("finished", start="2026-01-05T08:00:00Z", end="2026-01-05T09:00:00Z"),
            ("2026-01-05T08:00Z", "2027-01-05T09:00Z"),
        ),
        (_visit("finished", start="2026-01-05T08:00:00Z"), ("2026-01-05T08:00Z", "2027-01-05T08:00Z")),
        (_visit("planned", start="2026-01-05T08:00:00Z"), ("2026-01-05T08:00Z", "2027-01-05T08:00Z")),
        (_visit("in-progress", start="2026-01-05T08:00:00Z"), ("2026-01-05T08:00Z", None)),
        ({"resourceType": "EpisodeOfCare", "status": "active", "period": {"start": "2026-01-05"}}, ("2026-01-05T00:00Z", None)),
        (
            {"resourceType": "EpisodeOfCare", "status": "finished", "period": {"start": "2026-01-05", "end": "2026-01-06"}},
            ("2026-01-05T00:00Z", "2026-01-07T00:00Z"),
        ),
        ({"resourceType": "CareTeam", "status": "active"}, (None, None)),
        (_booked("booked"), ("2026-01-05T08:00Z", "2027-01-05T08:30Z")),
        (_booked("fulfilled"), ("2026-01-05T08:00Z", "2027-01-05T08:30Z")),
    ],
)
def test_a_care_record_gives_its_unit_a_relation(resource: dict[str, Any], span: tuple[str | None, str | None]) -> None:
    starts, ends = (datetime.fromisoformat(text) if text else None for text in span)
    assert facts_of(resource, CARE) == [CareRelation(7, "P1", "U1", starts, ends)]


@pytest.mark.parametrize(
    "resource",
    [
        _visit("finished"),
        _visit("cancelled", start="2026-01-05"),
        _visit("entered-in-error", start="2026-01-05"),
        {"resourceType": "EpisodeOfCare", "status": "finished", "period": {"start": "2026-01-05"}},
        {"resourceType": "EpisodeOfCare", "status": "cancelled", "period": {"start": "2026-01-05"}},
        {"resourceType": "CareTeam", "status": "inactive"},
        {"resourceType": "Observation", "status": "final"},
    ],
)
def test_what_is_no_care_gives_no_relation(resource: dict[str, Any]) -> None:
    assert facts_of(resource, CARE) == []


@pytest.mark.parametrize("regime", [Regime.REGISTRY, Regime.WELLNESS, Regime.BIOBANK, Regime.CONTROL])
def test_only_a_care_record_gives_a_relation(regime: Regime) -> None:
    visit = _visit("finished", start="2026-01-05", end="2026-01-05")
    assert facts_of(visit, Custody(regime, 7, "P1", "U1")) == []
