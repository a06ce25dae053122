"""How medicines are told: MedicationRequest, MedicationStatement, MedicationDispense, MedicationAdministration, Immunization."""

from __future__ import annotations

from typing import Final

from kedja.portals.shared.entry import Resource, Told
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import amount, concept, concepts, first, first_when, items, say_when, text, when

_CURRENT: Final = ("active", "on-hold", "completed-course", "intended", "draft")


def request(resource: Resource, _: Language) -> Told:
    return _proposal(resource, _) if text(resource, "intent") in ("proposal", "plan") else _order(resource, _)


def _proposal(resource: Resource, _: Language) -> Told:
    """What is only asked for, and is no prescription: it stands among no medicines."""
    return Told(
        kind="renewal",
        title=_("Asked for again: %(medicine)s", medicine=_medicine(resource, _)),
        when=first_when(resource, "authoredOn"),
        lines=tuple(each for each in items(resource, "note", "text") if isinstance(each, str)),
        details=_pairs((_("Refused because"), concept(resource.get("statusReason")))),
        group=_substance(resource),
        active=text(resource, "status") == "active",
    )


def _order(resource: Resource, _: Language) -> Told:
    repeats = first(resource, "dispenseRequest", "numberOfRepeatsAllowed")
    return Told(
        kind="medicine",
        title=_medicine(resource, _),
        when=first_when(resource, "authoredOn"),
        until=when(text(resource, "dispenseRequest", "validityPeriod", "end")),
        lines=_dosage(resource, "dosageInstruction"),
        details=(
            *_pairs(
                (_("For"), ", ".join(concepts(resource.get("reasonCode")))),
                (_("Withdrawals left"), _.number(repeats) if isinstance(repeats, int) else ""),
                (_("Valid until"), say_when(when(text(resource, "dispenseRequest", "validityPeriod", "end")), _)),
                (_("Stopped because"), concept(resource.get("statusReason"))),
            ),
        ),
        group=_substance(resource),
        active=text(resource, "status") in _CURRENT,
    )


def statement(resource: Resource, _: Language) -> Told:
    return Told(
        kind="medicine",
        title=_medicine(resource, _),
        when=first_when(resource, "effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
        until=when(text(resource, "effectivePeriod", "end")),
        lines=_dosage(resource, "dosage"),
        details=_pairs((_("For"), ", ".join(concepts(resource.get("reasonCode"))))),
        group=_substance(resource),
        active=text(resource, "status") in _CURRENT,
    )


def dispense(resource: Resource, _: Language) -> Told:
    return Told(
        kind="collected",
        title=_("Collected: %(medicine)s", medicine=_medicine(resource, _)),
        when=first_when(resource, "whenHandedOver", "whenPrepared"),
        lines=_dosage(resource, "dosageInstruction"),
        details=_pairs((_("Amount"), amount(resource.get("quantity"), _))),
        group=_substance(resource),
    )


def administration(resource: Resource, _: Language) -> Told:
    return Told(
        kind="given",
        title=_("Given: %(medicine)s", medicine=_medicine(resource, _)),
        when=first_when(resource, "effectiveDateTime", "effectivePeriod.start"),
        details=_pairs((_("Amount"), amount(first(resource, "dosage", "dose"), _))),
        group=_substance(resource),
    )


def immunization(resource: Resource, _: Language) -> Told:
    return Told(
        kind="vaccination",
        title=_("Vaccination: %(vaccine)s", vaccine=concept(resource.get("vaccineCode"))),
        when=first_when(resource, "occurrenceDateTime", "recorded"),
        details=_pairs((_("Batch"), text(resource, "lotNumber"))),
        active=text(resource, "status") == "completed",
    )


def _medicine(resource: Resource, _: Language) -> str:
    return (
        concept(resource.get("medicationCodeableConcept"))
        or text(resource, "medicationReference", "display")
        or concept(first(resource, "contained", "code"))
        or _("Medicine")
    )


def _substance(resource: Resource) -> str:
    """The ATC code where there is one, so that the same substance from two prescribers stands together."""
    for coding in items(resource, "medicationCodeableConcept", "coding"):
        if "atc" in text(coding, "system").lower():
            return text(coding, "code")
    return concept(resource.get("medicationCodeableConcept")) or text(resource, "medicationReference", "display")


def _dosage(resource: Resource, name: str) -> tuple[str, ...]:
    found = (text(dosage, "text") or text(dosage, "patientInstruction") for dosage in items(resource, name))
    return tuple(line for line in found if line)


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[1])


TABLE: Final = {
    "MedicationRequest": request,
    "MedicationStatement": statement,
    "MedicationDispense": dispense,
    "MedicationAdministration": administration,
    "Immunization": immunization,
}
