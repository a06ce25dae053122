"""Code systems and value sets: what is in them, what is not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kedja import definitions, spec, terminology, validation
from kedja.spec import tables
from kedja.terminology import Untold

R4 = "http://hl7.org/fhir/ValueSet"
ANIMALS = "http://example.org/animals"
Json = dict[str, Any]


def system(content: str = "complete", **more: Any) -> Json:
    return {
        "resourceType": "CodeSystem",
        "url": ANIMALS,
        "version": "1",
        "status": "active",
        "content": content,
        "property": [{"code": "legs", "type": "integer"}],
        "concept": [
            {
                "code": "mammal",
                "display": "Mammal",
                "property": [{"code": "notSelectable", "valueBoolean": True}],
                "concept": [
                    {"code": "cat", "display": "Cat", "property": [{"code": "legs", "valueInteger": 4}]},
                    {"code": "Whale", "display": "Whale", "designation": [{"language": "sv", "value": "Val"}]},
                ],
            },
            {"code": "bird", "display": "Bird", "property": [{"code": "legs", "valueInteger": 2}]},
            {"code": "dodo", "display": "Dodo", "property": [{"code": "status", "valueCode": "retired"}]},
        ],
        **more,
    }


def valueset(*include: Json, url: str = "http://example.org/vs", **more: Any) -> Json:
    return {"resourceType": "ValueSet", "url": url, "status": "active", "compose": {"include": list(include)}, **more}


def filtered(op: str, value: str, name: str = "concept") -> Json:
    return {"system": ANIMALS, "filter": [{"property": name, "op": op, "value": value}]}


def codes_of(*resources: Json) -> set[str]:
    with definitions.using(definitions.of([system(), *resources])):
        return {entry.code for entry in terminology.expand("http://example.org/vs")}


@pytest.fixture
def animals() -> Iterator[None]:
    with definitions.using(definitions.of([system(), valueset({"system": ANIMALS})])):
        yield


def test_every_required_binding_of_r4_has_the_codes_that_it_had() -> None:
    assert [url for url in tables.table("codes") if terminology.codes(url) != spec.required_systems(url)] == []


@pytest.mark.parametrize(
    ("value_set", "code", "answer"),
    [
        ("currencies", "SEK", True),
        ("currencies", "SKR", False),
        ("mimetypes", "application/fhir+json; charset=utf-8", True),
        ("mimetypes", "json", True),
        ("mimetypes", "application/dicom; variant=DICOM STOW-RS", True),
        ("mimetypes", "a picture", False),
        ("mimetypes", "pictures/png", False),
        ("all-languages", "sv-SE", True),
        ("all-languages", "zh-Hant-TW", True),
        ("all-languages", "de-1996", True),
        ("all-languages", "en-x-private", True),
        ("all-languages", "swedish", False),
        ("all-languages", "sv-Sverige", False),
        ("ucum-units", "mmol/L", True),
        ("ucum-units", "mmol per L", False),
        ("all-time-units", "h", True),
        ("all-time-units", "kg", False),
        ("iso3166-1-3", "SWE", True),
        ("iso3166-1-2", "SWE", False),
    ],
)
def test_codes_of_grammars_and_registries(value_set: str, code: str, answer: bool) -> None:
    assert terminology.contains(f"{R4}/{value_set}", None, code) is answer


def test_a_code_of_a_system_that_is_not_here_is_neither_in_nor_out() -> None:
    assert terminology.contains(f"{R4}/condition-code", "http://snomed.info/sct", "38341003") is None
    assert terminology.contains("http://example.org/unknown", None, "x") is None
    assert terminology.codes(f"{R4}/condition-code") is None
    with pytest.raises(Untold, match=r"`http://loinc\.org` is not here: store it"):
        terminology.expand(f"{R4}/report-codes")


def test_a_code_of_another_system_is_out_though_the_system_is_not_here() -> None:
    assert terminology.contains(f"{R4}/condition-code", ANIMALS, "cat") is False


@pytest.mark.parametrize("content", ["not-present", "fragment", "example"])
def test_a_part_of_a_system_never_gives_a_false_no(content: str) -> None:
    with definitions.using(definitions.of([system(content), valueset({"system": ANIMALS})])):
        assert terminology.contains("http://example.org/vs", ANIMALS, "cat") is True
        assert terminology.contains("http://example.org/vs", ANIMALS, "wombat") is None


@pytest.mark.parametrize(
    ("include", "found"),
    [
        (filtered("is-a", "mammal"), {"mammal", "cat", "Whale"}),
        (filtered("descendent-of", "mammal"), {"cat", "Whale"}),
        (filtered("is-not-a", "mammal"), {"bird", "dodo"}),
        (filtered("generalizes", "cat"), {"mammal", "cat"}),
        (filtered("=", "4", "legs"), {"cat"}),
        (filtered("in", "2, 4", "legs"), {"cat", "bird"}),
        (filtered("not-in", "2", "legs"), {"mammal", "cat", "Whale", "dodo"}),
        (filtered("exists", "true", "legs"), {"cat", "bird"}),
        (filtered("exists", "false", "legs"), {"mammal", "Whale", "dodo"}),
        (filtered("regex", "[a-z]{3,4}", "code"), {"cat", "bird", "dodo"}),
        ({"system": ANIMALS, "concept": [{"code": "cat"}, {"code": "unicorn"}]}, {"cat"}),
    ],
    ids=lambda value: value.get("filter", [{"op": "concept"}])[0]["op"] if isinstance(value, dict) else "",
)
def test_filters(include: Json, found: set[str]) -> None:
    assert codes_of(valueset(include)) == found


def test_a_pattern_that_explodes_elsewhere_is_answered_at_once() -> None:
    resource = system(concept=[{"code": "a" * 400 + "!"}])
    with definitions.using(definitions.of([resource, valueset(filtered("regex", "(a+)+b", "code"))])):
        assert terminology.expand("http://example.org/vs") == ()


def test_what_is_excluded_is_out_and_what_is_inactive_where_the_value_set_says_so() -> None:
    both = valueset({"system": ANIMALS})
    both["compose"] |= {"exclude": [filtered("is-a", "mammal")], "inactive": False}
    assert codes_of(both) == {"bird"}


def test_imports_meet_and_includes_join() -> None:
    legs = valueset(filtered("exists", "true", "legs"), url="http://example.org/legs")
    mammals = valueset(filtered("is-a", "mammal"), url="http://example.org/mammals")
    assert codes_of(legs, mammals, valueset({"valueSet": [legs["url"], mammals["url"]]})) == {"cat"}
    assert codes_of(legs, mammals, valueset({"system": ANIMALS, "valueSet": [legs["url"]]})) == {"cat", "bird"}
    assert codes_of(legs, mammals, valueset({"valueSet": [legs["url"]]}, {"valueSet": [mammals["url"]]})) >= {"bird", "Whale"}


def test_a_supplement_adds_translations_where_it_is_asked_for() -> None:
    swedish: Json = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/animals-sv",
        "status": "active",
        "content": "supplement",
        "supplements": ANIMALS,
        "concept": [{"code": "cat", "designation": [{"language": "sv", "value": "Katt"}]}],
    }
    with definitions.using(definitions.of([system(), swedish, valueset({"system": ANIMALS})])):
        plain = terminology.current()
        both = plain.supplemented(["http://example.org/animals-sv"])
        cat = (ANIMALS, "cat")
        assert plain.listing("http://example.org/vs")[cat].designations == ()
        assert both.listing("http://example.org/vs")[cat].designations == ({"language": "sv", "value": "Katt"},)
        assert plain.system("http://example.org/animals-sv") is None
        with pytest.raises(Untold, match="is not here"):
            plain.supplemented([ANIMALS])


def test_a_value_set_that_imports_itself_is_told() -> None:
    with (
        definitions.using(definitions.of([valueset({"valueSet": ["http://example.org/vs"]})])),
        pytest.raises(Untold, match="imports itself"),
    ):
        terminology.expand("http://example.org/vs")


def test_a_stored_expansion_stands_in_for_a_compose_that_cannot_be_computed() -> None:
    contains = [{"system": "http://loinc.org", "code": "1-8", "contains": [{"system": "http://loinc.org", "code": "2-6"}]}]
    whole = valueset({"system": "http://loinc.org"}, expansion={"total": 2, "contains": contains})
    part = valueset({"system": "http://loinc.org"}, expansion={"total": 9, "contains": contains})
    assert codes_of(whole) == {"1-8", "2-6"}
    with pytest.raises(Untold):
        codes_of(part)


def test_each_version_has_its_own_codes() -> None:
    later = system(version="2", concept=[{"code": "cat"}])
    with definitions.using(
        definitions.of(
            [system(), later, valueset({"system": ANIMALS}), valueset({"system": ANIMALS, "version": "1"}, url="http://o")]
        )
    ):
        assert terminology.contains("http://example.org/vs", ANIMALS, "bird") is False
        assert terminology.contains("http://o", ANIMALS, "bird") is True


def test_definitions_of_the_specification_cannot_be_replaced() -> None:
    false = {
        "resourceType": "CodeSystem",
        "url": "http://hl7.org/fhir/observation-status",
        "content": "complete",
        "status": "active",
    }
    with definitions.using(definitions.of([false])):
        assert terminology.contains(f"{R4}/observation-status", None, "final") is True


def test_case_is_of_no_meaning_only_where_the_system_says_so() -> None:
    assert "cat" in codes_of(valueset({"system": ANIMALS}))
    with definitions.using(definitions.of([system(caseSensitive=False), valueset({"system": ANIMALS})])):
        assert terminology.contains("http://example.org/vs", ANIMALS, "WHALE") is True
    with definitions.using(definitions.of([system(), valueset({"system": ANIMALS})])):
        assert terminology.contains("http://example.org/vs", ANIMALS, "WHALE") is False


@pytest.mark.usefixtures("animals")
def test_what_is_over_and_under_a_code() -> None:
    assert terminology.ancestors(ANIMALS, "cat") == {"cat", "mammal"}
    assert terminology.descendants(ANIMALS, "mammal") == {"mammal", "cat", "Whale"}
    assert terminology.descendants(ANIMALS, "wombat") is None
    assert terminology.descendants("http://snomed.info/sct", "38341003") is None


def test_parts_are_no_kinds() -> None:
    with definitions.using(definitions.of([system(hierarchyMeaning="part-of")])):
        assert terminology.descendants(ANIMALS, "mammal") is None


@pytest.mark.usefixtures("animals")
def test_a_verdict_says_what_is_wrong() -> None:
    def verdict(**coding: str) -> tuple[bool | None, str]:
        found = terminology.validate_coding("http://example.org/vs", {"system": ANIMALS, **coding})
        return found.result, found.message

    assert verdict(code="cat", display="CAT") == (True, "")
    assert verdict(code="Whale", display="Val") == (True, "")
    assert verdict(code="wombat")[0] is False
    assert verdict(code="cat", display="Dog") == (False, f"`Dog` is not the display of `{ANIMALS}|cat`: write `Cat`")
    assert verdict(code="dodo") == (True, f"`{ANIMALS}|dodo` is inactive")


def test_what_changes_in_value_sets_is_seen_at_once() -> None:
    assert terminology.contains("http://example.org/vs", ANIMALS, "cat") is None
    with definitions.using(definitions.of([system(), valueset({"system": ANIMALS})])):
        assert terminology.contains("http://example.org/vs", ANIMALS, "cat") is True
    assert terminology.contains("http://example.org/vs", ANIMALS, "cat") is None


@pytest.mark.parametrize(("currency", "valid"), [("SEK", True), ("SKR", False)])
def test_a_currency_that_is_none_is_not_valid(currency: str, valid: bool) -> None:
    invoice = {"resourceType": "Invoice", "status": "issued", "totalNet": {"value": 100, "currency": currency}}
    faults = [issue.diagnostics for issue in validation.validate(invoice) if issue.severity == "error"]
    assert faults == ([] if valid else [f"`SKR` is not in {R4}/currencies: write one of its codes"])
