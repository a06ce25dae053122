"""What is stored, sent, or named in files of the law keeps its meaning, and each table of words is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.access.custody import DIRECTORY_TYPES, Custody, Label, Regime, regime_for
from kedja.access.decide import establish
from kedja.access.facts import facts_of
from kedja.access.mandate import CODES, TYPES, Matter
from kedja.access.redaction import betrayed, redact
from kedja.access.rows import BlockFact, ConsentFact
from kedja.access.rule import Obligation
from kedja.access.rules import standard
from kedja.access.wishes import biobank_consent
from kedja.search.uses import Use

NOW: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
PERSON: Final = Actor("p", Kind.CITIZEN, person=7)
DOCTOR: Final = Actor("d", Kind.PROFESSIONAL, hsa_id="H1", assignment=Assignment("a", Purpose.CARE, "P1", "U1"))


def test_regimes_are_words_of_a_column() -> None:
    assert [one.value for one in Regime] == [
        "health", "social", "social-other", "registry", "biobank", "nll", "research", "wellness", "control", "directory",
    ]  # fmt: skip


def test_labels_are_bits_of_a_column() -> None:
    bits = {
        "NOPATIENT": 1, "PROTECTED": 2, "ORDINATION": 4, "ALERT": 8, "INSURANCE": 16, "INCAPACITY": 32, "THIRD_PARTY": 64,
        "NARCOTIC": 128, "SAMPLE_INCAPACITY": 256, "RESEARCH_CONSENT": 512, "DRAFT": 1024, "NOTICE": 1 << 20,
        "REVIEW": 1 << 21, "LIFT": 1 << 22,
    }  # fmt: skip
    assert {name: int(Label[name]) for name in bits} == bits
    assert Custody(Regime.HEALTH) == Custody(Regime.HEALTH, 0, "", "", None, None, Label.NONE, "")


def test_obligations_are_words_of_the_rules_files() -> None:
    assert all(one.value == one.name for one in Obligation)


def test_what_stands_in_the_directory_is_of_no_patient_and_all_else_is_not_for_everybody() -> None:
    assert sorted(DIRECTORY_TYPES) == [
        "ActivityDefinition", "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "Endpoint",
        "EventDefinition", "Evidence", "EvidenceVariable", "ExampleScenario", "GraphDefinition", "HealthcareService",
        "ImplementationGuide", "InsurancePlan", "Library", "Location", "Measure", "Medication", "MedicationKnowledge",
        "MessageDefinition", "NamingSystem", "ObservationDefinition", "OperationDefinition", "Organization",
        "OrganizationAffiliation", "PlanDefinition", "Practitioner", "PractitionerRole", "Questionnaire", "ResearchDefinition",
        "ResearchElementDefinition", "ResearchStudy", "Schedule", "SearchParameter", "Slot", "SpecimenDefinition",
        "StructureDefinition", "StructureMap", "Substance", "TerminologyCapabilities", "TestScript", "ValueSet",
    ]  # fmt: skip
    assert regime_for("Location", 0, Regime.HEALTH) is Regime.DIRECTORY
    assert regime_for("Location", 7, Regime.HEALTH) is regime_for("Binary", 0, Regime.HEALTH) is Regime.HEALTH


def test_a_mandate_covers_the_types_of_its_matters_alone() -> None:
    assert {
        "medicines": Matter(1), "visits": Matter(2), "results": Matter(4), "diagnoses": Matter(8), "plans": Matter(16),
        "documents": Matter(32),
    } == CODES  # fmt: skip
    assert {matter.name: " ".join(types) for matter, types in TYPES.items()} == {
        "MEDICINES": "MedicationAdministration MedicationDispense MedicationRequest MedicationStatement",
        "VISITS": "Appointment AppointmentResponse Encounter EpisodeOfCare",
        "RESULTS": "DiagnosticReport ImagingStudy Observation Specimen",
        "DIAGNOSES": "AllergyIntolerance Condition FamilyMemberHistory Flag Immunization Procedure",
        "PLANS": "CarePlan CareTeam Goal NutritionOrder ServiceRequest Task",
        "DOCUMENTS": "Binary ClinicalImpression Communication Composition DocumentReference QuestionnaireResponse",
    }


@pytest.mark.parametrize("purpose", ["care", "quality", "education", "research"])
def test_each_purpose_of_a_biobank_is_consented_to_and_restricted(purpose: str) -> None:
    for fact in (ConsentFact(7, f"biobank-{purpose}", "P1"), BlockFact(7, f"biobank-{purpose}", "P1")):
        assert establish(PERSON, fact, NOW).permitted
        assert not establish(PERSON, fact._replace(person=8), NOW).permitted


@pytest.mark.parametrize("purpose", ["care", "quality", "education", "research"])
def test_a_consent_to_a_biobank_says_for_which_purpose(purpose: str) -> None:
    (fact,) = facts_of(biobank_consent("Patient/p", "P1", [purpose], dated=NOW), Custody(Regime.CONTROL, 7))
    assert fact == ConsentFact(7, f"biobank-{purpose}", "P1")


@pytest.mark.parametrize("kind", ["emergency", "nll-emergency", "certificate"])
def test_each_kind_of_opening_is_short(kind: str) -> None:
    opening = ConsentFact(7, kind, "P1", "U1", "H1", NOW, NOW + timedelta(hours=1))
    asker = replace(DOCTOR, prescriber=True)
    assert establish(asker, opening, NOW).permitted
    assert not establish(asker, opening._replace(ends=NOW + timedelta(days=9)), NOW).permitted
    assert not establish(asker, opening._replace(employee="H2"), NOW).permitted


@pytest.mark.parametrize("kind", ["wellness-share", "wellness-share-quality"])
def test_a_person_shares_their_account(kind: str) -> None:
    assert establish(PERSON, ConsentFact(7, kind, "P1"), NOW).permitted


@pytest.mark.parametrize("kind", ["nll", "guardian"])
def test_blocks_are_established_each_by_its_own_rule(kind: str) -> None:
    asker = PERSON if kind == "nll" else DOCTOR
    assert establish(asker, BlockFact(7, kind, "P1", "U1"), NOW).permitted


FACT: Final[dict[str, Any]] = {
    "resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order", "subject": {"reference": "Patient/p"},
    "medicationCodeableConcept": {"text": "x"}, "medicationReference": {"reference": "#m"}, "code": {"text": "x"},
    "authoredOn": "2026-03-01", "whenHandedOver": "2026-03-01",
}  # fmt: skip


def test_the_fact_alone_is_what_was_prescribed_when_and_to_whom() -> None:
    contained = [
        {"resourceType": name} for name in ("Medication", "Organization", "Practitioner", "PractitionerRole", "Condition")
    ]
    more = {"dosageInstruction": [{"text": "x"}], "note": [{"text": "x"}], "requester": {"display": "x"}, "contained": contained}
    told = redact(FACT | more, (Obligation.ONLY_THE_FACT,))
    assert told.pop("meta")["security"]
    assert told == {**FACT, "contained": contained[:4]}


@pytest.mark.parametrize("name", ["Patient", "Person", "RelatedPerson"])
def test_who_is_coded_has_no_name_or_number(name: str) -> None:
    person = {
        "resourceType": name, "id": "p", "name": [{}], "telecom": [{}], "address": [{}], "photo": [{}], "contact": [{}],
        "identifier": [{}], "text": {}, "note": [], "gender": "female",
    }  # fmt: skip
    assert set(redact(person, (Obligation.PSEUDONYM,))) == {"resourceType", "id", "gender", "meta"}
    other = {"resourceType": "Observation", "performer": [{"reference": f"{name}/1", "display": "x", "identifier": {}}]}
    assert redact(other, (Obligation.PSEUDONYM,))["performer"] == [{"reference": f"{name}/1"}]


ONLY_FACT: Final = next(rule.id for rule in standard().rules if Obligation.ONLY_THE_FACT in rule.obligations)


@pytest.mark.parametrize(
    "code",
    [
        "_id", "_lastUpdated", "_tag", "_security", "_profile", "_source", "patient", "subject", "status", "intent", "code",
        "medication", "authoredon", "whenhandedover",
    ],
)  # fmt: skip
def test_what_tests_the_fact_alone_may_be_searched_by(code: str) -> None:
    assert ONLY_FACT not in betrayed(standard(), [Use(code, "MedicationRequest.x", "token", "", ("x",))])
    assert ONLY_FACT in betrayed(standard(), [Use(f"{code}-x", "MedicationRequest.x", "token", "", ("x",))])
