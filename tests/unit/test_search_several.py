"""Searches of several types, of compartments and of lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kedja import spec
from kedja.outcome import OutcomeError
from kedja.search.canonical import canonical
from kedja.search.compartment import COMPARTMENTS
from kedja.search.hashing import param_salt
from kedja.search.nodes import Has, Ids, OfTypes, Or, Query, References, Select, Texts, Tokens
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.rewrite import with_person
from kedja.search.several import merged

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def query(resource_type: str, *pairs: tuple[str, str], compartment: tuple[str, str] | None = None) -> Query:
    return resolve(parse(resource_type, pairs, compartment=compartment), now=NOW)


def test_a_search_of_several_types_asks_what_is_indexed_alike_at_once() -> None:
    asked = query("", ("_type", "Observation,Condition"), ("code", "http://loinc.org|1"), ("subject", "Group/1"))
    assert (asked.select.types, canonical(asked).split("&")[0]) == (("Observation", "Condition"), "?_type=Observation,Condition")
    code, subject = merged(asked).select.criteria
    assert isinstance(code, Tokens) and len(code.hashes) == 2
    assert isinstance(subject, References) and len(subject.hashes) == 2


def test_of_several_types_those_that_have_no_text_are_not_found_by_one() -> None:
    (found,) = query("", ("_type", "Observation,AllergyIntolerance"), ("category:text", "vital")).select.criteria
    assert isinstance(found, OfTypes)
    assert [(name, type(criterion)) for name, criterion in found.of] == [("Observation", Texts), ("AllergyIntolerance", Or)]
    with pytest.raises(OutcomeError, match="no text beside them"):
        query("", ("_type", "Encounter,Observation"), ("status:text", "fin"))


def test_a_search_of_all_types_takes_what_all_types_have() -> None:
    assert query("", ("_tag", "a")).select.types == spec.TYPES
    with pytest.raises(OutcomeError, match="unknown parameter `gender` of Account"):
        query("", ("gender", "male"))


@pytest.mark.parametrize("code", COMPARTMENTS)
def test_every_compartment_is_searched_whole(code: str) -> None:
    asked = query("", compartment=(code, "x"))
    assert set(spec.compartment(code)) | {code} == set(asked.select.types)
    assert canonical(asked) == f"{code}/x/*"
    assert len(merged(with_person(asked, {})).select.criteria) == 1


def test_a_list_is_what_it_refers_to() -> None:
    (found,) = query("Patient", ("_list", "42")).select.criteria
    assert found == Has(param_salt("List", "item"), Select("List", (Ids(("42",)),), exact=True))


@pytest.mark.parametrize(("code", "kind", "says"), [("Group", "", "has no compartment"), ("Patient", "Location", "not in")])
def test_what_is_in_no_compartment_is_not_found_there(code: str, kind: str, says: str) -> None:
    with pytest.raises(OutcomeError, match=says) as caught:
        query(kind, compartment=(code, "x"))
    assert caught.value.status == 404
