"""Validation of references and of resources inside resources."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.outcome import Issue
from kedja.validation import validate

OBSERVATION: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": {"text": "Längd"}}


def observation(**members: Any) -> list[Issue]:
    return validate({**OBSERVATION, **members})


def only(issues: list[Issue]) -> tuple[str, str, str]:
    """Code, location and text of the one issue."""
    (issue,) = issues
    (location,) = issue.expression
    return issue.code, location, issue.diagnostics


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/1",
        "Patient/1/_history/2",
        "https://example.org/fhir/Patient/1",
        "urn:uuid:0b6a8f0e-5d3a-4b6a-9d5e-0a1b2c3d4e5f",
        "urn:oid:1.2.752.29.4.19",
        "Patient?identifier=http://example.org|1",
        "https://example.org/anything",
    ],
)
def test_a_reference_may_have_any_of_its_shapes(reference: str) -> None:
    assert observation(subject={"reference": reference}) == []


@pytest.mark.parametrize(
    "reference", ["1", "Patient", "Patient/", "Patient/1/2", "/Patient/1", "Patient/å", "Patient/" + "1" * 65]
)
def test_what_has_no_shape_of_a_reference_is_refused(reference: str) -> None:
    code, where, text = only(observation(subject={"reference": reference}))
    assert (code, where) == ("value", "Observation.subject.reference")
    assert "is no reference: write Type/id" in text


def test_a_reference_to_an_unknown_type_is_refused() -> None:
    assert only(observation(subject={"reference": "Person1/1"}))[2].startswith("`Person1/1` is no reference")
    assert only(observation(subject={"reference": "Patienten/1"}))[2] == "FHIR R4 has no resource type `Patienten`: write Type/id"


@pytest.mark.parametrize("reference", ["Practitioner/1", "https://example.org/fhir/Practitioner/1", "Practitioner?name=x"])
def test_a_reference_to_the_wrong_type_is_refused(reference: str) -> None:
    text = "a reference to Practitioner may not stand here: refer to Device or Group or Location or Patient"
    assert only(observation(subject={"reference": reference})) == ("value", "Observation.subject.reference", text)


def test_a_stated_type_is_checked_and_agrees_with_the_reference() -> None:
    assert observation(subject={"type": "Patient", "identifier": {"value": "1"}}) == []
    assert only(observation(subject={"type": "Practitioner", "identifier": {"value": "1"}}))[1] == "Observation.subject.type"
    assert only(observation(subject={"type": "Group", "reference": "Patient/1"}))[1] == "Observation.subject.type"


def test_a_reference_to_anything_may_lead_anywhere() -> None:
    assert observation(focus=[{"reference": "Slot/1"}, {"reference": "Patient/1"}]) == []


def test_a_reference_needs_something_inside() -> None:
    assert only(observation(subject={}))[1] == "Observation.subject"


# Contained resources


def test_a_local_reference_leads_to_what_is_contained() -> None:
    contained = [{"resourceType": "Device", "id": "d"}]
    assert observation(contained=contained, device={"reference": "#d"}) == []
    text = "nothing contained has the id `x`: contain it, or refer to another"
    assert only(observation(contained=contained, device={"reference": "#x"}, focus=[{"reference": "#d"}])) == (
        "not-found",
        "Observation.device.reference",
        text,
    )


def test_a_contained_resource_refers_to_its_siblings() -> None:
    contained = [
        {"resourceType": "Device", "id": "d", "owner": {"reference": "#o"}},
        {"resourceType": "Organization", "id": "o", "name": "Ekbacken"},
    ]
    assert observation(contained=contained, device={"reference": "#d"}) == []


def test_a_contained_resource_is_validated_at_its_place() -> None:
    device = {"resourceType": "Device", "id": "d", "status": "on"}
    issues = observation(contained=[device], device={"reference": "#d"})
    assert only(issues)[:2] == ("code-invalid", "Observation.contained[0].status")


def test_a_contained_resource_needs_an_id_and_contains_none() -> None:
    assert only(observation(contained=[{"resourceType": "Device"}]))[:2] == ("required", "Observation.contained[0].id")
    inner = {"resourceType": "Device", "id": "d", "contained": [{"resourceType": "Device", "id": "e"}]}
    assert only(observation(contained=[inner]))[:2] == ("structure", "Observation.contained[0].contained")


def test_what_is_contained_is_a_resource() -> None:
    assert only(observation(contained=[{"id": "x"}]))[1] == "Observation.contained[0]"
    assert only(observation(contained=["x"]))[1] == "Observation.contained[0]"


def test_a_bundle_is_validated_to_its_leaves_and_each_entry_contains_its_own() -> None:
    entry = {**OBSERVATION, "device": {"reference": "#d"}, "contained": [{"resourceType": "Device", "id": "d"}]}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": entry}, {"resource": {**entry, "contained": []}}],
    }
    assert {issue.expression[0] for issue in validate(bundle)} == {
        "Bundle.entry[1].resource.contained",
        "Bundle.entry[1].resource.device.reference",
    }


def test_a_parameter_holds_a_resource() -> None:
    issues = validate(
        {"resourceType": "Parameters", "parameter": [{"name": "r", "resource": {"resourceType": "Patient", "gender": "x"}}]}
    )
    assert only(issues)[1] == "Parameters.parameter[0].resource.gender"
