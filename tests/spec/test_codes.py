"""The codes of required bindings."""

from __future__ import annotations

from kedja import spec

NOT_ENUMERABLE = {
    "http://hl7.org/fhir/ValueSet/currencies",
    "http://hl7.org/fhir/ValueSet/mimetypes",
    "http://hl7.org/fhir/ValueSet/ucum-units",
    "http://loinc.org/vs/LL379-9",
}


def test_a_value_set_has_its_codes_with_or_without_version() -> None:
    codes = {"male", "female", "other", "unknown"}
    assert spec.required_codes("http://hl7.org/fhir/ValueSet/administrative-gender") == codes
    assert spec.required_codes("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1") == codes


def test_codes_are_known_by_system() -> None:
    systems = spec.required_systems("http://hl7.org/fhir/ValueSet/condition-clinical")
    assert systems is not None
    assert systems["http://terminology.hl7.org/CodeSystem/condition-clinical"] >= {"active", "recurrence", "resolved"}


def test_a_value_set_of_several_systems_has_them_all() -> None:
    codes = spec.required_codes("http://hl7.org/fhir/ValueSet/all-types")
    assert codes is not None
    assert {"Patient", "Quantity", "boolean", "Type", "Any"} <= codes


def test_all_other_required_bindings_are_enumerated() -> None:
    missing: set[str] = set()
    seen: set[str] = set()
    waiting: list[str] = [*spec.TYPES, *spec.DATATYPES]
    while waiting:
        name = waiting.pop()
        if name in seen or name == "Resource":
            continue
        seen.add(name)
        for element in spec.elements(name).values():
            waiting.append(element.type)
            binding = element.binding
            if binding and binding.strength == "required" and not spec.required_codes(binding.valueset):
                missing.add(binding.valueset)
    assert missing == NOT_ENUMERABLE


def test_a_value_set_that_is_not_required_is_none() -> None:
    assert spec.required_codes("http://hl7.org/fhir/ValueSet/observation-codes") is None
    assert spec.required_systems("http://example.org/none") is None
