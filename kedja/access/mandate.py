"""What a mandate to act for somebody covers: matters, each a few types of resources (spec P-13, lag 2018:1212 5:6)."""

from __future__ import annotations

from enum import IntFlag
from typing import Final


class Matter(IntFlag):
    """Bits of `representation.classes`; their codes in `MATTER_SYSTEM` are their names in lower case."""

    NONE = 0
    MEDICINES = 1
    VISITS = 2
    RESULTS = 4
    DIAGNOSES = 8
    PLANS = 16
    DOCUMENTS = 32


MATTER_SYSTEM: Final = "https://kedja.example/fhir/CodeSystem/mandate-matter"
EVERYTHING: Final = Matter(0x7FFFFFFF)  # also what no matter has: a guardian's

TYPES: Final[dict[Matter, tuple[str, ...]]] = {
    Matter.MEDICINES: ("MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement"),
    Matter.VISITS: ("Appointment", "AppointmentResponse", "Encounter", "EpisodeOfCare"),
    Matter.RESULTS: ("DiagnosticReport", "ImagingStudy", "Observation", "Specimen"),
    Matter.DIAGNOSES: ("AllergyIntolerance", "Condition", "FamilyMemberHistory", "Flag", "Immunization", "Procedure"),
    Matter.PLANS: ("CarePlan", "CareTeam", "Goal", "NutritionOrder", "ServiceRequest", "Task"),
    Matter.DOCUMENTS: (
        "Binary",
        "ClinicalImpression",
        "Communication",
        "Composition",
        "DocumentReference",
        "QuestionnaireResponse",
    ),
}
CODES: Final[dict[str, Matter]] = {matter.name.lower(): matter for matter in TYPES if matter.name}
