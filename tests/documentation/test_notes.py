"""Notes by their templates: what is typed is what stands, signed and corrected without losing what stood there."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.documentation.note import CORRECTION, Author, answers_of, author_of, compose, corrected, entry_places, signed
from kedja.documentation.template import Field, Template, check, icd, number, templates
from kedja.validation.resource import validate

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
ANNA = Author("SE2399999999-anna", "Anna Ek", "Läkare", "SE2399999999-0001", "Region", "Vårdcentral")
BO = Author("SE2399999999-bo", "Bo Ek", "Sjuksköterska", "SE2399999999-0001", "Region", "Vårdcentral")
VISIT = templates()["visit"]
TYPED = {
    "reason": "Yrsel",
    "systolic": "152",
    "diastolic": "88",
    "pulse": "71,5",
    "assessment": "Högt <blodtryck> & yrsel\nTvå rader\n\noch en till",
    "diagnosis": "Hypertoni",
    "diagnosis-code": "i109",
}


def note(answers: dict[str, str] = TYPED, template: Template = VISIT) -> list[dict[str, Any]]:
    ids = count(1)
    return compose(template, answers, ANNA, "Patient/p1", AT, lambda: f"n{next(ids)}")


def of_type(resources: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [each for each in resources if each["resourceType"] == name]


def test_a_note_is_a_document_with_a_section_for_each_part_and_entries_for_what_is_coded() -> None:
    found = note()
    (composition,) = of_type(found, "Composition")
    assert [each["title"] for each in composition["section"]][:2] == ["Kontaktorsak", "Blodtryck, systoliskt"]
    pressure, pulse = of_type(found, "Observation")
    assert [each["valueQuantity"]["value"] for each in pressure["component"]] == [152, 88]
    assert str(pulse["valueQuantity"]["value"]) == "71.5"
    (condition,) = of_type(found, "Condition")
    assert condition["code"]["coding"][0]["code"] == "I10.9"
    assert set(entry_places(composition)) == {f"{each['resourceType']}/{each['id']}" for each in found[1:]}


def test_nothing_of_an_unsigned_note_is_for_the_patient_and_all_of_a_signed_one_is() -> None:
    unsigned = note()
    assert all(each["meta"]["security"] for each in unsigned)
    stands = signed(unsigned, ANNA, AT)
    assert not any("meta" in each for each in stands)
    (composition,) = of_type(stands, "Composition")
    assert composition["status"] == "final"
    assert composition["attester"] == [{"mode": "legal", "time": "2026-06-01T09:30:00Z", "party": composition["author"][0]}]


def test_a_correction_keeps_ids_says_why_and_marks_what_is_gone() -> None:
    stands = signed(note(), ANNA, AT)
    ids = iter(["x1", "x2"])
    changed = {**TYPED, "systolic": "142", "pulse": ""}
    found = corrected(stands, VISIT, changed, BO, AT, "Fel avläst", lambda: next(ids))
    (composition,) = of_type(found, "Composition")
    assert composition["status"] == "amended"
    assert composition["id"] == of_type(stands, "Composition")[0]["id"]
    assert {"url": CORRECTION, "valueString": "Fel avläst"} in composition["extension"]
    assert author_of(composition) == ANNA.hsa_id
    assert composition["attester"][0]["party"]["identifier"]["value"] == BO.hsa_id
    pressure, pulse = of_type(found, "Observation")
    assert pressure["id"] == of_type(stands, "Observation")[0]["id"]
    assert pressure["component"][0]["valueQuantity"]["value"] == 142
    assert pulse["status"] == "entered-in-error"


@pytest.mark.parametrize("template", templates().values(), ids=lambda each: each.id)
def test_every_template_asks_for_something_and_has_each_field_once(template: Template) -> None:
    assert any(field.required for field in template.fields)
    assert len({field.id for field in template.fields} | {"because", "do", "form_token"}) == len(template.fields) + 3
    assert all(field.low < field.high for field in template.fields if field.kind == "number")
    assert all(field.choices for field in template.fields if field.kind == "choice")


@pytest.mark.parametrize("resource", [*note(), *signed(note(), ANNA, AT)], ids=lambda each: each["resourceType"])
def test_what_a_note_becomes_is_valid_fhir(resource: dict[str, Any]) -> None:
    found = validate(resource)
    assert [issue for issue in found if issue.severity in ("error", "fatal")] == []


def test_what_is_wrong_is_said_field_by_field() -> None:
    assert check(VISIT, {}) == {"reason": "required", "assessment": "required"}
    typed = {**TYPED, "systolic": "abc", "pulse": "900", "diagnosis-code": "hej"}
    assert check(VISIT, typed) == {"systolic": "number", "pulse": "bounds", "diagnosis-code": "code"}
    assert check(VISIT, {**TYPED, "diastolic": ""}) == {"diastolic": "pair"}
    assert check(VISIT, {**TYPED, "diagnosis": ""}) == {"diagnosis": "required"}


@pytest.mark.parametrize(
    ("typed", "code"), [("i10", "I10"), ("I109", "I10.9"), ("F32.1", "F32.1"), ("e11.9W", "E11.9W"), ("hej", ""), ("10", "")]
)
def test_a_code_is_written_as_in_records(typed: str, code: str) -> None:
    assert icd(typed) == code


@pytest.mark.parametrize("typed", ["nan", "1e999", "", "--", "1,2,3", "٣x"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number(typed) is None


def _typed(field: Field) -> st.SearchStrategy[str]:
    if field.kind == "number":
        return st.integers(int(field.low), int(field.high)).map(str)
    if field.kind == "choice":
        return st.sampled_from([each.value for each in field.choices])
    if field.kind == "diagnosis-code":
        return st.sampled_from(["I10.9", "F32"])
    return st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), min_size=1, max_size=40).map(_plain)


def _plain(words: str) -> str:
    return "\n".join(words.strip().splitlines()) or "x"


@given(st.sampled_from(list(templates().values())).flatmap(
    lambda each: st.tuples(st.just(each), st.fixed_dictionaries({field.id: _typed(field) for field in each.fields}))
))  # fmt: skip
def test_what_was_typed_comes_back_whatever_it_was(case: tuple[Template, dict[str, str]]) -> None:
    template, answers = case
    assert check(template, answers) == {}
    assert answers_of(template, signed(note(answers, template), ANNA, AT)) == answers
