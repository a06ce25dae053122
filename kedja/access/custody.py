"""Custody: whose a resource is and under which law. All that the law ever needs to look at (spec 1.1, DESIGN 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag, StrEnum

from kedja.search.condition import SHIELDED


class Regime(StrEnum):
    """The law that a resource is kept under."""

    HEALTH = "health"  # health record, patientjournal (PDL)
    SOCIAL = "social"  # social care record for older people and people with disability (SoL, LSS; SVOD 1:3)
    SOCIAL_OTHER = "social-other"  # other social services: never shared between organisations (SVOD 1:3)
    REGISTRY = "registry"  # quality registry (PDL 7)
    BIOBANK = "biobank"  # Biobankslagen
    NLL = "nll"  # the National Medication List (lag 2018:1212)
    RESEARCH = "research"  # copies linked for research under a permit
    WELLNESS = "wellness"  # the person's own account; the person's consent (GDPR 9.2 a)
    CONTROL = "control"  # the person's own consents, blocks, mandates
    DIRECTORY = "directory"  # organisations, practitioners, forms, code systems: about no person


class Label(IntFlag):
    """Marks on a resource that rules look at; bits of `resource.labels`."""

    NONE = 0
    NOPATIENT = 1  # not approved for the patient (P-3)
    PROTECTED = 2  # it says that the person has protected identity (spec 1.5)
    ORDINATION = 4  # `lak`: prescription information that a block may exclude
    ALERT = 8  # `upp`: alert information that a block may exclude
    INSURANCE = 16  # insurance-medicine assessment (I-7)
    INCAPACITY = 32  # made available under SVOD 2:6 (P-2)
    THIRD_PARTY = 64  # third-party statement with risk (P-4)
    NARCOTIC = 128  # narcotic or special drug (N-4)
    SAMPLE_INCAPACITY = 256  # sample of one who could not consent (BBL 4:5, 4:8-9)
    RESEARCH_CONSENT = 512  # sample taken for research (BBL 4:1-2)
    DRAFT = 1024  # answers that have not been sent: whose they are shares them with nobody
    NOTICE = 1 << 20  # told to the person or to who asked: changed by nobody
    REVIEW = 1 << 21  # somebody's use of the log is looked over (HSLF-FS 2016:40 4:9)
    LIFT = 1 << 22  # a block that another provider asks to have lifted (SVOD 3:5)
    SHIELDED = SHIELDED  # whose it is has protected identity: the store sets it on all that is theirs


@dataclass(frozen=True, slots=True)
class Custody:
    """Columns beside every stored resource.

    `person` is the key of `person` in the store, 0 where the resource is about nobody. `provider` and `unit` are
    HSA-ids ("" where none). `start`/`end` are the period that the information documents (SVOD block periods); None is open.
    """

    regime: Regime
    person: int = 0
    provider: str = ""
    unit: str = ""
    start: datetime | None = None
    end: datetime | None = None
    labels: Label = Label.NONE
    source: str = ""


# Types that say nothing about a patient and may stand in the directory when they name none. All else, even without a
# subject (a Binary, a Bundle, a Group), is kept as its provider's record: default deny.
DIRECTORY_TYPES = frozenset(
    {
        "ActivityDefinition", "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "Endpoint",
        "EventDefinition", "Evidence", "EvidenceVariable", "ExampleScenario", "GraphDefinition", "HealthcareService",
        "ImplementationGuide", "InsurancePlan", "Library", "Location", "Measure", "Medication", "MedicationKnowledge",
        "MessageDefinition", "NamingSystem", "ObservationDefinition", "OperationDefinition", "Organization",
        "OrganizationAffiliation", "PlanDefinition", "Practitioner", "PractitionerRole", "Questionnaire",
        "ResearchDefinition", "ResearchElementDefinition", "ResearchStudy", "Schedule", "SearchParameter", "Slot",
        "SpecimenDefinition", "StructureDefinition", "StructureMap", "Substance", "TerminologyCapabilities", "TestScript",
        "ValueSet",
    }
)  # fmt: skip


def regime_for(resource_type: str, person: int, default: Regime) -> Regime:
    """DIRECTORY for a directory type about nobody, CONTROL for a person's Consent, else `default`."""
    if person == 0:
        return Regime.DIRECTORY if resource_type in DIRECTORY_TYPES else default
    return Regime.CONTROL if resource_type == "Consent" else default
