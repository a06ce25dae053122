"""Structural validation: each kind of defect, where it is and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.outcome import Issue
from kedja.validation import validate
from kedja.validation.compile import whole
from kedja.validation.scope import Asked, outermost

PATIENT: dict[str, Any] = {"resourceType": "Patient"}
OBSERVATION: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": {"text": "Längd"}}
EXTENSION: dict[str, Any] = {"url": "http://example.org/why", "valueCode": "unknown"}


def patient(**members: Any) -> list[Issue]:
    return validate({**PATIENT, **members})


def observation(**members: Any) -> list[Issue]:
    return validate({**OBSERVATION, **members})


def only(issues: list[Issue]) -> tuple[str, str, str]:
    """Code, location and text of the one issue."""
    (issue,) = issues
    assert issue.severity == "error"
    (location,) = issue.expression
    return issue.code, location, issue.diagnostics


def test_a_sound_resource_has_no_issue() -> None:
    assert patient() == []
    assert observation() == []


# The resource


def test_a_resource_without_a_type_is_told_to_say_it() -> None:
    assert only(validate({"id": "1"})) == ("structure", "Resource", 'a resource says its type: add "resourceType"')
    assert only(validate({"resourceType": 1}))[1] == "Resource"


def test_an_unknown_type_gets_a_suggestion() -> None:
    text = "FHIR R4 has no resource type `Patinet`: did you mean `Patient`?"
    assert only(validate({"resourceType": "Patinet"})) == ("structure", "Patinet", text)


@pytest.mark.parametrize("name", ["Resource", "DomainResource", "Quantity"])
def test_an_abstract_type_or_a_datatype_is_no_resource(name: str) -> None:
    assert only(validate({"resourceType": name}))[0] == "structure"


def test_a_type_that_is_not_the_expected_one_is_refused() -> None:
    assert validate(PATIENT, expect_type="Patient") == []
    text = "Observation is wanted here and this is Patient: send it to /Patient, or correct its resourceType"
    assert only(validate(PATIENT, expect_type="Observation")) == ("invalid", "Patient", text)


# Names


def test_an_unknown_element_gets_a_suggestion() -> None:
    text = "Patient has no element `brithDate`: did you mean `birthDate`?"
    assert only(patient(brithDate="1980-01-01")) == ("structure", "Patient.brithDate", text)


def test_an_unknown_element_unlike_any_other_is_to_be_removed() -> None:
    text = "Patient.contact has no element `zzz`: remove it, or carry it in an extension"
    assert only(patient(contact=[{"gender": "male", "zzz": 1}])) == ("structure", "Patient.contact[0].zzz", text)


def test_an_unknown_type_of_a_choice_is_an_unknown_element() -> None:
    assert "`valueMoney`" in only(observation(valueMoney={"value": 1}))[2]


def test_a_sibling_of_what_is_no_primitive_is_unknown() -> None:
    assert only(observation(_code={"extension": [EXTENSION]}))[1] == "Observation._code"


# JSON kinds and cardinality


@pytest.mark.parametrize(
    ("members", "location"),
    [
        ({"active": "true"}, "Patient.active"),
        ({"active": 1}, "Patient.active"),
        ({"birthDate": 1980}, "Patient.birthDate"),
        ({"birthDate": None}, "Patient.birthDate"),
        ({"birthDate": {}}, "Patient.birthDate"),
        ({"name": {"family": "Ek"}}, "Patient.name"),
        ({"name": "Ek"}, "Patient.name"),
        ({"name": ["Ek"]}, "Patient.name[0]"),
        ({"name": [None]}, "Patient.name[0]"),
        ({"name": [{"family": ["Ek"]}]}, "Patient.name[0].family"),
        ({"name": [{"given": "Eva"}]}, "Patient.name[0].given"),
        ({"name": [{"given": ["Eva", 3]}]}, "Patient.name[0].given[1]"),
        ({"maritalStatus": [{"text": "gift"}]}, "Patient.maritalStatus"),
        ({"maritalStatus": "gift"}, "Patient.maritalStatus"),
        ({"multipleBirthInteger": "2"}, "Patient.multipleBirth"),
        ({"multipleBirthInteger": 2.0}, "Patient.multipleBirth"),
        ({"multipleBirthInteger": True}, "Patient.multipleBirth"),
    ],
)
def test_a_wrong_kind_of_json_is_refused_at_its_place(members: dict[str, Any], location: str) -> None:
    code, where, _ = only(patient(**members))
    assert (code, where) == ("structure", location)


def test_the_kind_that_is_wanted_is_said() -> None:
    assert only(patient(active="true"))[2] == "a string stands where a boolean is wanted: write true or false without quotes"
    assert only(patient(name={"family": "Ek"}))[2] == "an object stands where an array is wanted: put it in [ ]"
    assert only(patient(name=[["Ek"]]))[2] == "an array stands where one HumanName object is wanted"


def test_a_missing_required_element_is_named() -> None:
    text = "Observation needs `status`: add it"
    assert only(validate({"resourceType": "Observation", "code": {"text": "x"}})) == ("required", "Observation.status", text)


def test_a_missing_required_element_deep_inside_is_named() -> None:
    assert only(observation(component=[{"valueString": "x"}]))[1] == "Observation.component[0].code"


def test_a_required_primitive_may_be_absent_with_a_reason() -> None:
    reason = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
    assert validate({"resourceType": "Observation", "_status": reason, "code": {"text": "x"}}) == []


def test_a_missing_required_choice_is_named_with_its_forms() -> None:
    request = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/1"}}
    text = "MedicationRequest needs `medication[x]`: add one of medicationCodeableConcept, medicationReference"
    assert only(validate(request)) == ("required", "MedicationRequest.medication", text)
    assert (
        validate(
            {**request, "medicationReference": {"reference": "#m"}, "contained": [{"resourceType": "Medication", "id": "m"}]}
        )
        == []
    )


def test_a_choice_is_taken_once() -> None:
    text = "`value[x]` stands as valueInteger and valueString: keep one of them"
    assert only(observation(valueInteger=1, valueString="1")) == ("structure", "Observation.value", text)


def test_a_choice_and_the_sibling_of_another_form_are_two() -> None:
    assert only(observation(valueInteger=1, _valueString={"extension": [EXTENSION]}))[1] == "Observation.value"
    assert observation(valueInteger=1, _valueInteger={"extension": [EXTENSION]}) == []


@pytest.mark.parametrize(
    ("members", "location"),
    [
        ({"name": []}, "Patient.name"),
        ({"maritalStatus": {}}, "Patient.maritalStatus"),
        ({"name": [{"given": []}]}, "Patient.name[0].given"),
        ({"contact": [{}]}, "Patient.contact[0]"),
        ({"maritalStatus": {"id": "x"}}, "Patient.maritalStatus"),
        ({"_birthDate": {}}, "Patient.birthDate"),
    ],
)
def test_what_is_empty_is_refused(members: dict[str, Any], location: str) -> None:
    code, where, text = only(patient(**members))
    assert (code, where) == ("structure", location)
    assert text.endswith("says nothing: remove it")


# Primitive siblings and null


def test_a_sibling_carries_an_id_and_extensions_of_a_primitive() -> None:
    assert patient(birthDate="1980-01-01", _birthDate={"id": "b", "extension": [EXTENSION]}) == []
    assert only(patient(birthDate="1980-01-01", _birthDate={"value": 1}))[1] == "Patient.birthDate.value"
    assert only(patient(birthDate="1980-01-01", _birthDate=[{"id": "b"}]))[1] == "Patient.birthDate"


def test_null_holds_a_place_in_an_array_of_primitives() -> None:
    assert patient(name=[{"given": ["Eva", None], "_given": [None, {"extension": [EXTENSION]}]}]) == []
    assert patient(name=[{"_given": [{"extension": [EXTENSION]}]}]) == []


@pytest.mark.parametrize(
    "name",
    [
        {"given": ["Eva", None]},
        {"given": ["Eva", None], "_given": [{"extension": [EXTENSION]}, None]},
        {"_given": [{"extension": [EXTENSION]}, None]},
    ],
)
def test_null_alone_is_refused(name: dict[str, Any]) -> None:
    faults = [(issue.expression[0], issue.diagnostics) for issue in patient(name=[name])]
    text = "null stands alone: give a value here, or an extension at the same place in `_given`"
    assert ("Patient.name[0].given[1]", text) in faults
    assert len(faults) == len(set(faults))


def test_an_array_and_its_sibling_are_equally_long() -> None:
    _, where, text = only(patient(name=[{"given": ["Eva"], "_given": [None, {"extension": [EXTENSION]}]}]))
    assert where == "Patient.name[0].given"
    assert text == "`given` has 1 items and `_given` has 2: give both the same number, with null as filler"


def test_null_is_no_object() -> None:
    assert only(patient(name=[{"family": "Ek"}, None]))[1] == "Patient.name[1]"


def test_a_fault_beside_a_null_is_found() -> None:
    assert (
        only(patient(name=[{"given": [None, 7], "_given": [{"extension": [EXTENSION]}, None]}]))[1] == "Patient.name[0].given[1]"
    )


# Codes


def test_a_code_outside_its_required_binding_is_refused_with_the_codes() -> None:
    text = "`man` is not in http://hl7.org/fhir/ValueSet/administrative-gender: write one of female, male, other, unknown"
    assert only(patient(gender="man")) == ("code-invalid", "Patient.gender", text)


def test_a_code_of_a_large_value_set_gets_a_suggestion() -> None:
    issues = validate(
        {
            "resourceType": "MessageDefinition",
            "status": "draft",
            "date": "2020",
            "eventUri": "x:y",
            "focus": [{"code": "Patinet", "min": 0}],
        }
    )
    assert only(issues)[2].endswith("did you mean `Patient`?")


def test_a_concept_of_a_required_binding_needs_one_of_its_codings() -> None:
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}}
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    for status in ({"text": "aktiv"}, {"coding": [{"code": "active"}]}, {"coding": [{"system": system, "code": "aktiv"}]}):
        assert only(validate({**condition, "clinicalStatus": status}))[:2] == ("code-invalid", "Condition.clinicalStatus")
    local = {"system": "http://example.org", "code": "a"}
    assert validate({**condition, "clinicalStatus": {"coding": [local, {"system": system, "code": "active"}]}}) == []


@pytest.mark.parametrize(
    ("resource", "location"),
    [
        ({"resourceType": "Patient", "language": "sv-SE"}, None),
        ({"resourceType": "Patient", "language": "svenska språket"}, "Patient.language"),
        ({"resourceType": "Binary", "contentType": "text/plain; charset=utf-8"}, None),
        ({"resourceType": "Binary", "contentType": "plain"}, "Binary.contentType"),
        ({"resourceType": "Invoice", "status": "draft", "totalNet": {"value": 1, "currency": "SEK"}}, None),
        (
            {"resourceType": "Invoice", "status": "draft", "totalNet": {"value": 1, "currency": "KRONOR"}},
            "Invoice.totalNet.currency",
        ),
    ],
)
def test_codes_of_grammars_and_registries_are_known(resource: dict[str, Any], location: str | None) -> None:
    assert [(issue.code, issue.expression[0]) for issue in validate(resource)] == (
        [("code-invalid", location)] if location else []
    )


# Extensions


def test_an_extension_has_a_value_or_extensions_and_not_both() -> None:
    assert patient(extension=[EXTENSION]) == []
    assert patient(extension=[{"url": "http://example.org/a", "extension": [{"url": "b", "valueString": "x"}]}]) == []
    assert patient(extension=[{"url": "http://example.org/a", "_valueString": {"extension": [EXTENSION]}}]) == []
    both = {**EXTENSION, "extension": [EXTENSION]}
    for wrong in (both, {"url": "http://example.org/why"}, {"url": "http://example.org/why", "id": "x"}):
        text = "an extension has either a value[x] or extensions: give exactly one of the two"
        assert only(patient(extension=[wrong])) == ("invariant", "Patient.extension[0]", text)


def test_an_extension_says_what_it_is() -> None:
    assert only(patient(extension=[{"valueString": "x"}]))[:2] == ("required", "Patient.extension[0].url")


def test_an_extension_has_one_value_of_a_known_type() -> None:
    assert only(patient(extension=[{**EXTENSION, "valueString": "x"}]))[1] == "Patient.extension[0].value"
    assert only(patient(extension=[{"url": "x:y", "valueNarrative": {}}]))[1] == "Patient.extension[0].valueNarrative"


# Recursion, order and number of issues


def test_elements_that_repeat_their_own_shape_are_validated_at_every_depth() -> None:
    item: dict[str, Any] = {"linkId": "1", "type": "tal"}
    for depth in range(10):
        item = {"linkId": f"1.{depth}", "type": "group", "item": [item]}
    issues = validate({"resourceType": "Questionnaire", "status": "draft", "item": [item]})
    assert only(issues)[1] == "Questionnaire" + ".item[0]" * 11 + ".type"


def test_all_faults_are_in_one_answer() -> None:
    issues = patient(
        gender="x", birthDate="igår", name=[{"given": [1]}], foo=1, contact=[{"gender": "y", "name": {"text": "Bo"}}]
    )
    assert sorted(issue.expression[0] for issue in issues) == [
        "Patient.birthDate",
        "Patient.contact[0].gender",
        "Patient.foo",
        "Patient.gender",
        "Patient.name[0].given[0]",
    ]


def test_at_most_a_hundred_issues_are_told_and_the_last_says_that_there_are_more() -> None:
    issues = patient(name=[{"family": 1, "text": 2} for _ in range(5000)])
    assert len(issues) == 100
    assert issues[-1].code == "too-costly"
    assert issues[-1].diagnostics == "more than 100 faults: correct these first"
    assert len(patient(name=[{"family": 1} for _ in range(100)])) == 100
    assert patient(name=[{"family": 1} for _ in range(100)])[-1].code == "structure"


def test_a_long_value_is_cut_where_it_is_repeated() -> None:
    assert len(only(patient(gender="x" * 10_000))[2]) < 200
    assert len(only(patient(**{"x" * 10_000: 1}))[2]) < 200


@pytest.mark.parametrize(
    "members",
    [
        {"name": [{"given": [None, *range(2_000)]}]},
        {"name": [{"given": [None] * 2_000}]},
        {"name": [{"_given": [*range(2_000)]}]},
        {"name": [*range(2_000)]},
        {f"x{number}": 1 for number in range(2_000)},
    ],
)
def test_a_flood_of_faults_is_not_gathered_to_its_end(members: dict[str, Any]) -> None:
    assert len(patient(**members)) == 100
    assert len(whole({**PATIENT, **members}, outermost(Asked())) or ()) < 250
