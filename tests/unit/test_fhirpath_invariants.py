"""Invariants: what holds of an element, with what its environment tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kedja.fhirpath import Env, FhirPathError, Item, compiled
from kedja.fhirpath.operators import truth

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "contact": [{"relationship": [{"text": "mother"}]}, {"name": {"text": "Siv"}}],
    "birthDate": "1974-12-25",
    "generalPractitioner": [{"reference": "#o"}],
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Ekbacken"}],
}
ENV = Env(PATIENT)


def check(expression: str, type_name: str) -> Callable[..., bool]:
    """Whether the invariant is true of a value of this type."""

    def holds(value: Any, env: Env, sibling: dict[str, Any] | None = None) -> bool:
        return truth(compiled(expression)(Item(value, type_name, sibling), env)) is True

    return holds


def test_an_invariant_holds_of_one_element_and_not_of_another() -> None:
    holds = check("name.exists() or telecom.exists() or address.exists() or organization.exists()", "Patient.contact")
    assert [holds(contact, ENV) for contact in PATIENT["contact"]] == [False, True]


def test_what_selects_nothing_is_not_true() -> None:
    assert not check("{}", "Patient")(PATIENT, ENV)
    assert not check("name.exists()", "Patient")(PATIENT, ENV)
    assert check("contact", "Patient.contact")(PATIENT["contact"][1], ENV) is False


def test_a_primitive_may_have_nothing_but_extensions() -> None:
    holds = check("hasValue() or (children().count() > id.count())", "date")
    extended = {"extension": [{"url": "https://example.org/why", "valueCode": "unknown"}]}
    assert holds("1974-12-25", ENV)
    assert holds(None, ENV, extended)
    assert not holds(None, ENV, {"id": "only"})


def test_the_variables_stand_for_the_element_its_resource_and_the_outermost_one() -> None:
    contained = PATIENT["contained"][0]
    env = Env(contained, PATIENT)
    assert check("%context = 'Ekbacken' and %resource.id = 'o' and %rootResource.id = 'p'", "string")("Ekbacken", env)
    assert check("%resource.id = %rootResource.id", "Patient")(PATIENT, ENV)
    assert check("%limit > 3", "Patient")(PATIENT, replace(ENV, variables={"limit": [Item(4, "integer")]}))
    with pytest.raises(FhirPathError, match="no variable `%unknown`"):
        check("%unknown", "Patient")(PATIENT, ENV)


def test_a_reference_is_looked_up_where_the_environment_says() -> None:
    holds = check("generalPractitioner.all(resolve().name.exists())", "Patient")
    away = {"resourceType": "Patient", "generalPractitioner": [{"reference": "Practitioner/1"}]}
    assert holds(PATIENT, ENV)
    assert not holds(away, Env(away))
    assert holds(away, Env(away, resolve=lambda _: {"resourceType": "Practitioner", "name": [{"text": "Bo"}]}))


def test_an_entry_of_the_same_bundle_is_found_by_its_full_url() -> None:
    one = {"resourceType": "Patient", "managingOrganization": {"reference": "urn:uuid:1"}}
    two = {"resourceType": "Organization", "active": True}
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": one}, {"fullUrl": "urn:uuid:1", "resource": two}, {"fullUrl": "https://x.se/fhir/Organization/2"}],
    }
    assert check("managingOrganization.resolve().active", "Patient")(one, Env(one, bundle))
    assert not check("managingOrganization.resolve().exists()", "Patient")(one, Env(one))


def test_value_sets_and_profiles_are_asked_for_outside() -> None:
    env = replace(ENV, member_of=lambda item, url: item.value == "x", conforms_to=lambda item, url: None)
    assert check("memberOf('https://example.org/vs')", "code")("x", env)
    assert not check("memberOf('https://example.org/vs')", "code")("y", env)
    with pytest.raises(FhirPathError, match="not known here"):
        check("memberOf('https://example.org/vs')", "code")("x", ENV)
    with pytest.raises(FhirPathError, match="not known here"):
        check("conformsTo('https://example.org/profile')", "Patient")(PATIENT, env)


def test_a_narrative_is_judged_outside() -> None:
    holds = check("htmlChecks()", "xhtml")
    assert holds("<div>", ENV)
    assert not holds("<script>", replace(ENV, html=lambda text: "script" not in text))
