"""Profiles: what each part of a StructureDefinition says of an instance."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.definitions import of, using
from kedja.validation import examine, validate

Json = dict[str, Any]
CORE = "http://hl7.org/fhir/StructureDefinition"
PROFILE = "http://example.org/StructureDefinition/p"
LOINC = "http://loinc.org"
OBSERVATION: Json = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}


def profile(*elements: Json, url: str = PROFILE, type: str = "Observation", base: str | None = None, **more: Any) -> Json:
    """A profile by its differential."""
    listed = [
        {"path": one["id"].replace(":" + one["sliceName"], "") if "sliceName" in one else one["id"], **one} for one in elements
    ]
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "P",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": type,
        "baseDefinition": base or f"{CORE}/{type}",
        "derivation": "constraint",
        "differential": {"element": listed},
        **more,
    }


def faults(resource: Json, *profiles: Json) -> list[tuple[str, str]]:
    """(code, location) of each error by the first profile."""
    with using(of(profiles)):
        return [(issue.code, issue.expression[0]) for issue in validate(resource, profiles=[profiles[0]["url"]])]


def observation(**members: Any) -> Json:
    return {**OBSERVATION, **members}


def sliced(name: str, **more: Any) -> Json:
    """component sliced by the pattern of its code."""
    return {
        "id": f"Observation.component:{name}",
        "sliceName": name,
        **more,
    }


def coded(name: str) -> Json:
    return {
        "id": f"Observation.component:{name}.code",
        "path": "Observation.component.code",
        "patternCodeableConcept": {"coding": [{"system": LOINC, "code": name}]},
    }


def component(code: str, **members: Any) -> Json:
    return {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueString": "v", **members}


def by_code(rules: str, ordered: bool = False) -> Json:
    slicing = {"discriminator": [{"type": "pattern", "path": "code"}], "rules": rules, "ordered": ordered}
    return {"id": "Observation.component", "slicing": slicing}


def two_slices(rules: str, ordered: bool = False) -> Json:
    return profile(by_code(rules, ordered), sliced("a", min=1, max="1"), coded("a"), sliced("b"), coded("b"))


def test_what_the_profile_requires_and_limits_is_counted() -> None:
    narrowed = profile({"id": "Observation.subject", "min": 1}, {"id": "Observation.note", "max": "1"})
    assert faults(OBSERVATION, narrowed) == [("required", "Observation.subject")]
    notes = observation(subject={"reference": "Patient/1"}, note=[{"text": "a"}, {"text": "b"}])
    assert faults(notes, narrowed) == [("structure", "Observation.note")]


def test_fixed_is_the_very_same_and_a_pattern_at_least_that() -> None:
    concept = {"coding": [{"system": LOINC, "code": "a"}]}
    more = {**concept, "text": "more"}
    fixed = profile({"id": "Observation.code", "fixedCodeableConcept": concept})
    pattern = profile({"id": "Observation.code", "patternCodeableConcept": concept})
    assert faults(observation(code=concept), fixed) == faults(observation(code=more), pattern) == []
    assert faults(observation(code=more), fixed) == [("value", "Observation.code")]
    assert faults(OBSERVATION, pattern) == [("value", "Observation.code")]


def test_types_that_are_left_of_a_choice() -> None:
    left = profile({"id": "Observation.value[x]", "type": [{"code": "Quantity"}]})
    assert faults(observation(valueQuantity={"value": 1}), left) == []
    assert faults(observation(valueString="x"), left) == [("structure", "Observation.value")]


def test_a_slice_of_a_choice_is_told_by_its_type() -> None:
    low = profile(
        {"id": "Observation.value[x]:valueQuantity", "path": "Observation.value[x]", "sliceName": "valueQuantity"},
        {"id": "Observation.value[x]:valueQuantity.unit", "path": "Observation.value[x].unit", "min": 1},
    )
    assert faults(observation(valueString="x"), low) == []
    assert faults(observation(valueQuantity={"value": 1}), low) == [("required", "Observation.value.unit")]


def test_a_slice_is_required_and_limited() -> None:
    open_ = two_slices("open")
    assert faults(observation(component=[component("a"), component("x")]), open_) == []
    assert faults(observation(component=[component("b")]), open_) == [("required", "Observation.component")]
    assert faults(observation(component=[component("a"), component("a")]), open_) == [("structure", "Observation.component")]


def test_closed_slices_take_no_other_and_open_at_end_takes_them_last() -> None:
    mixed = observation(component=[component("a"), component("x")])
    assert faults(mixed, two_slices("closed")) == [("structure", "Observation.component[1]")]
    assert faults(mixed, two_slices("openAtEnd")) == []
    turned = observation(component=[component("x"), component("a")])
    assert faults(turned, two_slices("openAtEnd")) == [("structure", "Observation.component[1]")]


def test_ordered_slices_keep_their_order() -> None:
    turned = observation(component=[component("b"), component("a")])
    assert faults(turned, two_slices("open")) == []
    assert faults(turned, two_slices("open", ordered=True)) == [("structure", "Observation.component[1]")]


def test_slices_by_whether_something_is_there() -> None:
    slicing = {"discriminator": [{"type": "exists", "path": "value"}], "rules": "closed"}
    told = profile(
        {"id": "Observation.component", "slicing": slicing},
        sliced("valued", max="1"),
        {"id": "Observation.component:valued.value[x]", "path": "Observation.component.value[x]", "min": 1},
        sliced("absent"),
        {"id": "Observation.component:absent.value[x]", "path": "Observation.component.value[x]", "max": "0"},
    )
    absent = {"code": {"text": "x"}, "dataAbsentReason": {"text": "x"}}
    assert faults(observation(component=[component("a"), absent, absent]), told) == []
    assert faults(observation(component=[component("a"), component("b")]), told) == [("structure", "Observation.component")]


def test_a_profile_over_a_profile_has_what_both_say() -> None:
    base = "http://example.org/StructureDefinition/base"
    lower = profile({"id": "Observation.subject", "min": 1}, by_code("open"), sliced("a"), coded("a"), url=base)
    upper = profile({"id": "Observation.note", "min": 1}, sliced("a", min=1), base=base)
    needs = {("required", f"Observation.{name}") for name in ("subject", "component", "note")}
    for resource in (OBSERVATION, observation(component=[component("x")])):
        assert set(faults(resource, upper, lower)) == needs


def test_a_target_is_held_against_its_profile_where_it_is_here() -> None:
    named = profile({"id": "Patient.name", "min": 1}, url="http://example.org/StructureDefinition/named", type="Patient")
    to_named = profile({"id": "Observation.subject", "type": [{"code": "Reference", "targetProfile": [named["url"]]}]})
    contained = observation(contained=[{"resourceType": "Patient", "id": "p", "active": True}], subject={"reference": "#p"})
    assert faults(contained, to_named, named) == [("value", "Observation.subject.reference")]
    contained["contained"][0]["name"] = [{"family": "Ek"}]
    assert faults(contained, to_named, named) == []
    assert faults(observation(subject={"reference": "Group/1"}), to_named, named) == [("value", "Observation.subject.reference")]


def test_a_constraint_of_a_profile_is_evaluated() -> None:
    ruled = profile(
        {
            "id": "Observation",
            "constraint": [{"key": "e-1", "severity": "error", "human": "no note", "expression": "note.empty()"}],
        }
    )
    assert faults(observation(note=[{"text": "a"}]), ruled) == [("invariant", "Observation")]


def test_a_required_binding_refuses_and_an_extensible_one_warns() -> None:
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    wrong = observation(code={"coding": [{"system": "http://hl7.org/fhir/administrative-gender", "code": "x"}]})
    for strength, severity in (("required", "error"), ("extensible", "warning")):
        bound = profile({"id": "Observation.code", "binding": {"strength": strength, "valueSet": gender}})
        with using(of([bound])):
            found = [issue for issue in examine(wrong, profiles=[PROFILE]) if issue.code == "code-invalid"]
        assert [(issue.severity, issue.expression) for issue in found] == [(severity, ("Observation.code",))]


def test_least_most_and_length() -> None:
    limits = profile(
        {"id": "Observation.value[x]", "type": [{"code": "integer"}], "minValueInteger": 2, "maxValueInteger": 4},
        {"id": "Observation.code.text", "maxLength": 2},
    )
    assert faults(observation(valueInteger=3), limits) == []
    assert (
        faults(observation(valueInteger=1), limits)
        == faults(observation(valueInteger=5), limits)
        == [("value", "Observation.value")]
    )
    assert faults(observation(code={"text": "abc"}), limits) == [("too-long", "Observation.code.text")]


def test_an_extension_goes_by_its_own_definition() -> None:
    url = "http://example.org/StructureDefinition/e"
    context = [{"type": "element", "expression": "Patient"}]
    defined = profile({"id": "Extension.value[x]", "type": [{"code": "integer"}]}, url=url, type="Extension", context=context)
    with using(of([defined])):
        patient: Json = {"resourceType": "Patient", "extension": [{"url": url, "valueInteger": 1}]}
        assert validate(patient) == []
        (wrong,) = validate({**patient, "extension": [{"url": url, "valueString": "x"}]})
        assert wrong.expression == ("Patient.extension[0].value",)
        (misplaced,) = validate(observation(extension=[{"url": url, "valueInteger": 1}]))
        assert (misplaced.code, misplaced.expression) == ("extension", ("Observation.extension[0]",))


def test_vital_signs_are_held_against_the_profile_of_the_specification() -> None:
    claimed = observation(
        meta={"profile": [f"{CORE}/bodyweight"]}, subject={"reference": "Patient/1"}, effectiveDateTime="2024-01-01"
    )
    assert {issue.expression[0] for issue in validate(claimed)} >= {"Observation.category", "Observation.code.coding"}


@pytest.mark.parametrize(
    ("element", "says"),
    [
        ({"id": "Observation.colour", "min": 1}, "has no element `colour`"),
        ({"id": "Observation.note", "max": "many"}, "has the max `many`"),
        ({"id": "Observation.note", "slicing": {"discriminator": [{"type": "smell", "path": "x"}]}}, "is sliced by `smell`"),
        ({"id": "Patient.name", "min": 1}, "does not start with Observation"),
    ],
)
def test_a_profile_that_cannot_be_gone_by_says_why_and_refuses_nothing_on_its_own(element: Json, says: str) -> None:
    broken = profile(element)
    with using(of([broken])):
        assert validate({**OBSERVATION, "meta": {"profile": [PROFILE]}}) == []
        (issue,) = validate(OBSERVATION, profiles=[PROFILE])
    assert says in issue.diagnostics
