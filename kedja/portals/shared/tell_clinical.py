"""How findings, warnings and what was done are told: Condition, AllergyIntolerance, Flag, Procedure, FamilyMemberHistory."""

from __future__ import annotations

from typing import Final

from kedja.portals.shared.entry import Resource, Told
from kedja.portals.shared.language import Language
from kedja.portals.shared.read import concept, concepts, first_when, has_code, items, objects, say_when, text, when


def condition(resource: Resource, _: Language) -> Told:
    return Told(
        kind="diagnosis",
        title=concept(resource.get("code")),
        when=first_when(resource, "onsetDateTime", "onsetPeriod.start", "recordedDate"),
        until=when(text(resource, "abatementDateTime") or text(resource, "abatementPeriod", "end")),
        text="\n".join(each for each in items(resource, "note", "text") if isinstance(each, str)),
        details=_pairs(
            (_("Severity"), concept(resource.get("severity"))),
            (_("Certainty"), _certainty(resource, _)),
            (_("Over since"), say_when(when(text(resource, "abatementDateTime")), _)),
        ),
        active=not has_code(resource.get("clinicalStatus"), "inactive", "remission", "resolved")
        and not has_code(resource.get("verificationStatus"), "refuted", "entered-in-error"),
        group=text(resource, "code", "coding", "code"),
    )


def allergy(resource: Resource, _: Language) -> Told:
    reactions = [words for each in items(resource, "reaction", "manifestation") for words in concepts(each)]
    return Told(
        kind="allergy",
        title=concept(resource.get("code")),
        when=first_when(resource, "onsetDateTime", "recordedDate"),
        lines=tuple(filter(None, (", ".join(reactions),))),
        details=_pairs((_("Certainty"), _certainty(resource, _))),
        active=not has_code(resource.get("clinicalStatus"), "inactive", "resolved")
        and not has_code(resource.get("verificationStatus"), "refuted", "entered-in-error"),
        urgent=text(resource, "criticality") == "high" or "severe" in items(resource, "reaction", "severity"),
    )


def flag(resource: Resource, _: Language) -> Told:
    """An advance directive is a limit of care; any other flag is an alert."""
    return Told(
        kind="limit" if has_code(resource.get("category"), "advance-directive") else "alert",
        title=concept(resource.get("code")),
        when=first_when(resource, "period.start"),
        until=when(text(resource, "period", "end")),
        active=text(resource, "status") == "active",
        urgent=True,
    )


def procedure(resource: Resource, _: Language) -> Told:
    return Told(
        kind="procedure",
        title=concept(resource.get("code")),
        when=first_when(resource, "performedDateTime", "performedPeriod.start"),
        until=when(text(resource, "performedPeriod", "end")),
        text="\n".join(each for each in items(resource, "note", "text") if isinstance(each, str)),
        details=_pairs(
            (_("Because of"), ", ".join(concepts(resource.get("reasonCode")))),
            (_("Where on the body"), ", ".join(concepts(resource.get("bodySite")))),
            (_("Outcome"), concept(resource.get("outcome"))),
        ),
        active=text(resource, "status") not in ("not-done", "entered-in-error"),
    )


def family_history(resource: Resource, _: Language) -> Told:
    return Told(
        kind="family",
        title=concept(resource.get("relationship")),
        when=first_when(resource, "date"),
        lines=tuple(words for each in objects(resource, "condition") if (words := concept(each.get("code")))),
    )


def risk(resource: Resource, _: Language) -> Told:
    return Told(
        kind="risk",
        title=concept(resource.get("code")) or _("Risk assessment"),
        when=first_when(resource, "occurrenceDateTime", "occurrencePeriod.start"),
        lines=tuple(
            ": ".join(filter(None, (concept(each.get("outcome")), concept(each.get("qualitativeRisk")))))
            for each in objects(resource, "prediction")
        ),
        text=text(resource, "mitigation"),
    )


def _certainty(resource: Resource, _: Language) -> str:
    words = {"unconfirmed": _("Not confirmed"), "provisional": _("Preliminary"), "differential": _("One of several possible"),
             "refuted": _("Ruled out"), "entered-in-error": _("Entered in error")}  # fmt: skip
    return next((words[code] for code in items(resource, "verificationStatus", "coding", "code") if code in words), "")


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[1])


TABLE: Final = {
    "Condition": condition,
    "AllergyIntolerance": allergy,
    "Flag": flag,
    "Procedure": procedure,
    "FamilyMemberHistory": family_history,
    "RiskAssessment": risk,
}
