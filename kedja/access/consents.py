"""Consents and blocks as FHIR R4 `Consent`: builders, one for each kind, and the codes that they use.

`consent_facts.facts_of_consent` reads them back: what is built gives exactly the facts that it was built from.
Providers, units and staff are named by HSA-id in logical references, so that a consent says who it is for before
any Organization is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kedja.access.custody import Label
from kedja.access.instants import text_of

Resource = dict[str, Any]

KIND_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/consent-kind"
PARTY_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/consent-party"
LABEL_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/information-type"
RULE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/law-rule"
REGISTRY_SYSTEM: Final = "https://kedja.example/fhir/NamingSystem/source"
REASON_URL: Final = "https://kedja.example/fhir/StructureDefinition/emergency-reason"
HSA_SYSTEM: Final = "urn:oid:1.2.752.29.4.19"
PURPOSE_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
SCOPE_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/consentscope"

EXCLUDABLE: Final = {"lak": Label.ORDINATION, "upp": Label.ALERT}  # what a block may leave open, by Inera's codes
QUALITY: Final = "HQUALIMP"


class Kind(StrEnum):
    """Codes of `consent-kind`."""

    INNER_BLOCK = "inner-block"
    OUTER_BLOCK = "outer-block"
    REGISTRY_OPPOSITION = "registry-opposition"
    SVOD = "svod"
    EMERGENCY = "emergency"
    WELLNESS_SHARE = "wellness-share"
    CERTIFICATE = "certificate"
    INNER_LIFT = "inner-lift"
    OUTER_LIFT = "outer-lift"
    NLL = "nll"
    NLL_REASON = "nll-reason"
    NLL_EMERGENCY = "nll-emergency"
    NLL_BLOCK = "nll-block"
    GUARDIAN_ACCESS = "guardian-access"
    CHILD_ACCESS = "child-access"
    GUARDIAN_RESTRICTION = "guardian-restriction"
    PROXY = "proxy"
    MONITORING = "monitoring"
    SECONDARY_USE_OPT_OUT = "secondary-use-opt-out"
    BIOBANK = "biobank"
    BIOBANK_RESTRICTION = "biobank-restriction"


class Party(StrEnum):
    """Codes of `consent-party`: what an actor of a provision is."""

    PROVIDER = "provider"
    UNIT = "unit"
    EMPLOYEE = "employee"
    REGISTRY = "registry"
    READER_PROVIDER = "reader-provider"  # of a lift: for whom what `provider` and `unit` hold is opened
    READER_UNIT = "reader-unit"
    READER_EMPLOYEE = "reader-employee"
    REPRESENTATIVE = "representative"  # of a mandate: by a number of their own


BIOBANK_PURPOSE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/biobank-purpose"
BIOBANK_PURPOSES: Final = ("care", "quality", "education", "research")
EMERGENCY: Final = "ETREAT"


_AUTHORITY: Final = {
    Kind.INNER_BLOCK: ("I-3", "Patientdatalagen (2008:355) 4 kap. 4 §"),
    Kind.OUTER_BLOCK: ("V-2", "Lag (2022:913) om sammanhållen vård- och omsorgsdokumentation 2 kap. 3 §"),
    Kind.REGISTRY_OPPOSITION: ("Q-1", "Patientdatalagen (2008:355) 7 kap. 2 §"),
    Kind.SVOD: ("V-7", "Lag (2022:913) om sammanhållen vård- och omsorgsdokumentation 3 kap. 1 §"),
    Kind.EMERGENCY: ("V-12", "Lag (2022:913) om sammanhållen vård- och omsorgsdokumentation 3 kap. 6 §"),
    Kind.WELLNESS_SHARE: ("W-1", "Dataskyddsförordningen (EU) 2016/679 art. 9.2 a"),
    Kind.CERTIFICATE: ("V-8", "Lag (2022:913) om sammanhållen vård- och omsorgsdokumentation 3 kap. 1 §"),
    Kind.INNER_LIFT: ("I-5", "Patientdatalagen (2008:355) 4 kap. 5 §"),
    Kind.OUTER_LIFT: ("V-3", "Lag (2022:913) om sammanhållen vård- och omsorgsdokumentation 2 kap. 3 §"),
    Kind.NLL: ("N-1", "Lag (2018:1212) om nationell läkemedelslista 5 kap. 3 §"),
    Kind.NLL_REASON: ("N-7", "Lag (2018:1212) om nationell läkemedelslista 5 kap. 1 §"),
    Kind.NLL_EMERGENCY: ("N-5", "Lag (2018:1212) om nationell läkemedelslista 5 kap. 5 §"),
    Kind.NLL_BLOCK: ("N-9", "Lag (2018:1212) om nationell läkemedelslista 4 kap. 3 §"),
    Kind.GUARDIAN_ACCESS: ("P-9", "Patientdatalagen (2008:355) 5 kap. 5 §"),
    Kind.CHILD_ACCESS: ("P-9", "Patientdatalagen (2008:355) 5 kap. 5 §"),
    Kind.GUARDIAN_RESTRICTION: ("P-12", "Offentlighets- och sekretesslagen (2009:400) 12 kap. 3 §"),
    Kind.PROXY: ("P-13", "EHDS (EU) 2025/327 art. 4(2)"),
    Kind.MONITORING: ("S-9", "Lag (2001:454) om behandling av personuppgifter inom socialtjänsten 9 §"),
    Kind.SECONDARY_USE_OPT_OUT: ("X-3", "EHDS (EU) 2025/327 art. 71"),
    Kind.BIOBANK: ("B-3", "Biobankslagen (2023:38) 4 kap."),
    Kind.BIOBANK_RESTRICTION: ("B-4", "Biobankslagen (2023:38) 4 kap. 13-14 §§"),
}


def block_consent(
    patient: str,
    provider: str,
    *,
    inner: bool,
    dated: datetime,
    unit: str | None = None,
    info_start: datetime | None = None,
    info_end: datetime | None = None,
    excluded: Label = Label.NONE,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """A block: inner, from other units of the provider (PDL 4:4), or outer, from other providers (SVOD 2:3).

    `patient` is a reference (`Patient/1`); `unit` None: all units of the provider. `info_start`..`info_end` (both
    included) bound the documented period; `excluded` are labels of `EXCLUDABLE` that stay open. In force from
    `starts` until before `ends`; all instants are aware.
    """
    provision: Resource = {"type": "deny"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties("CST", provider, unit)
    add_period(provision, "dataPeriod", info_start, info_end)
    left_open = [{"system": LABEL_SYSTEM, "code": code} for code, label in EXCLUDABLE.items() if label in excluded]
    if left_open:
        provision["provision"] = [{"type": "permit", "securityLabel": left_open}]
    return consent_of(Kind.INNER_BLOCK if inner else Kind.OUTER_BLOCK, patient, dated, provision, patient)


def registry_opposition(
    patient: str, registry: str = "", *, dated: datetime, starts: datetime | None = None, ends: datetime | None = None
) -> Resource:
    """The person opposes being in a registry, named as its source is, or in any (PDL 7:2)."""
    provision: Resource = {"type": "deny"}
    add_period(provision, "period", starts, ends)
    if registry:
        provision["actor"] = [party_of("CST", Party.REGISTRY, REGISTRY_SYSTEM, registry, "Organization")]
    return consent_of(Kind.REGISTRY_OPPOSITION, patient, dated, provision, patient)


def svod_consent(
    patient: str,
    provider: str,
    *,
    dated: datetime,
    unit: str | None = None,
    employee: str | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    represented_by: str | None = None,
) -> Resource:
    """The person consents that a provider, a unit of it or one employee reads what others made available (SVOD 3:1).

    `represented_by` is a reference (`RelatedPerson/1`) to who consented for the person.
    """
    provision = _permission(provider, unit, employee, starts, ends, ["TREAT"])
    return consent_of(Kind.SVOD, patient, dated, provision, represented_by or patient)


def emergency_consent(
    patient: str,
    provider: str,
    *,
    employee: str,
    reason: str,
    starts: datetime,
    ends: datetime,
    unit: str | None = None,
) -> Resource:
    """An emergency opening by one employee, with the reason and an end (SVOD 3:6). Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("an emergency opening needs a reason: say why the information is indispensable now")
    provision = _permission(provider, unit, employee, starts, ends, ["ETREAT"])
    consent = consent_of(Kind.EMERGENCY, patient, starts, provision, None)
    return consent | {"extension": [{"url": REASON_URL, "valueString": reason}]}


def wellness_share(
    patient: str,
    provider: str,
    *,
    dated: datetime,
    unit: str | None = None,
    employee: str | None = None,
    for_quality: bool = False,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """The person shares their own account for their care, and for quality work if said, with a provider or unit (GDPR 9.2 a)."""
    purposes = ["TREAT", QUALITY] if for_quality else ["TREAT"]
    provision = _permission(provider, unit, employee, starts, ends, purposes)
    return consent_of(Kind.WELLNESS_SHARE, patient, dated, provision, patient)


def withdrawn(consent: Resource) -> Resource:
    """The same consent or block, no longer in force: written over the old one, whose history remains."""
    return consent | {"status": "inactive"}


def consent_of(kind: Kind, patient: str, dated: datetime, provision: Resource, performer: str | None) -> Resource:
    """The frame that all kinds share; `performer` is a reference to who decided."""
    rule, authority = _AUTHORITY[kind]
    consent: Resource = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": SCOPE_SYSTEM, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": KIND_SYSTEM, "code": kind.value}]}],
        "patient": {"reference": patient},
        "dateTime": text_of(dated),
    }
    if performer:
        consent["performer"] = [{"reference": performer}]
    consent["policyRule"] = {"coding": [{"system": RULE_SYSTEM, "code": rule}], "text": authority}
    return consent | {"provision": provision}


def _permission(
    provider: str,
    unit: str | None,
    employee: str | None,
    starts: datetime | None,
    ends: datetime | None,
    purposes: Sequence[str],
) -> Resource:
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties("IRCP", provider, unit)
    if employee:
        provision["actor"].append(party_of("IRCP", Party.EMPLOYEE, HSA_SYSTEM, employee, "Practitioner"))
    return provision | {"purpose": [{"system": PURPOSE_SYSTEM, "code": purpose} for purpose in purposes]}


def staff_parties(participation: str, provider: str, unit: str | None) -> list[Resource]:
    """The provider, and a unit of it, as actors of a provision."""
    parties = [party_of(participation, Party.PROVIDER, HSA_SYSTEM, provider, "Organization")]
    if unit:
        parties.append(party_of(participation, Party.UNIT, HSA_SYSTEM, unit, "Organization"))
    return parties


def party_of(participation: str, party: Party, system: str, value: str, type_name: str) -> Resource:
    """One actor of a provision, by an identifier."""
    role = [{"system": PARTICIPATION_SYSTEM, "code": participation}, {"system": PARTY_SYSTEM, "code": party.value}]
    reference = {"type": type_name, "identifier": {"system": system, "value": value}}
    return {"role": {"coding": role}, "reference": reference}


def add_period(provision: Resource, name: str, start: datetime | None, end: datetime | None) -> None:
    """Adds the Period under this name, where it has a bound."""
    bounds = {key: text_of(instant) for key, instant in (("start", start), ("end", end)) if instant is not None}
    if bounds:
        provision[name] = bounds
