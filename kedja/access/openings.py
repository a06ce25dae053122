"""What opens a record for a time, as FHIR R4 `Consent`: openings of the medication list and for certificates, lifts of blocks.

`consent_facts` reads them back. Emergency openings of what other providers hold, and consents, are built by `consents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kedja.access.consents import (
    EMERGENCY,
    HSA_SYSTEM,
    PURPOSE_SYSTEM,
    REASON_URL,
    Kind,
    Party,
    add_period,
    consent_of,
    party_of,
    staff_parties,
)

Resource = dict[str, Any]
_TREATMENT: Final = "TREAT"
_READER: Final = "IRCP"
_CUSTODIAN: Final = "CST"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is opened: a provider, a unit of it (None: all), one employee (None: everyone there)."""

    provider: str
    unit: str | None = None
    employee: str | None = None


def medication_list_opening(patient: str, reader: Reader, *, reason: str, starts: datetime, ends: datetime) -> Resource:
    """One employee's emergency opening of the medication list, blocked or not (NLL 5:5). Raises ValueError without a reason."""
    return _opening(Kind.NLL_EMERGENCY, patient, reader, reason, starts, ends, EMERGENCY)


def certificate_opening(patient: str, reader: Reader, *, reason: str, starts: datetime, ends: datetime) -> Resource:
    """One employee's opening to issue a certificate (SVOD 3:1 st. 2, PDL 3:16). Raises ValueError without a reason."""
    return _opening(Kind.CERTIFICATE, patient, reader, reason, starts, ends, _TREATMENT)


def lift(
    patient: str,
    provider: str,
    unit: str | None,
    reader: Reader,
    *,
    inner: bool,
    emergency: bool,
    reason: str,
    starts: datetime,
    ends: datetime,
) -> Resource:
    """What `provider` (at `unit`, None: all) holds behind a block is open to `reader` for a time (PDL 4:5, SVOD 2:3 and 3:5).

    `emergency`: for care that the patient cannot do without; else the patient consents. Raises ValueError for an emergency
    without a reason.
    """
    if emergency:
        _check(reason)
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = [*staff_parties(_CUSTODIAN, provider, unit), *_readers(reader)]
    provision["purpose"] = [{"system": PURPOSE_SYSTEM, "code": EMERGENCY if emergency else _TREATMENT}]
    kind = Kind.INNER_LIFT if inner else Kind.OUTER_LIFT
    consent = consent_of(kind, patient, starts, provision, None if emergency else patient)
    return consent | {"extension": [{"url": REASON_URL, "valueString": reason}]} if reason else consent


def _opening(kind: Kind, patient: str, reader: Reader, reason: str, starts: datetime, ends: datetime, purpose: str) -> Resource:
    _check(reason)
    provision: Resource = {"type": "permit"}
    add_period(provision, "period", starts, ends)
    provision["actor"] = staff_parties(_READER, reader.provider, reader.unit)
    if reader.employee:
        provision["actor"].append(party_of(_READER, Party.EMPLOYEE, HSA_SYSTEM, reader.employee, "Practitioner"))
    provision["purpose"] = [{"system": PURPOSE_SYSTEM, "code": purpose}]
    return consent_of(kind, patient, starts, provision, None) | {"extension": [{"url": REASON_URL, "valueString": reason}]}


def _readers(reader: Reader) -> list[Resource]:
    named = (
        (Party.READER_PROVIDER, reader.provider, "Organization"),
        (Party.READER_UNIT, reader.unit, "Organization"),
        (Party.READER_EMPLOYEE, reader.employee, "Practitioner"),
    )
    return [party_of(_READER, party, HSA_SYSTEM, value, type_name) for party, value, type_name in named if value]


def _check(reason: str) -> None:
    if not reason.strip():
        raise ValueError("an opening needs a reason: say why the information is needed now")
