"""The messages of lag 2017:612 as FHIR R4 `Communication`, and what an `Encounter` says of the stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kedja.access.consents import HSA_SYSTEM
from kedja.access.instants import text_of
from kedja.discharge.case import Party

Resource = dict[str, Any]

MESSAGE_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/discharge-message"
PARTY_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/discharge-party"
_OWN: Final = "https://kedja.example/fhir/StructureDefinition"
PARTY_URL: Final = f"{_OWN}/discharge-party"
PROVIDER_URL: Final = f"{_OWN}/provider"
FIELD_URL: Final = f"{_OWN}/discharge-field"
ESTIMATE_URL: Final = f"{_OWN}/estimated-discharge"
NEEDS_URL: Final = f"{_OWN}/discharge-needs"
READY_URL: Final = f"{_OWN}/discharge-ready"
WITHHELD_URL: Final = f"{_OWN}/discharge-withheld"
NO_PLAN_URL: Final = f"{_OWN}/discharge-no-plan"
LACKING_URL: Final = f"{_OWN}/open-care-lacking"


class Message(StrEnum):
    """Codes of `discharge-message`."""

    ADMISSION_NOTICE = "admission-notice"  # inskrivningsmeddelande, 2:1
    ESTIMATE = "estimate"  # 2:4
    CARE_CONTACT = "care-contact"  # 2:5
    PLANNING = "planning"  # planning has begun, 2:6
    READY_NOTICE = "ready-notice"  # utskrivningsklar, 3:1
    READY_WITHDRAWN = "ready-withdrawn"  # no longer ready: what follows from the notice begins anew with the next
    INFORMATION = "information"  # 3:2
    INVITATION = "invitation"  # kallelse, 4:3
    NO_PLAN = "no-plan"  # the patient does not consent to a joint plan, 4:2: told by the permanent care contact


FIELDS: Final = ("name", "personnummer", "address", "estimated-discharge")
"""All that an admission notice contains (2:2)."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A unit that a message is to, by HSA-ids, and as what."""

    party: Party
    provider: str
    unit: str
    name: str = ""


def admission_notice(
    encounter: str,
    patient: str,
    sender: Resource,
    recipients: Iterable[Recipient],
    sent: datetime,
    *,
    name: str,
    personnummer: str,
    address: str,
    estimated: datetime,
) -> Resource:
    """The admission notice: the four things that 2:2 names, and nothing else. `address` '' where it is protected."""
    said = zip(FIELDS, (name, personnummer, address, text_of(estimated)))
    payload = [{"extension": [{"url": FIELD_URL, "valueCode": field}], "contentString": words} for field, words in said if words]
    notice = message(Message.ADMISSION_NOTICE, encounter, patient, sender, recipients, sent)
    return notice | {"payload": payload}


def message(
    kind: Message,
    encounter: str,
    patient: str,
    sender: Resource,
    recipients: Iterable[Recipient],
    sent: datetime,
    *,
    text: str = "",
    estimated: datetime | None = None,
    by: Party | None = None,
) -> Resource:
    """A message of the statute about a stay. `encounter`, `patient`: references; `sender`: a Reference, of the party `by`."""
    resource: Resource = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": MESSAGE_SYSTEM, "code": kind.value}]}],
        "subject": {"reference": patient},
        "encounter": {"reference": encounter},
        "sent": text_of(sent),
        "recipient": [named(each) for each in recipients],
        "sender": sender | ({"extension": [{"url": PARTY_URL, "valueCode": by.value}]} if by else {}),
    }
    if estimated is not None:
        resource["extension"] = [{"url": ESTIMATE_URL, "valueDateTime": text_of(estimated)}]
    return resource | {"payload": [{"contentString": text}]} if text else resource


def about_the_stay(
    *,
    needs: datetime | None = None,
    parties: Iterable[Party] = (),
    estimated: datetime | None = None,
    estimate_changed: datetime | None = None,
    ready: datetime | None = None,
    withheld: Iterable[Party] = (),
    no_plan: bool = False,
) -> list[Resource]:
    """The extensions of an Encounter that say what the doctor has judged."""
    found: list[Resource] = []
    if needs is not None:
        judged = [{"url": "at", "valueDateTime": text_of(needs)}]
        found.append({"url": NEEDS_URL, "extension": [*judged, *({"url": "party", "valueCode": str(one)} for one in parties)]})
    if estimated is not None:
        told = [{"url": "time", "valueDateTime": text_of(estimated)}]
        changed = [{"url": "changed", "valueDateTime": text_of(estimate_changed)}] if estimate_changed else []
        found.append({"url": ESTIMATE_URL, "extension": [*told, *changed]})
    if ready is not None:
        found.append({"url": READY_URL, "valueDateTime": text_of(ready)})
    found += [{"url": WITHHELD_URL, "valueCode": str(party)} for party in withheld]
    return found + ([{"url": NO_PLAN_URL, "valueBoolean": True}] if no_plan else [])


def named(recipient: Recipient) -> Resource:
    """A unit as who a message is to or from."""
    reference: Resource = {
        "extension": [
            {"url": PARTY_URL, "valueCode": recipient.party.value},
            {"url": PROVIDER_URL, "valueIdentifier": {"system": HSA_SYSTEM, "value": recipient.provider}},
        ],
        "type": "Organization",
        "identifier": {"system": HSA_SYSTEM, "value": recipient.unit},
    }
    return reference | {"display": recipient.name} if recipient.name else reference


def copy_of(message: Resource, reference: str) -> Resource:
    """What a unit gets of a message that is stored as `reference`: all of it, and of which it is the copy."""
    kept = {name: value for name, value in message.items() if name not in ("id", "meta", "text")}
    return kept | {"partOf": [{"reference": reference}]}
