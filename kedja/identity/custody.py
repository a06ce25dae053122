"""The custody that a resource gets when it is written: regime, provider, unit, documented period, labels (spec 1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from kedja.access.custody import Custody, Label, Regime, regime_for
from kedja.access.instants import documented, first_instant, last_instant
from kedja.identity.systems import HSA_ID, canonical_system

Resource = dict[str, Any]
Span = tuple[datetime | None, datetime | None]

LABEL_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/label"
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PROTECTION_SYSTEM: Final = "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"
PROTECTIONS: Final = ("sekretessmarkering", "skyddadFolkbokforing")
"""Codes of protected identity in `PROTECTION_SYSTEM` (HL7 Sweden's base profile)."""

_GIVEN: Final = [label for label in Label if label and label is not Label.SHIELDED]  # that one the store sets
LABELS: Final = {label.name.lower().replace("_", "-"): label for label in _GIVEN if label.name}
"""The labels by their codes in `LABEL_SYSTEM`."""

_SECURITY: Final[dict[tuple[str, str], Label]] = {
    (_ACT_CODE, "NOPATIENT"): Label.NOPATIENT,
    (_ACT_CODE, "NOPAT"): Label.NOPATIENT,
    (_ACT_CODE, "DEMO"): Label.PROTECTED,
    **{(PROTECTION_SYSTEM, code): Label.PROTECTED for code in PROTECTIONS},
    **{(LABEL_SYSTEM, name): label for name, label in LABELS.items()},
}

# What a resource is by its kind: `lak` is prescription information, `upp` alert information (spec 1.3).
_KIND: Final[dict[str, Label]] = {
    "MedicationRequest": Label.ORDINATION,
    "MedicationStatement": Label.ORDINATION,
    "MedicationDispense": Label.ORDINATION,
    "MedicationAdministration": Label.ORDINATION,
    "AllergyIntolerance": Label.ALERT,
    "Flag": Label.ALERT,
}

# By which section a sample is kept: of a child without a guardian's consent, of one who could not decide (BBL 4:5, 4:8-9).
LEGAL_BASIS: Final = "https://kedja.example/fhir/StructureDefinition/sample-legal-basis"
_LEGAL_BASES: Final = dict.fromkeys(("BBL 4:5", "BBL 4:8", "BBL 4:9"), Label.SAMPLE_INCAPACITY)

# The element that says which time is documented, the first that is there. When an order was written comes before when
# it shall be carried out, and when a condition was noted before when it began: a block is about documentation.
_DOCUMENTED: Final = (
    "effectivePeriod", "effectiveDateTime", "effectiveInstant", "performedPeriod", "performedDateTime",
    "recordedDate", "authoredOn", "authored", "whenHandedOver", "whenPrepared", "dateAsserted", "occurrencePeriod",
    "occurrenceDateTime", "servicedPeriod", "servicedDate", "period", "billablePeriod", "servicePeriod", "started",
    "onsetPeriod", "onsetDateTime", "identifiedPeriod", "identifiedDateTime", "dateTime", "date", "statusDate", "startDate",
    "sent", "received", "created", "createdDateTime", "createdDate", "receivedTime", "recorded", "issued",
)  # fmt: skip


def custody_of(
    resource: Resource, *, regime: Regime, provider: str, unit: str, source: str, person: int, tagged_unit: bool = False
) -> Custody:
    """The custody of a resource from `source`, kept by `provider` at `unit` under `regime`, about `person` (0: nobody).

    `tagged_unit`: a `meta.tag` with an HSA-id names the unit, for a source that holds several units. Pure; never raises.
    """
    meta = resource.get("meta", {})
    start, end = documented_period(resource)
    return Custody(
        regime=regime_for(resource["resourceType"], person, regime),
        person=person,
        provider=provider,
        unit=(_tagged_unit(meta) if tagged_unit else "") or unit,
        start=start,
        end=end,
        labels=labels_of(resource),
        source=source,
    )


def labels_of(resource: Resource) -> Label:
    """The labels of `meta.security`, of the resource's kind, and of what a sample was taken by."""
    label = _KIND.get(resource["resourceType"], Label.NONE)
    if resource["resourceType"] == "Specimen":
        for extension in resource.get("extension", ()):
            if extension.get("url") == LEGAL_BASIS:
                label |= _LEGAL_BASES.get(extension.get("valueString", ""), Label.NONE)
    if resource["resourceType"] == "QuestionnaireResponse" and resource.get("status") == "in-progress":
        label |= Label.DRAFT
    for coding in resource.get("meta", {}).get("security", ()):
        label |= _SECURITY.get((coding.get("system", ""), coding.get("code", "")), Label.NONE)
    return label


def documented_period(resource: Resource) -> Span:
    """[start, end] of what the resource documents, both included; (None, None) where it says nothing of time."""
    if "start" in resource and isinstance(resource["start"], str):
        return _span({"start": resource["start"], "end": resource.get("end")})
    for name in _DOCUMENTED:
        if name in resource:
            return _span(resource[name])
    collection = resource.get("collection", {})
    return _span(collection.get("collectedPeriod") or collection.get("collectedDateTime"))


def _span(value: Any) -> Span:
    try:
        if isinstance(value, str):
            return first_instant(value), last_instant(value)
        return documented(value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None, None


def _tagged_unit(meta: Resource) -> str:
    for tag in meta.get("tag", ()):
        if canonical_system(tag.get("system", "")) == HSA_ID and tag.get("code"):
            return tag["code"]
    return ""
