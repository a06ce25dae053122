"""Types and elements of FHIR R4."""

from __future__ import annotations

import pytest

from kedja import spec


def test_every_resource_type_of_r4_is_there() -> None:
    assert len(spec.TYPES) == 146
    assert list(spec.TYPES) == sorted(spec.TYPES)
    assert {"Patient", "Observation", "Bundle", "Parameters", "VisionPrescription"} <= set(spec.TYPES)


@pytest.mark.parametrize("name", ["Resource", "DomainResource", "SubscriptionStatus", "Quantity", "patient", ""])
def test_what_cannot_be_a_resource_is_none(name: str) -> None:
    assert not spec.is_resource_type(name)


def test_elements_have_cardinality_type_and_binding() -> None:
    status = spec.elements("Observation")["status"]
    assert (status.type, status.min, status.max, status.is_list) == ("code", 1, 1, False)
    assert status.binding == spec.Binding("required", "http://hl7.org/fhir/ValueSet/observation-status")
    assert status.path == "Observation.status"
    assert status.is_summary
    assert status.is_modifier


def test_a_repeating_element_is_a_list_without_limit() -> None:
    name = spec.elements("Patient")["name"]
    assert name.is_list
    assert name.max is None


def test_a_choice_is_one_element_for_each_type() -> None:
    elements = spec.elements("Observation")
    assert elements["valueQuantity"].type == "Quantity"
    assert elements["valueDateTime"].type == "dateTime"
    assert elements["valueQuantity"].choice_of == "value"
    assert elements["valueQuantity"].path == "Observation.value"
    assert "value" not in elements
    assert "value[x]" not in elements
    assert len(spec.choices("Observation")["value"]) == 11


def test_an_inline_element_is_a_type_of_its_own() -> None:
    assert spec.elements("Observation")["component"].type == "Observation.component"
    assert spec.elements("Observation.component")["code"].min == 1


def test_a_content_reference_leads_to_the_elements_it_repeats() -> None:
    assert spec.elements("Observation.component")["referenceRange"].type == "Observation.referenceRange"
    assert spec.elements("Questionnaire.item")["item"].type == "Questionnaire.item"
    assert spec.elements("Bundle.entry")["link"].type == "Bundle.link"


def test_what_later_releases_and_others_added_is_not_there() -> None:
    characteristic = spec.elements("EvidenceVariable.characteristic")
    assert {"definitionReference", "usageContext", "timeFromStart", "groupMeasure"} < set(characteristic)
    assert characteristic["definitionCodeableConcept"].choice_of == "definition"
    assert list(characteristic).index("exclude") > list(characteristic).index("usageContext")
    assert not {"linkId", "note", "timeFromEvent"} & set(characteristic)
    assert not {"label", "recruitment", "associatedParty", "outcomeMeasure"} & set(spec.elements("ResearchStudy"))
    assert "url" not in spec.elements("Binary")
    assert spec.elements("ResearchStudy")["site"].targets == ("Location",)


def test_every_target_of_a_reference_is_a_type_of_r4() -> None:
    every = {target for name in spec.TYPES for element in spec.elements(name).values() for target in element.targets}
    assert all(spec.is_resource_type(target) for target in every)


def test_a_reference_has_its_targets_and_one_to_anything_has_none() -> None:
    assert spec.elements("Encounter")["subject"].targets == ("Patient", "Group")
    assert spec.elements("Observation")["focus"].targets == ()


def test_the_id_of_a_resource_is_an_id_and_that_of_an_element_a_string() -> None:
    assert spec.elements("Patient")["id"].type == "id"
    assert spec.elements("Period")["id"].type == "string"
    assert spec.elements("Extension")["url"].type == "uri"


def test_a_primitive_has_an_id_and_extensions() -> None:
    assert set(spec.elements("date")) == {"id", "extension"}


@pytest.mark.parametrize("name", ["Patientt", "Observation.nothing", "", "SubscriptionStatus"])
def test_an_unknown_type_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError, match="FHIR R4 has no type"):
        spec.elements(name)


def test_types_know_what_they_specialise() -> None:
    assert spec.base_type("Patient") == "DomainResource"
    assert spec.base_type("Resource") is None
    assert spec.base_type("Observation.component") is None
    assert spec.is_type("Age", "Quantity")
    assert spec.is_type("Bundle", "Resource")
    assert not spec.is_type("Bundle", "DomainResource")
    assert spec.is_domain_resource("Patient")
    assert not spec.is_domain_resource("Parameters")


def test_every_type_that_an_element_names_is_defined() -> None:
    seen: set[str] = set()
    waiting = [*spec.TYPES, *spec.DATATYPES]
    while waiting:
        name = waiting.pop()
        if name in seen or name == "Resource":
            continue
        seen.add(name)
        waiting.extend(element.type for element in spec.elements(name).values())
    assert seen > set(spec.PRIMITIVES)
    assert {"Observation.component", "Timing.repeat", "Contract.term.asset.context"} <= seen
