"""What of a resource gets into the index, and under which hashes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import exactjson, spec
from kedja.search.extract import extract, reference_values
from kedja.search.extract_text import MAX_TEXT
from kedja.search.groups import names, params
from kedja.search.hashing import reference_hash, token_hash

LOINC = "http://loinc.org"
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"

OBSERVATION: dict[str, Any] = exactjson.loads(
    b"""{"resourceType": "Observation", "id": "1", "status": "final",
    "meta": {"profile": ["https://example.org/StructureDefinition/lab|1.0"], "source": "https://example.org/lab",
             "tag": [{"system": "urn:oid:1.2.752.29.4.19", "code": "SE2399999999-1"}], "lastUpdated": "2024-01-01T00:00:00Z"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}, {"code": "B-HbA1c"}], "text": "HbA1c"},
    "subject": {"reference": "Patient/1", "identifier": {"system": "http://electronichealth.se/identifier/personnummer",
                "value": "199001019802"}},
    "effectiveDateTime": "2024-05-17",
    "valueQuantity": {"value": 5.4, "system": "http://unitsofmeasure.org", "code": "mmol/mol"},
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}, "valueString": "L\xc3\xa5gt"},
                  {"code": {"text": "x"},
                   "valueQuantity": {"value": 5.40, "system": "http://unitsofmeasure.org", "code": "mmol/mol"}}]}"""
)
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "identifier": [{"system": PERSONNUMMER, "value": "199001019802"}],
    "active": True,
    "name": [{"text": "Åsa Maria Lind", "family": "Lind", "given": ["Åsa", "Maria"], "prefix": ["Dr"]}],
    "telecom": [{"system": "phone", "value": "070-174 06 01"}, {"system": "email", "value": "asa@example.org"}],
    "address": [{"line": ["Storgatan 1"], "city": "Norrvik", "postalCode": "123 45", "use": "home"}],
    "deceasedDateTime": "2024-02",
}


def tokens(resource: dict[str, Any], code: str, texts: Iterable[str]) -> list[str]:
    """Those of the texts under which the resource is found."""
    index = extract(resource)
    places = names(resource["resourceType"], code) or (code,)
    return [text for text in texts if {token_hash(resource["resourceType"], place, text) for place in places} & {*index.tokens}]


def references(resource: dict[str, Any], code: str, texts: Iterable[str], base: str = "") -> list[str]:
    index = extract(resource, base)
    return [text for text in texts if reference_hash(resource["resourceType"], code, text) in index.refs]


def strings(resource: dict[str, Any], code: str) -> set[tuple[str, str]]:
    places = params(resource["resourceType"], code)
    return {(folded, exact) for found, folded, exact in extract(resource).strings if found in places}


def dates(resource: dict[str, Any], code: str) -> list[tuple[datetime, datetime]]:
    places = params(resource["resourceType"], code)
    return [(lo, hi) for found, lo, hi in extract(resource).dates if found in places]


def numbers(resource: dict[str, Any], code: str) -> list[tuple[Any, ...]]:
    places = params(resource["resourceType"], code)
    return [row[1:] for row in extract(resource).numbers if row[0] in places]


def test_a_coding_is_found_by_system_and_code_by_code_and_by_system() -> None:
    asked = [f"{LOINC}|4548-4", "4548-4", f"{LOINC}|", "|4548-4", "HbA1c"]
    assert tokens(OBSERVATION, "code", asked) == [f"{LOINC}|4548-4", "4548-4", f"{LOINC}|"]


def test_a_coding_without_system_is_found_as_having_none() -> None:
    assert tokens(OBSERVATION, "code", ["|B-HbA1c", "B-HbA1c", f"{LOINC}|B-HbA1c"]) == ["|B-HbA1c", "B-HbA1c"]


def test_parameters_that_share_an_element_are_all_indexed() -> None:
    assert tokens(OBSERVATION, "combo-code", ["4548-4"]) == ["4548-4"]
    assert tokens(OBSERVATION, "component-code", ["4548-4", "B-HbA1c"]) == ["4548-4"]


def test_codes_booleans_identifiers_and_contact_points_are_tokens() -> None:
    assert tokens(OBSERVATION, "status", ["final", "amended"]) == ["final"]
    assert tokens(PATIENT, "active", ["true", "false"]) == ["true"]
    asked = [f"{PERSONNUMMER}|199001019802", "199001019802", f"{PERSONNUMMER}|"]
    assert tokens(PATIENT, "identifier", asked) == asked
    assert tokens(PATIENT, "telecom", ["070-174 06 01", "asa@example.org"]) == ["070-174 06 01", "asa@example.org"]
    assert tokens(PATIENT, "email", ["070-174 06 01", "asa@example.org"]) == ["asa@example.org"]
    assert tokens(PATIENT, "deceased", ["true", "false"]) == ["true"]
    assert tokens({**PATIENT, "deceasedDateTime": None, "deceasedBoolean": False}, "deceased", ["true", "false"]) == ["false"]


def test_profile_tag_and_source_are_found_and_columns_are_not_indexed() -> None:
    profile = "https://example.org/StructureDefinition/lab"
    assert tokens(OBSERVATION, "_profile", [f"{profile}|1.0", profile]) == [f"{profile}|1.0", profile]
    assert tokens(OBSERVATION, "_tag", ["urn:oid:1.2.752.29.4.19|SE2399999999-1"]) != []
    assert tokens(OBSERVATION, "_source", ["https://example.org/lab"]) != []
    assert tokens(OBSERVATION, "_id", ["1"]) == []
    assert dates(OBSERVATION, "_lastUpdated") == []


def test_a_parameter_that_has_a_value_is_marked_as_present() -> None:
    assert tokens(OBSERVATION, "code", [""]) == [""]
    assert tokens(OBSERVATION, "method", [""]) == []
    assert tokens({"resourceType": "Observation", "code": {"text": "HbA1c"}}, "code", [""]) == [""]
    assert references(OBSERVATION, "subject", [""]) == [""]
    assert references(OBSERVATION, "encounter", [""]) == []


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("Patient/1", ["Patient/1"]),
        ("Patient/1/_history/7", ["Patient/1"]),
        ("https://kedja.example/fhir/Patient/1", ["Patient/1"]),
        ("https://kedja.example/fhir/Patient/1/_history/7", ["Patient/1"]),
        ("https://other.example/fhir/Patient/1", ["https://other.example/fhir/Patient/1"]),
        ("urn:uuid:9a1c2c5e-7ba1-4b29-9b79-4b8c9a1c2c5e", ["urn:uuid:9a1c2c5e-7ba1-4b29-9b79-4b8c9a1c2c5e"]),
        ("#p", []),
        ("", []),
    ],
)
def test_a_reference_is_known_by_type_and_id_or_as_a_foreign_address(reference: str, found: list[str]) -> None:
    resource = {"resourceType": "Observation", "subject": {"reference": reference}}
    base = "https://kedja.example/fhir"
    assert reference_values(resource, "subject", base) == found
    assert references(resource, "subject", ["Patient/1", reference.partition("/_history/")[0] or "Patient/"], base)[:1] == found


def test_a_parameter_of_one_target_type_takes_only_references_to_it() -> None:
    group = {**OBSERVATION, "subject": {"reference": "Group/1"}}
    assert references(OBSERVATION, "patient", ["Patient/1"]) == ["Patient/1"]
    assert references(group, "patient", ["Group/1", ""]) == []
    assert references(group, "subject", ["Group/1"]) == ["Group/1"]


def test_the_identifier_of_a_logical_reference_is_found_under_its_parameter() -> None:
    asked = [f"{PERSONNUMMER}|199001019802", "199001019802"]
    assert tokens(OBSERVATION, "subject:identifier", asked) == asked
    assert tokens(OBSERVATION, "subject", asked) == []


def test_a_canonical_is_a_reference_with_and_without_its_version() -> None:
    url = "https://example.org/Questionnaire/eq5d"
    answers = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": f"{url}|2"}
    assert references(answers, "questionnaire", [url, f"{url}|2"]) == [url, f"{url}|2"]


def test_a_document_refers_to_the_composition_inside_it_and_a_collection_to_nothing() -> None:
    composition = {"resource": {"resourceType": "Composition", "id": "c"}}
    patient = {"resource": {"resourceType": "Patient", "id": "p"}}
    document = {"resourceType": "Bundle", "type": "document", "entry": [composition, patient]}
    assert reference_values(document, "composition") == ["Composition/c"]
    assert references(document, "message", ["Composition/c"]) == []
    assert reference_values({**document, "entry": [patient]}, "composition") == []


def test_names_and_addresses_are_found_by_each_part() -> None:
    parts = {("asa maria lind", "Åsa Maria Lind"), ("lind", "Lind"), ("asa", "Åsa"), ("maria", "Maria"), ("dr", "Dr")}
    assert strings(PATIENT, "name") == parts
    assert strings(PATIENT, "given") == {("asa", "Åsa"), ("maria", "Maria")}
    assert strings(PATIENT, "address") == {("storgatan 1", "Storgatan 1"), ("norrvik", "Norrvik"), ("123 45", "123 45")}
    assert strings(PATIENT, "address-city") == {("norrvik", "Norrvik")}


def test_long_text_is_kept_as_far_as_the_index_holds() -> None:
    value_set = {"resourceType": "ValueSet", "status": "draft", "description": "å" * 5000}
    assert strings(value_set, "description") == {("a" * MAX_TEXT, "å" * MAX_TEXT)}


def test_dates_are_ranges() -> None:
    assert dates(OBSERVATION, "date") == [(datetime(2024, 5, 17, tzinfo=UTC), datetime(2024, 5, 18, tzinfo=UTC))]
    assert dates(PATIENT, "death-date") == [(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))]


def test_equal_numbers_of_different_precision_are_one_row_with_both_ranges() -> None:
    twice = {**OBSERVATION, "component": [{"valueQuantity": {"value": exactjson.Number(raw)}} for raw in ("5.4", "5.40")]}
    [(value, lo, hi, _, _)] = numbers(twice, "component-value-quantity")
    assert (str(value), lo, hi) == ("5.40", Decimal("5.35"), Decimal("5.45"))
    assert [str(row[0]) for row in numbers(OBSERVATION, "component-value-quantity")] == ["5.40"]


def test_a_probability_is_a_number_and_so_is_a_range_of_them() -> None:
    risk = {"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": exactjson.Number("0.02")}]}
    assert numbers(risk, "probability") == [(Decimal("0.02"), Decimal("0.015"), Decimal("0.025"), 0, 0)]
    chance = {"low": {"value": 1}, "high": {"value": 2}}
    risk = {"resourceType": "RiskAssessment", "prediction": [{"probabilityRange": chance}]}
    assert [row[1:3] for row in numbers(risk, "probability")] == [(Decimal("0.5"), Decimal("2.5"))]


def test_every_value_is_there_once_and_in_order() -> None:
    twice = {**OBSERVATION, "component": OBSERVATION["component"] * 2, "category": [OBSERVATION["code"]] * 2}
    index = extract(twice)
    for values in (index.tokens, index.refs, index.strings, index.dates, index.numbers):
        assert values == sorted(set(values))  # pyright: ignore[reportArgumentType]


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    random.shuffle(names)
    return {name: shuffled(value[name], random) for name in names}


@given(st.sampled_from([OBSERVATION, PATIENT]), st.randoms())
def test_the_order_of_keys_does_not_count(resource: dict[str, Any], random: Any) -> None:
    assert repr(extract(shuffled(resource, random))) == repr(extract(resource))


ODD_TEXTS = ("2024-13", "#", "Patient/", "a|b", "/_history/1")
MEMBERS = ("coding", "reference", "identifier", "value", "system", "code", "start", "event", "repeat", "low", "given")
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(ODD_TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "reference", "identifier", "value", "system", "code", "start", "event", "repeat", "low", "given"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["Observation", "Patient", "Bundle", "Appointment", "Encounter"]), st.data())
def test_odd_values_anywhere_never_raise(resource_type: str, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(spec.elements(resource_type))), unique=True, max_size=8))
    resource = {name: data.draw(odd_values) for name in names} | {"resourceType": resource_type}
    assert extract(resource) == extract(resource)
