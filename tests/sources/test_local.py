"""What a source says of its own resources in its own way: addresses, identifiers, ids that R4 does not allow, whole Bundles."""

from __future__ import annotations

from typing import Any

import pytest

from kedja.outcome import OutcomeError
from kedja.sources.source import source_of
from tests.sources.conftest import ANNA, FHIR, PERSONNUMMER, Land, counts, ndjson, observation, patient

LONG = "an-id-of-" + "x" * 60


def subjects(land: Land) -> dict[str, str]:
    found = land.rows("SELECT id, body::json->'subject'->>'reference' FROM resource WHERE type = 'Observation'")
    return dict(found)  # type: ignore[arg-type]


def take(land: Land, *resources: dict[str, Any]) -> tuple[int, int, int, int]:
    return counts(land.take(land.write("in.ndjson", ndjson(resources))))


def with_subject(id: str, subject: dict[str, Any]) -> dict[str, Any]:
    return {**observation(id, "x"), "subject": subject}


def test_an_address_of_the_sources_own_is_a_resource_of_it(land: Land) -> None:
    land.register({**FHIR, "bases": ["https://vc.example/fhir/"]})
    own = with_subject("o1", {"reference": "https://vc.example/fhir/Patient/anna"})
    other = with_subject("o2", {"reference": "https://elsewhere.example/fhir/Patient/anna"})
    assert take(land, patient("anna", ANNA), own, other) == (3, 2, 0, 1)
    assert subjects(land) == {"o1": "Patient/anna"}
    assert "is not kept here" in land.refused()[0]["outcome"]["issue"][0]["diagnostics"]


def test_a_subject_by_identifier_alone_is_the_patient_delivered_with_that_identifier_and_no_id(land: Land) -> None:
    nameless = {"resourceType": "Patient", "identifier": [{"system": PERSONNUMMER, "value": ANNA}]}
    by_number = with_subject("o1", {"identifier": {"system": PERSONNUMMER, "value": ANNA}})
    of_another = with_subject("o2", {"identifier": {"system": PERSONNUMMER, "value": "190000000000"}})
    of_a_device = with_subject("o3", {"type": "Device", "identifier": {"system": "urn:x", "value": "1"}})
    assert take(land, nameless, by_number, of_another, of_a_device) == (4, 3, 0, 1)
    ((id,),) = land.rows("SELECT id FROM resource WHERE type = 'Patient'")
    assert subjects(land) == {"o1": f"Patient/{id}", "o3": None}


def test_an_id_that_is_none_is_refused_by_a_strict_source_and_replaced_by_a_lenient_one(land: Land) -> None:
    delivery = (patient(LONG, ANNA), observation("o_1", LONG), observation("o2", LONG))
    assert take(land, *delivery)[3] == 3
    land.register({**FHIR, "validation": "off"})
    assert take(land, *delivery) == (3, 3, 0, 0)
    assert take(land, *delivery) == (3, 0, 3, 0), "the same ids each time"
    ((id,),) = land.rows("SELECT id FROM resource WHERE type = 'Patient'")
    assert len(id) <= 64
    assert set(subjects(land).values()) == {f"Patient/{id}"}
    assert "o_1" not in subjects(land)


def test_a_whole_bundle_is_kept_as_it_is(land: Land) -> None:
    bundle = {"resourceType": "Bundle", "id": "b", "type": "collection", "entry": [{"resource": patient("anna", ANNA)}]}
    land.register({**FHIR, "bundles": "whole", "validation": "off"})
    assert take(land, bundle) == (1, 1, 0, 0)
    assert land.rows("SELECT type, id FROM resource") == [("Bundle", "b")]
    land.register({**FHIR, "bundles": "entries"})
    assert take(land, bundle) == (1, 1, 0, 0)
    assert ("Patient", "anna") in land.rows("SELECT type, id FROM resource")


def test_a_lenient_source_stores_what_lacks_an_element_or_refers_to_another_kind(land: Land) -> None:
    lacking = {key: value for key, value in observation("o1", "anna").items() if key != "code"}
    astray = {**observation("o2", "anna"), "performer": [{"reference": "Encounter/e"}]}
    wordless = {
        **observation("o3", "anna"),
        "text": {"status": "empty", "div": '<div xmlns="http://www.w3.org/1999/xhtml"> </div>'},
    }
    delivery = (patient("anna", ANNA), lacking, astray, wordless)
    assert take(land, *delivery)[3] == 3
    land.register({**FHIR, "validation": "warn"})
    assert take(land, *delivery) == (4, 3, 1, 0)
    assert [one["outcome"]["issue"][0]["code"] for one in land.refused()] == ["required", "value", "value"]


def test_a_consent_that_is_half_there_is_refused_by_a_lenient_source_too(land: Land) -> None:
    land.register({**FHIR, "validation": "off"})
    consent = {"resourceType": "Consent", "id": "c", "patient": {"reference": "Patient/anna"}, "status": "active"}
    assert take(land, patient("anna", ANNA), consent) == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("bases", ["vc.example"], "no address"),
        ("bases", "https://vc.example", "list of texts"),
        ("bundles", "half", "must be one of entries, whole"),
    ],
)
def test_a_faulty_registration_is_told(key: str, value: Any, told: str) -> None:
    with pytest.raises(OutcomeError, match=told):
        source_of({**FHIR, key: value})


def test_bases_are_for_fhir_alone() -> None:
    with pytest.raises(OutcomeError, match="for kind `fhir`"):
        source_of({**FHIR, "kind": "open-mhealth", "subject": {"by": "user-id"}, "bases": ["https://vc.example"]})
