"""Edges of what is masked of a protected person, and of what is put back, which no type of resource meets by chance."""

from __future__ import annotations

from typing import Any, Final

import pytest

from kedja.access.masking import ADDRESS_FIELD, MASKED, REDACTED, mask
from kedja.access.unmasking import restored

HSA: Final = "urn:oid:1.2.752.29.4.19"
GEOLOCATION: Final = {"url": "http://hl7.org/fhir/StructureDefinition/geolocation", "valueString": "x"}


def shown(resource: dict[str, Any]) -> dict[str, Any]:
    """What is shown of it, but for the mark that it is not whole."""
    found = mask(resource)
    assert found["meta"]["security"][-1] == REDACTED
    return {name: value for name, value in found.items() if name != "meta"}


def test_a_place_is_its_type_and_id_and_what_no_standard_knows_is_left() -> None:
    assert shown({"resourceType": "Location", "id": "l", "name": "Ekbacken"}) == {"resourceType": "Location", "id": "l"}
    assert shown({"resourceType": "Location", "name": "Ekbacken"}) == {"resourceType": "Location"}
    for other in ({"resourceType": "Other", "address": "x"}, {"address": "x"}):
        assert shown(other) == other


def test_the_address_in_a_notice_is_masked_whatever_it_looks_like() -> None:
    def part(words: str, *fields: tuple[str, str]) -> dict[str, Any]:
        return {"extension": [{"url": url, "valueCode": code} for url, code in fields], "contentString": words}

    about = [("urn:other", "address"), (ADDRESS_FIELD, "name"), (ADDRESS_FIELD, "address")]
    parts = [part("hos Eva", one) for one in about] + [part("hos Eva", about[0], about[2]), {"contentString": "hos Eva"}]
    notice = {"resourceType": "Communication", "payload": parts}
    masked = [one.get("_contentString") == MASKED and "contentString" not in one for one in shown(notice)["payload"]]
    assert masked == [False, False, True, True, False]
    assert restored(mask(notice), notice) == notice
    assert shown({"resourceType": "Task", "payload": parts}) == {"resourceType": "Task", "payload": parts}


@pytest.mark.parametrize(
    ("path", "reference", "is_masked"),
    [
        ("participant", {"reference": "#p"}, False),  # a contained human
        ("participant", {"reference": "#bare"}, True),  # that does not say what it is
        ("participant", {"type": "Practitioner", "identifier": {"value": "1"}}, False),
        ("participant", {"type": "PractitionerRole", "identifier": {"value": "1"}}, True),
        ("participant", {"display": "Dr Ek"}, True),
        ("basedOn", {"display": "remiss"}, False),  # can be no place
        ("extension", {"identifier": {"value": "1"}}, True),  # can be anything
    ],
)
def test_a_reference_is_masked_where_it_can_be_to_a_place(path: str, reference: dict[str, Any], is_masked: bool) -> None:
    held = {"participant": [{"individual": reference}], "basedOn": [reference], "extension": [{"valueReference": reference}]}
    visit = {
        "resourceType": "Encounter",
        "contained": [{"resourceType": "Practitioner", "id": "p"}, {"id": "bare"}],
        path: held[path],
    }
    (found,) = shown(visit)[path]
    assert (MASKED in (found, *found.values())) is is_masked
    assert is_masked or found == held[path][0]


def test_who_a_resource_is_about_is_no_place() -> None:
    about = {"identifier": {"value": "191212121212"}}
    assert shown({"resourceType": "Observation", "subject": about})["subject"] == about  # which could be a Location


def test_codes_of_places_are_masked_as_concepts_and_beside_primitives() -> None:
    place, other = {"coding": [{"system": HSA, "code": "SE1"}]}, {"coding": [{"system": "urn:o", "code": "1"}], "text": "x"}
    visit = {
        "resourceType": "Encounter",
        "type": [place, other, {"coding": ["x"]}, "y"],
        "_status": {"id": "s", "extension": [GEOLOCATION, {"url": "urn:kept"}]},
        "_language": [None, {"id": "l"}],
    }
    found = shown(visit)
    assert found["type"] == [MASKED, other, {"coding": ["x"]}, "y"]
    assert found["_status"] == {"id": "s", "extension": [{"url": GEOLOCATION["url"], **MASKED}, {"url": "urn:kept"}]}
    assert found["_language"] == [None, {"id": "l"}]
    source = {"resourceType": "Encounter", "meta": {"_source": {"extension": [{"url": "urn:ekbacken"}]}}}
    assert mask(source)["meta"] == {"_source": MASKED, "security": [REDACTED]}


def test_resources_within_a_bundle_are_masked_each_as_itself() -> None:
    within = [
        {"resourceType": "Location", "id": "l", "name": "Ekbacken"},
        {"resourceType": "Patient", "address": [{"city": "E"}]},
    ]
    found = shown({"resourceType": "Bundle", "entry": [{"resource": one} for one in within]})
    assert [one["resource"] for one in found["entry"]] == [
        {"resourceType": "Location", "id": "l"},
        {"resourceType": "Patient", "address": [MASKED]},
    ]


# Put back


def test_labels_that_a_client_adds_are_stored_and_those_that_stood_there_are_kept() -> None:
    marked: dict[str, Any] = {"resourceType": "Patient", "meta": {"security": [REDACTED]}, "address": [{"city": "E"}]}
    assert restored({**mask(marked), "gender": "female"}, marked) == {**marked, "gender": "female"}
    plain = {"resourceType": "Patient", "address": [{"city": "E"}]}
    given = mask(plain)
    labelled = {**given, "meta": {"security": [{"code": "V"}, *given["meta"]["security"]]}}
    assert restored(labelled, plain) == {**plain, "meta": {"security": [{"code": "V"}]}}


def test_what_is_beside_a_primitive_changes_nothing_of_it() -> None:
    standing = {"resourceType": "Patient", "gender": "female", "_gender": {"id": "g"}, "address": [{"city": "E"}]}
    assert restored({**mask(standing), "gender": "male"}, standing) == {**standing, "gender": "male"}


def test_a_masked_primitive_is_put_back_beside_what_is_changed() -> None:
    standing = {"resourceType": "Patient", "meta": {"source": "urn:ekbacken"}}
    given = mask(standing)
    changed = restored({**given, "meta": {**given["meta"], "tag": [{"code": "t"}]}}, standing)
    assert changed["meta"] == {"source": "urn:ekbacken", "tag": [{"code": "t"}]}


def test_what_a_client_leaves_out_of_what_it_was_shown_is_gone() -> None:
    held = [{"resourceType": "Patient", "id": "c"}, {"resourceType": "Location", "id": "l"}]
    standing = {"resourceType": "Encounter", "contained": held}
    less = restored({**mask(standing), "contained": [{"resourceType": "Device", "id": "d"}]}, standing)
    assert [one["id"] for one in less["contained"]] == ["d", "l"]
