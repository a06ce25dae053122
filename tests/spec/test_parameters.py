"""Search parameters, compartments, and whose a resource is."""

from __future__ import annotations

import re

import pytest

from kedja import spec
from kedja.search.hashing import param_hash


def test_a_shared_parameter_keeps_only_the_part_about_its_type() -> None:
    patient = spec.search_parameters("Observation")["patient"]
    assert patient.expression == "Observation.subject.where(resolve() is Patient)"
    assert patient.url == "http://hl7.org/fhir/SearchParameter/clinical-patient"
    assert spec.search_parameters("AllergyIntolerance")["code"].expression == (
        "AllergyIntolerance.code | AllergyIntolerance.reaction.substance"
    )


def test_every_expression_speaks_of_its_own_type_only() -> None:
    others = re.compile(r"(?<![A-Za-z.(])([A-Z][A-Za-z]+)\.")
    for name in spec.TYPES:
        for parameter in spec.search_parameters(name).values():
            assert set(others.findall(parameter.expression)) <= {name}, parameter


def test_the_common_parameters_are_on_every_type() -> None:
    for name in spec.TYPES:
        assert {"_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"} <= set(spec.search_parameters(name))
    assert spec.search_parameters("Binary")["_lastUpdated"].expression == "Binary.meta.lastUpdated"


def test_targets_are_narrowed_to_what_the_element_can_refer_to() -> None:
    assert spec.search_parameters("Observation")["encounter"].target == ("Encounter",)
    assert spec.search_parameters("Observation")["patient"].target == ("Patient",)
    assert set(spec.search_parameters("Observation")["subject"].target) == {"Patient", "Group", "Device", "Location"}


def test_every_reference_parameter_has_a_target_but_the_one_that_declares_none() -> None:
    without = {
        parameter.url.rpartition("/")[2]
        for name in spec.TYPES
        for parameter in spec.search_parameters(name).values()
        if parameter.type == "reference" and not parameter.target
    }
    assert without == {"RequestGroup-instantiates-canonical"}


def test_a_composite_has_its_components() -> None:
    composite = spec.search_parameters("Observation")["code-value-quantity"]
    assert composite.type == "composite"
    assert composite.components == (spec.Component("code", "code"), spec.Component("value-quantity", "value.as(Quantity)"))


def test_an_unknown_type_has_no_parameters() -> None:
    with pytest.raises(KeyError, match="FHIR R4 has no resource type `Patients`"):
        spec.search_parameters("Patients")


def test_no_two_parameters_share_their_number_in_the_index() -> None:
    pairs = [(name, code) for name in spec.TYPES for code in spec.search_parameters(name)]
    assert len({param_hash(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize("code", ["Patient", "Encounter", "Practitioner", "RelatedPerson", "Device"])
def test_every_compartment_names_parameters_that_exist(code: str) -> None:
    for name, parameters in spec.compartment(code).items():
        assert set(parameters) <= set(spec.search_parameters(name)), name


def test_the_patient_compartment() -> None:
    assert spec.compartment("Patient")["Observation"] == ("subject", "performer")
    assert "Organization" not in spec.compartment("Patient")
    with pytest.raises(KeyError, match="no compartment `Ward`"):
        spec.compartment("Ward")


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Observation", ("subject",)),
        ("AllergyIntolerance", ("patient",)),
        ("Coverage", ("beneficiary",)),
        ("ResearchSubject", ("individual",)),
        ("Task", ("for",)),
        ("Organization", ()),
        ("Patient", ()),
        ("MedicinalProductIndication", ()),
    ],
)
def test_the_elements_that_say_whose_a_resource_is(name: str, members: tuple[str, ...]) -> None:
    assert spec.subject_elements(name) == members


def test_the_references_that_say_whose_a_resource_is() -> None:
    appointment = {
        "resourceType": "Appointment",
        "participant": [{"actor": {"reference": "Patient/1"}}, {"actor": {"display": "?"}}, 7, {"actor": {"reference": 1}}],
    }
    assert spec.subject_references(appointment) == ("Patient/1",)
    observation = {
        "resourceType": "Observation",
        "subject": {"reference": "Patient/1"},
        "performer": [{"reference": "Patient/2"}],
    }
    assert spec.subject_references(observation) == ("Patient/1",)
    assert spec.subject_references({"resourceType": "Observation"}) == ()
    assert spec.subject_references({"resourceType": "Account", "subject": [{"reference": "Patient/3"}]}) == ("Patient/3",)
