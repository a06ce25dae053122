"""The snapshot of definitions that a process goes by."""

from __future__ import annotations

from typing import Any

from kedja.definitions import EMPTY, current, of, using

URL = "https://example.org/fhir/ValueSet/colours"


def value_set(version: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": URL, "version": version, "status": "active", **more}


def test_without_a_version_the_latest_is_found():
    nine, ten = value_set("4.9.0"), value_set("4.10.0")
    found = of([ten, nine])
    assert found.find("ValueSet", URL) is ten
    assert found.find("ValueSet", f"{URL}|4.9.0") is nine
    assert found.find("ValueSet", f"{URL}|5") is None
    assert found.find("CodeSystem", URL) is None
    assert found.all("ValueSet") == (nine, ten)


def test_what_is_retired_or_has_no_url_defines_nothing():
    assert of([value_set("1", status="retired"), {"resourceType": "ValueSet", "status": "active"}]) is EMPTY


def test_of_two_with_the_same_version_the_later_counts():
    first, second = value_set("1", name="First"), value_set("1", name="Second")
    assert of([first, second]).all("ValueSet") == (second,)


def test_a_stamp_stays_while_its_type_stays():
    colours, profile = value_set("1"), {"resourceType": "StructureDefinition", "url": "https://example.org/p", "status": "draft"}
    before = of([colours])
    after = of([colours, profile], before)
    assert after.generation != before.generation
    assert after.stamp("ValueSet") == before.stamp("ValueSet")
    assert after.stamp("StructureDefinition") != 0
    assert of([profile, colours], after) is after


def test_others_are_gone_by_only_inside_the_block():
    with using(of([value_set("1")])) as given:
        assert current() is given
    assert current() is EMPTY
