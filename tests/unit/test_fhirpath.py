"""What FHIRPath expressions select from resources."""

from __future__ import annotations

from typing import Any

import pytest

from kedja import exactjson, fhirpath
from kedja.fhirpath import FhirPathError, Item

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "active": True,
    "name": [{"family": "Åberg", "given": ["Anna", "Maria"], "use": "official"}, {"given": ["Ann"], "use": "nickname"}],
    "telecom": [{"system": "phone", "value": "070-1"}, {"system": "email", "value": "a@example.org"}],
    "birthDate": "1974-12-25",
    "_birthDate": {"extension": [{"url": "https://example.org/time", "valueDateTime": "1974-12-25T14:35:45+01:00"}]},
    "deceasedBoolean": False,
    "extension": [{"url": "https://example.org/a", "valueCode": "x"}, {"url": "https://example.org/b", "valueString": "y"}],
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Ekbackens vårdcentral"}],
    "managingOrganization": {"reference": "#o"},
    "generalPractitioner": [
        {"reference": "Practitioner/1"},
        {"reference": "https://example.org/fhir/PractitionerRole/2/_history/3"},
        {"type": "Organization", "identifier": {"value": "SE1"}},
        {"reference": "urn:uuid:9a1c2c5e-7ba1-4b29-9b79-4b8c9a1c2c5e"},
    ],
}
OBSERVATION: dict[str, Any] = exactjson.loads(
    b"""{"resourceType": "Observation", "status": "final", "valueQuantity": {"value": 5.40, "code": "mmol/L"},
    "component": [{"code": {"text": "a"}, "valueQuantity": {"value": 1.50}}, {"code": {"text": "b"}, "valueString": "low"}],
    "effectiveDateTime": "2024-02"}"""
)
MAP: dict[str, Any] = {"resourceType": "ConceptMap", "sourceCanonical": "https://example.org/ValueSet/v"}


def values(expression: str, resource: dict[str, Any] = PATIENT) -> list[Any]:
    return [item.value for item in fhirpath.compile(expression, resource["resourceType"])(resource)]


def test_a_path_may_start_with_the_type_or_with_a_member() -> None:
    assert values("Patient.name.family") == values("name.family") == values("DomainResource.name.family") == ["Åberg"]
    assert values("Observation.name.family") == []


def test_a_choice_is_found_by_its_name_and_knows_its_type() -> None:
    assert fhirpath.compile("Observation.value", "Observation")(OBSERVATION) == [
        Item(OBSERVATION["valueQuantity"], "Quantity"),
    ]
    assert values("Observation.valueQuantity", OBSERVATION) == []


def test_as_keeps_of_a_collection_what_is_of_the_type() -> None:
    assert values("(Observation.component.value as Quantity).value", OBSERVATION) == [1.5]
    assert values("Observation.component.value.ofType(string)", OBSERVATION) == ["low"]
    assert values("Observation.value.as(Period)", OBSERVATION) == []


def test_as_uri_leaves_a_canonical_out_though_it_is_one() -> None:
    assert values("ConceptMap.source as uri", MAP) == []
    assert values("ConceptMap.source as canonical", MAP) == ["https://example.org/ValueSet/v"]
    assert values("ConceptMap.source is uri", MAP) == [True]


def test_items_of_inline_elements_carry_their_path_as_type() -> None:
    assert {item.type for item in fhirpath.compile("component", "Observation")(OBSERVATION)} == {"Observation.component"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name.where(use = 'official').given", ["Anna", "Maria"]),
        ("name.where(given.exists($this = 'Ann')).use", ["nickname"]),
        ("name.given[1]", ["Maria"]),
        ("name[1].given", ["Ann"]),
        ("name.given.first() | name.given.last()", ["Anna", "Ann"]),
        ("name.given.tail()", ["Maria", "Ann"]),
        ("name.given.skip(1).take(1)", ["Maria"]),
        ("name.select(given.first())", ["Anna", "Ann"]),
        ("name.given.where($index = 2)", ["Ann"]),
        ("name.given.count()", [3]),
        ("name.exists() and deceased != false", [False]),
        ("name.all(given.exists())", [True]),
        ("address.empty()", [True]),
        ("iif(active, name.family, 'nobody')", ["Åberg"]),
        ("iif(active.not(), name.family)", []),
        ("('a' | 'b' | 'a').count()", [2]),
        ("'a'.combine('a').isDistinct()", [False]),
        ("name.children().ofType(code)", ["official", "nickname"]),
        ("repeat(contained).name", ["Ekbackens vårdcentral"]),
        ("descendants().where($this is ContactPoint).value", ["070-1", "a@example.org"]),
        ("%resource.birthDate", ["1974-12-25"]),
        ("'Ann' in name.given", [True]),
        ("name.given contains 'Eva'", [False]),
        ("birthDate.hasValue()", [True]),
        ("name.given.single()", FhirPathError),
        ("name.given > 1", FhirPathError),
        ("1 > 'a'", FhirPathError),
        ("name.given is string", FhirPathError),
        ("name[true]", FhirPathError),
    ],
)
def test_functions_do_what_the_language_says(expression: str, expected: Any) -> None:
    if expected is FhirPathError:
        with pytest.raises(FhirPathError):
            values(expression)
    else:
        assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1.50 = 1.5", [True]),
        ("1 = 1.0", [True]),
        ("true = 1", [False]),
        ("{} = 1", []),
        ("('a' | 'b') = 'a'", [False]),
        ("-1 < 0.5", [True]),
        ("'b' >= 'a'", [True]),
        ("@2024-02 = @2024-02-03", []),
        ("@2024-02 = @2024-02", [True]),
        ("@2024-01 < @2024-02-03", [True]),
        ("@2024-02-03T10:00:00Z = @2024-02-03T11:00:00+01:00", [True]),
        ("@2024-02-03T10:00:00Z < @2024-02-03T10:00:00", []),
        ("@T10:30 < @T10:31", [True]),
        ("4 'mg' < 5 'mg'", [True]),
        ("4 'mg' < 5 'g'", [True]),
        ("{} and false", [False]),
        ("{} and true", []),
        ("{} or true", [True]),
        ("true xor false", [True]),
        ("false implies {}", [True]),
        ("true implies {}", []),
    ],
)
def test_values_compare_as_the_language_says(expression: str, expected: list[bool]) -> None:
    assert values(expression) == expected


def test_numbers_of_the_data_compare_as_written() -> None:
    assert values("value.value = 5.4 and value = 5.4 'mmol/L' and value < 6 'mmol/L'", OBSERVATION) == [True]


def test_extensions_are_found_by_url_on_elements_and_on_primitives() -> None:
    assert values("extension('https://example.org/a').value") == ["x"]
    assert values("Patient.extension.where(url = 'https://example.org/b').value as string") == ["y"]
    assert values("birthDate.extension('https://example.org/time').value") == ["1974-12-25T14:35:45+01:00"]


def test_a_reference_is_resolved_as_far_as_its_text_tells() -> None:
    assert values("managingOrganization.resolve().name") == ["Ekbackens vårdcentral"]
    assert values("generalPractitioner.where(resolve() is PractitionerRole).reference") == [
        "https://example.org/fhir/PractitionerRole/2/_history/3"
    ]
    assert values("generalPractitioner.where(resolve() is Organization).identifier.value") == ["SE1"]
    assert values("generalPractitioner.resolve().count()") == [3]


@pytest.mark.parametrize("expression", ["a.mystery()", "a.where()", "a.first(1)", "a is Dragon", "a.ofType(1)", "$that"])
def test_what_is_not_known_is_refused_when_compiled(expression: str) -> None:
    with pytest.raises(FhirPathError):
        fhirpath.compile(expression, "Patient")


def test_odd_data_selects_nothing_rather_than_failing() -> None:
    odd = {"resourceType": "Patient", "name": "Anna", "telecom": [None, 3], "birthDate": None, "contact": {"name": []}}
    assert values("name.family | telecom.value | birthDate | contact.name.family", odd) == []
