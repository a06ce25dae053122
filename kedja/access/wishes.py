"""What a person says of their medication list, samples, secondary use and monitoring at home, as FHIR R4 `Consent`s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kedja.access.consents import (
    BIOBANK_PURPOSE_SYSTEM,
    PURPOSE_SYSTEM,
    Kind,
    Resource,
    add_period,
    consent_of,
    staff_parties,
)


def medication_list_consent(
    patient: str,
    provider: str,
    *,
    dated: datetime,
    unit: str | None = None,
    reason: bool = False,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """The provider, or a unit of it, may read the medication list (NLL 5:2-3); with `reason` a pharmacy sees why (NLL 5:1)."""
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties("IRCP", provider, unit)
    provision["purpose"] = [{"system": PURPOSE_SYSTEM, "code": "TREAT"}]
    return consent_of(Kind.NLL_REASON if reason else Kind.NLL, patient, dated, provision, patient)


def medication_list_block(
    patient: str, *, dated: datetime, starts: datetime | None = None, ends: datetime | None = None
) -> Resource:
    """The medication list is closed to health care, and why things were prescribed to pharmacies too (NLL 4:3)."""
    return _refusal(Kind.NLL_BLOCK, patient, dated, starts, ends)


def biobank_consent(patient: str, provider: str, purposes: Sequence[str], *, dated: datetime) -> Resource:
    """The donor consents that the biobank of `provider` uses the samples for these purposes (BBL 4:1, 4:10).

    `purposes`: of `consents.BIOBANK_PURPOSES`.
    """
    provision: Resource = {"type": "permit", "actor": staff_parties("CST", provider, None)}
    provision["purpose"] = [{"system": BIOBANK_PURPOSE_SYSTEM, "code": purpose} for purpose in purposes]
    return consent_of(Kind.BIOBANK, patient, dated, provision, patient)


def biobank_restriction(
    patient: str,
    purposes: Sequence[str],
    *,
    dated: datetime,
    provider: str = "",
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """The samples, of one biobank or of any, may not be used for these purposes (BBL 4:14); for none at all: withdrawn (4:13)."""
    consent = _refusal(Kind.BIOBANK_RESTRICTION, patient, dated, starts, ends)
    provision: Resource = consent["provision"]
    if provider:
        provision["actor"] = staff_parties("CST", provider, None)
    provision["purpose"] = [{"system": BIOBANK_PURPOSE_SYSTEM, "code": purpose} for purpose in purposes]
    return consent


def secondary_use_opt_out(
    patient: str, *, dated: datetime, starts: datetime | None = None, ends: datetime | None = None
) -> Resource:
    """The person is left out of permits for secondary use that are given from `starts` on, or `dated` (EHDS 71)."""
    return _refusal(Kind.SECONDARY_USE_OPT_OUT, patient, dated, starts or dated, ends)


def monitoring_consent(
    patient: str,
    provider: str,
    *,
    dated: datetime,
    unit: str | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """The person consents to technique that monitors, senses or positions (SoLPuL 9 §)."""
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties("IRCP", provider, unit)
    return consent_of(Kind.MONITORING, patient, dated, provision, patient)


def _refusal(kind: Kind, patient: str, dated: datetime, starts: datetime | None, ends: datetime | None) -> Resource:
    provision: Resource = {"type": "deny"}
    add_period(provision, "period", starts, ends)
    return consent_of(kind, patient, dated, provision, patient)
