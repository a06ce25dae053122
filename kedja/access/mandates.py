"""Who may act or read for somebody, as FHIR R4 `Consent`: a person's mandate, and decisions of a unit about a child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kedja.access.consents import (
    HSA_SYSTEM,
    PURPOSE_SYSTEM,
    Kind,
    Party,
    Resource,
    add_period,
    consent_of,
    party_of,
    staff_parties,
)
from kedja.access.instants import text_of
from kedja.access.mandate import CODES, MATTER_SYSTEM, Matter

_ON_BEHALF: Final = "PWATRNY"  # v3-ActReason: by power of attorney
_DECISIONS: Final = {Kind.GUARDIAN_ACCESS: "permit", Kind.CHILD_ACCESS: "permit", Kind.GUARDIAN_RESTRICTION: "deny"}


@dataclass(frozen=True, slots=True)
class Original:
    """The mandate as the person signed it: the day, where the paper is kept, and the unit (HSA-id) that has examined it."""

    signed: date
    kept: str
    unit: str


def mandate(
    patient: str,
    representative: tuple[str, str],
    matters: Matter,
    *,
    dated: datetime,
    starts: datetime,
    ends: datetime,
    name: str = "",
    original: Original | None = None,
) -> Resource:
    """A mandate (fullmakt) to read these matters for the person, until it ends or is withdrawn (spec P-13).

    `representative` is the system and value of a personal identity number, `name` what the person calls them. `original`: of a
    mandate that staff register, which must say where what the person signed is kept.
    """
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    party = party_of("IRCP", Party.REPRESENTATIVE, *representative, "RelatedPerson")
    if name:
        party["reference"]["display"] = name
    provision["actor"] = [party]
    provision["purpose"] = [{"system": PURPOSE_SYSTEM, "code": _ON_BEHALF}]
    provision["class"] = [{"system": MATTER_SYSTEM, "code": code} for code, matter in CODES.items() if matter & matters]
    given = consent_of(Kind.PROXY, patient, dated, provision, patient)
    return given | _examined(original, dated) if original else given


def _examined(original: Original, at: datetime) -> Resource:
    return {
        "organization": [{"type": "Organization", "identifier": {"system": HSA_SYSTEM, "value": original.unit}}],
        "sourceAttachment": {"title": original.kept, "creation": original.signed.isoformat()},
        "verification": [{"verified": True, "verificationDate": text_of(at)}],
    }


def decision(
    kind: Kind,
    patient: str,
    provider: str,
    unit: str,
    *,
    dated: datetime,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Resource:
    """A decision of a unit on what it holds about a child: `GUARDIAN_ACCESS`, `CHILD_ACCESS` (spec P-9, P-10), or
    `GUARDIAN_RESTRICTION` (OSL 12:3). Raises KeyError for another kind."""
    provision: Resource = {"type": _DECISIONS[kind]}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties("CST", provider, unit)
    return consent_of(kind, patient, dated, provision, None)
