"""Tokens, texts and addresses: what is asked for is what the index keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.search.extract import extract
from kedja.search.nodes import Criterion, Not, Numbers, Or, References, Strings, Texts, Tokens
from kedja.search.parse import parse
from kedja.search.resolve import resolve

SEXES = "http://hl7.org/fhir/administrative-gender"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
UCUM = "http://unitsofmeasure.org"

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "gender": "male",
    "active": True,
    "telecom": [{"system": "phone", "value": "070-174 06 01"}],
    "name": [{"family": "Åberg"}],
    "identifier": [
        {"system": "urn:oid:1.2", "value": "446053", "type": {"coding": [{"system": V2, "code": "MR"}], "text": "Journalnummer"}}
    ],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8", "display": "Glucose [Moles/volume] in Blood"}]},
    "category": [{"text": "Laboratorium"}],
    "subject": {"reference": "Patient/1/_history/2"},
}


def criterion(resource_type: str, name: str, value: str) -> Criterion:
    asked = parse(resource_type, [(name, value)])
    return resolve(asked, base="https://kedja.example/fhir", now=datetime(2024, 6, 1, tzinfo=UTC)).select.criteria[0]


def finds(name: str, value: str, resource: dict[str, Any]) -> bool:
    """Whether the index of the resource meets the criterion, as the store compares them."""
    return _meets(criterion(resource["resourceType"], name, value), resource)


def _meets(asked: Criterion, resource: dict[str, Any]) -> bool:
    index = extract(resource)
    match asked:
        case Tokens(hashes, negated):
            return bool({*hashes} & {*index.tokens}) != negated
        case References(hashes):
            return bool({*hashes} & {*index.refs})
        case Texts(params, beginnings):
            known = {hashed for hashed, param, value in index.texts if param in params and value.startswith(beginnings)}
            return bool(known & {*index.tokens})
        case Strings(params, match, values):
            return any(
                (folded, exact) == (have, kept) if match == "exact" else have.startswith(folded)
                for param, have, kept in index.strings
                if param in params
                for folded, exact in values
            )
        case Numbers(params, ranges):
            return any(
                each.lo <= value < each.hi and each.unit in (None, unit) and each.code in (None, code)
                for param, value, _, _, unit, code in index.numbers
                if param in params
                for each in ranges
            )
        case Or(of):
            return any(_meets(each, resource) for each in of)
        case Not(of):
            return not _meets(of, resource)
        case _:
            raise AssertionError(asked)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("gender", "male", True),
        ("gender", f"{SEXES}|male", True),
        ("gender", f"{SEXES}|", True),
        ("gender", f"{SEXES}|female", False),
        ("gender", "urn:other|male", False),
        ("gender", "|male", False),
        ("gender:not", "female", True),
        ("gender:not", f"{SEXES}|male", False),
        ("gender:not", "male,female", False),
        ("active", "http://terminology.hl7.org/CodeSystem/special-values|true", True),
        ("active", "false", False),
        ("phone", "070-174 06 01", True),
        ("phone", "|070-174 06 01", True),
        ("phone", "urn:x|070-174 06 01", False),
        ("email", "070-174 06 01", False),
    ],
)
def test_elements_without_a_system_have_the_one_that_their_definition_says(name: str, value: str, found: bool) -> None:
    assert finds(name, value, PATIENT) == found


def test_media_types_and_currencies_have_their_systems() -> None:
    document = {"resourceType": "DocumentReference", "content": [{"attachment": {"contentType": "text/plain"}}]}
    assert finds("contenttype", "urn:ietf:bcp:13|text/plain", document)
    assert not finds("contenttype", "urn:ietf:bcp:47|text/plain", document)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("code:text", "glucose", True),
        ("code:text", "GLUCOSE [moles/", True),
        ("code:text", "blood", False),
        ("combo-code:text", "glucose", True),
        ("component-code:text", "glucose", False),
        ("category:text", "labor", True),
    ],
)
def test_a_code_is_found_by_how_its_text_begins(name: str, value: str, found: bool) -> None:
    assert finds(name, value, OBSERVATION) == found


def test_an_identifier_is_found_by_its_type() -> None:
    assert finds("identifier:of-type", f"{V2}|MR|446053", PATIENT)
    assert not finds("identifier:of-type", f"{V2}|SS|446053", PATIENT)
    assert finds("identifier:text", "journal", PATIENT)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("gender:text", "man", "no text beside them"),
        ("gender:of-type", "a|b|c", "no identifier"),
        ("identifier:of-type", f"{V2}|446053", r"system\|code\|value"),
    ],
)
def test_a_modifier_that_means_nothing_here_is_refused(name: str, value: str, says: str) -> None:
    with pytest.raises(OutcomeError, match=says):
        criterion("Patient", name, value)


def test_letters_of_swedish_are_told_apart_exactly_and_not_otherwise() -> None:
    assert finds("family:exact", "Åberg", PATIENT)
    assert finds("family:exact", "A\u030aberg", PATIENT), "the same letter, written with a ring of its own"
    assert not finds("family:exact", "Aberg", PATIENT)
    assert not finds("family:exact", "Äberg", PATIENT)
    assert finds("family", "aber", PATIENT)


def value_set(url: str) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": url, "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/x|1.2.3"]}}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("url:below", "http://acme.org/fhir/", True),
        ("url:below", "http://acme.org/fhir", True),
        ("url:below", "http://acme.org/fhir/ValueSet/123", True),
        ("url:below", "http://acme.org/fhir/ValueSet/12", False),
        ("url:below", "http://acme.org", True),
        ("url:above", "http://acme.org/fhir/ValueSet/123/_history/5", True),
        ("url:above", "http://acme.org/fhir/ValueSet/123", True),
        ("url:above", "http://acme.org/fhir/ValueSet/1234", False),
        ("url", "http://acme.org/fhir/ValueSet", False),
        ("_profile", "http://hl7.org/fhir/StructureDefinition/x", True),
        ("_profile", "http://hl7.org/fhir/StructureDefinition/x|1.2.3", True),
        ("_profile", "http://hl7.org/fhir/StructureDefinition/x|1.2", False),
        ("_profile:below", "http://hl7.org/fhir/StructureDefinition/x|1.2", True),
        ("_profile:below", "http://hl7.org/fhir/StructureDefinition/x|1.20", False),
        ("_profile:below", "http://hl7.org/fhir/StructureDefinition", True),
        ("_profile:above", "http://hl7.org/fhir/StructureDefinition/x|1.2.3.4", True),
    ],
)
def test_addresses_lie_below_each_other_by_their_segments(name: str, value: str, found: bool) -> None:
    assert finds(name, value, value_set("http://acme.org/fhir/ValueSet/123")) == found


def test_a_urn_lies_below_nothing_but_itself() -> None:
    assert finds("url:below", "urn:oid:1.2.3", value_set("urn:oid:1.2.3"))
    assert not finds("url:below", "urn:oid:1.2", value_set("urn:oid:1.2.3"))


def test_what_refers_to_a_version_is_found_by_it_and_without() -> None:
    person = {"resourceType": "Encounter", "partOf": {"reference": "Encounter/1/_history/2"}}
    assert finds("part-of", "Encounter/1/_history/2", person)
    assert finds("part-of", "Encounter/1", person)
    assert finds("part-of", "1/_history/2", person)
    assert not finds("part-of", "Encounter/1/_history/3", person)


def measured(value: float, code: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "valueQuantity": {"value": value, "system": UCUM, "code": code, **more}}


@pytest.mark.parametrize(
    ("value", "resource", "found"),
    [
        (f"5.4|{UCUM}|mg", measured(0.0054, "g"), True),
        (f"5.4|{UCUM}|mg", measured(5.4, "g"), False),
        (f"0.0054|{UCUM}|g", measured(5.4, "mg"), True),
        (f"5.4|{UCUM}|mg", measured(5.44, "mg"), True),
        (f"5.4|{UCUM}|mg", measured(5.45, "mg"), False),
        (f"37.0|{UCUM}|Cel", measured(310.15, "K"), True),
        (f"1|{UCUM}|mmol/L", measured(1000, "umol/L"), True),
        (f"5.4|{UCUM}|mg", measured(5.4, "mL"), False),
        (f"5.4|{UCUM}|no-unit", measured(5.4, "no-unit"), True),
        ("5.4||g", measured(5.4, "g"), True),
        ("5.4||mg", measured(0.0054, "g"), False),
        ("0.0054", measured(0.0054, "g"), True),
        ("5.4", measured(0.0054, "g"), False),
        (f"120|{UCUM}|mm[Hg],5.4|{UCUM}|mg", measured(0.0054, "g"), True),
    ],
)
def test_amounts_of_ucum_are_compared_whatever_their_unit(value: str, resource: dict[str, Any], found: bool) -> None:
    assert finds("value-quantity", value, resource) == found


def test_sampled_data_reach_from_their_least_to_their_greatest() -> None:
    samples = {
        "origin": {"value": 10, "system": UCUM, "code": "mV"},
        "period": 1,
        "factor": 2,
        "dimensions": 1,
        "data": "-1 E 4 0.5",
    }
    index = extract({"resourceType": "Observation", "valueSampledData": samples})
    assert {(str(lo), str(hi)) for _, _, lo, hi, _, code in index.numbers if code} == {("8", "18")}
