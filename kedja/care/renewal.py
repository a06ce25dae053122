"""A person asks that a medicine is prescribed again, as FHIR R4: a `MedicationRequest` with the intent `proposal`.

R4's workflow has three ways for "somebody would like this to be ordered": a proposal, a Task, or both. Here it is a proposal:
what is asked for is an order of a medicine, so that the order that answers it can say so (`basedOn`, with `priorPrescription` for
what it replaces); what a mandate, a block or a label says of medicines holds for it without a rule of its own; and its few states
fit in `status`: active is sent, completed accepted, cancelled refused, with the reason in `statusReason`. A Task would be needed
where the work has steps or is handed between systems. `intent` is a modifier element: who reads MedicationRequests looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from kedja.access.consents import HSA_SYSTEM
from kedja.access.custody import Custody, Label, Regime
from kedja.access.instants import text_of

Resource = dict[str, Any]
Json = Mapping[str, Any]

PROPOSAL: Final = "proposal"
_ORDERS: Final = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
_CARRIED: Final = ("medicationCodeableConcept", "medicationReference", "contained", "dosageInstruction", "reasonCode")
_VALID: Final = timedelta(days=365)


class Not(StrEnum):
    """Why a medicine cannot be asked for again here."""

    ELSEWHERE = "elsewhere"  # it is in no health record that can answer: the medication list, a registry, the own account
    NO_UNIT = "no-unit"  # nobody says at which unit it was prescribed
    ENDED = "ended"  # the prescriber has ended or paused it
    SPECIAL = "special"  # a narcotic or other special medicine: is talked about first
    SHORT = "short"  # a treatment for once
    PROTECTED = "protected"  # whose identity is protected is not found on a list
    ASKED = "asked"  # it is asked for already


def why_not(order: Json, custody: Custody, *, shielded: bool = False) -> Not | None:
    """Why this order, kept under this custody, is not asked for again; None where it may be."""
    if custody.regime is not Regime.HEALTH or order.get("intent") not in _ORDERS:
        return Not.ELSEWHERE
    if not custody.unit:
        return Not.NO_UNIT
    if order.get("status") not in ("active", "completed") or order.get("doNotPerform") is True:
        return Not.ENDED
    if Label.NARCOTIC in custody.labels:
        return Not.SPECIAL
    courses = order.get("courseOfTherapyType", {}).get("coding", ())
    if any(coding.get("code") == "acute" for coding in courses):
        return Not.SHORT
    return Not.PROTECTED if shielded else None


def proposal(order: Json, patient: str, name: str, unit: str, words: str, now: datetime) -> Resource:
    """That `order` is prescribed again, by or for its person. `unit` (HSA-id) is whose list it comes to."""
    made: Resource = {
        "resourceType": "MedicationRequest",
        "meta": {"tag": [{"system": HSA_SYSTEM, "code": unit}]},
        "status": "active",
        "intent": PROPOSAL,
        **{element: order[element] for element in _CARRIED if element in order},
        "subject": {"reference": order["subject"]["reference"]} | ({"display": name} if name else {}),
        "authoredOn": text_of(now),
        "requester": {"reference": patient},
        "priorPrescription": {"reference": f"MedicationRequest/{order['id']}"},
    }
    return made | ({"note": [{"text": words}]} if words else {})


def renewed(asked: Json, order: Json, requester: Resource, now: datetime) -> Resource:
    """The new order that answers a proposal: as the one before it, for a year, by who prescribes it now."""
    supply = {name: value for name, value in order.get("dispenseRequest", {}).items() if name != "validityPeriod"}
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        **{element: order[element] for element in (*_CARRIED, "category", "substitution") if element in order},
        "subject": {"reference": asked["subject"]["reference"]},
        "authoredOn": text_of(now),
        "requester": requester,
        "basedOn": [{"reference": f"MedicationRequest/{asked['id']}"}],
        "priorPrescription": asked["priorPrescription"],
        "dispenseRequest": supply | {"validityPeriod": {"start": text_of(now), "end": text_of(now + _VALID)}},
    }


def accepted(asked: Json) -> Resource:
    return {**asked, "status": "completed"}


def refused(asked: Json, why: str) -> Resource:
    return {**asked, "status": "cancelled", "statusReason": {"text": why}}


def is_proposal(resource: Json) -> bool:
    return resource.get("resourceType") == "MedicationRequest" and resource.get("intent") == PROPOSAL


def prior(resource: Json) -> str:
    """The id of the order that a proposal or an order replaces, or ''."""
    return str(resource.get("priorPrescription", {}).get("reference", "")).removeprefix("MedicationRequest/")
