"""Searches against the definitions of FHIR R4."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import spec
from kedja.outcome import Issue, OutcomeError
from kedja.search.canonical import canonical
from kedja.search.condition import EVERYTHING, NOTHING, All, AnyOf, Column, Ruled
from kedja.search.groups import groups, params
from kedja.search.hashing import hash64, param_hash, param_salt, reference_hash, token_hash
from kedja.search.nodes import (
    Chain,
    Criterion,
    DateRange,
    Dates,
    Has,
    Ids,
    Include,
    NumberRange,
    Numbers,
    Present,
    Query,
    References,
    ReferenceToPatient,
    RevInclude,
    Select,
    Sort,
    Strings,
    Tokens,
    Updated,
)
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.search.restrict import Restricted, restrict
from kedja.search.rewrite import patient_references, with_person

BASE = "https://kedja.example/fhir"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def query(resource_type: str, *pairs: tuple[str, str], lenient: bool = False) -> Query:
    return resolve(parse(resource_type, pairs, lenient=lenient), base=BASE, now=NOW)


def criterion(resource_type: str, name: str, value: str) -> Criterion:
    return query(resource_type, (name, value)).select.criteria[0]


def refused(resource_type: str, *pairs: tuple[str, str]) -> tuple[Issue, ...]:
    with pytest.raises(OutcomeError) as caught:
        query(resource_type, *pairs)
    assert caught.value.status == 400
    return caught.value.issues


def day(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def test_a_token_is_its_text_hashed() -> None:
    found = criterion("Observation", "code", "http://loinc.org|4548-4,x\\|y,|z,urn:s|")
    texts = ("http://loinc.org|4548-4", "x|y", "|z", "urn:s|")
    assert found == Tokens(tuple(token_hash("Observation", "code+combo-code", text) for text in texts))
    expected = Tokens((token_hash("Observation", "code+combo-code", "x"),), negated=True)
    assert criterion("Observation", "code:not", "x") == expected


def test_a_string_is_folded_and_kept() -> None:
    assert criterion("Patient", "family:exact", "Åberg") == Strings(
        (param_hash("Patient", "family"),), "exact", (("aberg", "Åberg"),)
    )


def test_a_date_is_the_range_of_its_precision() -> None:
    expected = (DateRange("ge", day(2020, 2), day(2020, 3)), DateRange("eq", day(2021), day(2022)))
    assert criterion("Observation", "date", "ge2020-02,2021") == Dates(
        (param_hash("Observation", "date"),), (expected,), single=True
    )
    assert criterion("Observation", "_lastUpdated", "lt2020") == Updated((DateRange("lt", day(2020), day(2021)),))


def test_approximately_widens_by_a_tenth_of_the_distance() -> None:
    found = criterion("Observation", "date", "ap2023-06-02")
    assert isinstance(found, Dates)
    margin = (NOW - day(2023, 6, 2)) / 10
    assert found.every[0][0] == DateRange("ap", day(2023, 6, 2) - margin, day(2023, 6, 3) + margin)


def test_two_ends_of_what_does_not_repeat_are_one_look() -> None:
    found, _ = query("Encounter", ("date", "ge2020"), ("status", "x"), ("date", "lt2021")).select.criteria
    assert isinstance(found, Dates)
    assert [[each.prefix for each in ranges] for ranges in found.every] == [["ge"], ["lt"]]


def test_two_ends_of_what_repeats_are_asked_one_by_one() -> None:
    asked = query("Goal", ("target-date", "ge2020"), ("target-date", "lt2021"))
    assert len(asked.select.criteria) == 2


def test_a_quantity_has_the_range_of_its_precision_and_its_unit() -> None:
    found = criterion("Observation", "value-quantity", "5.40|urn:units|mg,gt2||g")
    assert found == Numbers(
        params("Observation", "value-quantity"),
        (
            NumberRange("eq", Decimal("5.40"), Decimal("5.395"), Decimal("5.405"), unit=hash64("urn:units|mg")),
            NumberRange("gt", Decimal(2), Decimal("1.5"), Decimal("2.5"), code=hash64("g")),
        ),
    )


def test_an_id_may_be_of_every_target() -> None:
    found = criterion("Observation", "encounter", "7")
    assert found == References((reference_hash("Observation", "encounter", "Encounter/7"),))


def test_our_own_address_is_the_same_as_none() -> None:
    assert criterion("Observation", "encounter", f"{BASE}/Encounter/7") == criterion("Observation", "encounter", "Encounter/7")


def test_a_version_of_a_target_is_that_version_alone() -> None:
    found = criterion("Observation", "patient", f"{BASE}/Patient/7/_history/2")
    assert found == References((reference_hash("Observation", "patient", "Patient/7/_history/2"),))


def test_an_address_elsewhere_stays_as_it_is() -> None:
    found = criterion("Observation", "encounter", "http://other/Encounter/7")
    assert found == References((reference_hash("Observation", "encounter", "http://other/Encounter/7"),))


def test_a_reference_to_a_patient_waits_for_the_person() -> None:
    asked = query("Observation", ("subject", "Patient/1,Group/2"), ("_has:Observation:has-member:performer:Patient", "3"))
    assert patient_references(asked) == ("1", "3")
    assert asked.select.criteria[0] == ReferenceToPatient(
        "Observation", "subject", ("1",), (reference_hash("Observation", "subject", "Group/2"),), subject=True
    )


def test_a_person_is_all_their_patients() -> None:
    asked = with_person(query("Observation", ("patient", "Patient/1")), {"1": (77, ("1", "2"))})
    hashes = tuple(reference_hash("Observation", "patient", f"Patient/{id}") for id in "12")
    assert asked.select.criteria == (References(hashes, (77,)),)


def test_who_performed_does_not_say_whose_it_is() -> None:
    asked = with_person(query("Observation", ("performer", "Patient/1")), {"1": (77, ("1",))})
    assert asked.select.criteria == (References((reference_hash("Observation", "performer", "Patient/1"),)),)


def test_a_patient_who_is_not_known_stays_alone() -> None:
    asked = with_person(query("Observation", ("patient", "Patient/1,Patient/9")), {"1": (77, ("1",))})
    hashes = tuple(reference_hash("Observation", "patient", f"Patient/{id}") for id in "19")
    assert asked.select.criteria == (References(hashes),)


def test_a_chain_goes_to_each_type_that_has_the_parameter() -> None:
    found = criterion("Observation", "subject.name", "eve")
    assert isinstance(found, Chain)
    assert {salt for salt, _ in found.targets} == {param_salt("Observation", "subject")}
    assert [select.type for _, select in found.targets] == ["Patient", "Location"]


def test_identifiers_of_logical_references_are_tokens() -> None:
    found = criterion("Observation", "subject:identifier", "urn:s|1")
    assert found == Tokens((token_hash("Observation", "subject:identifier", "urn:s|1"),))


def test_missing_asks_for_the_mark_of_its_index() -> None:
    assert criterion("Patient", "gender:missing", "true") == Present(
        "token", (token_hash("Patient", "gender", ""),), missing=True
    )
    expected = Present("reference", (reference_hash("Patient", "link", ""),), missing=False)
    assert criterion("Patient", "link:missing", "false") == expected
    assert criterion("Patient", "family:missing", "true") == Present("string", params("Patient", "family"), missing=True)


def test_ids_are_compared_as_they_are() -> None:
    assert criterion("Patient", "_id", "1,2") == Ids(("1", "2"))


def test_includes_become_salts() -> None:
    asked = query("Observation", ("_include", "Observation:subject:Patient"), ("_revinclude", "Observation:has-member"))
    assert asked.includes == (Include((param_salt("Observation", "subject"),), ("Patient",), own=True),)
    assert asked.revincludes == (RevInclude((param_salt("Observation", "has-member"),), ("Observation",)),)


def test_a_star_includes_every_reference() -> None:
    (include,) = query("Encounter", ("_include", "Encounter:*")).includes
    references = [code for code, found in spec.search_parameters("Encounter").items() if found.type == "reference"]
    assert set(include.salts) == {param_salt("Encounter", code) for code in references}


def test_the_order_is_by_the_index_that_keeps_the_value() -> None:
    asked = query("Observation", ("_sort", "-date,value-quantity,_id,-_lastUpdated"))
    assert asked.sort == (
        Sort("date", params("Observation", "date"), True),
        Sort("number", params("Observation", "value-quantity"), False),
        Sort("id", (), False),
        Sort("updated", (), True),
    )


@pytest.mark.parametrize(
    ("resource_type", "name", "value", "code", "says"),
    [
        ("Patient", "brithdate", "2020", "not-supported", "did you mean `birthdate`?"),
        ("Patient", "family:exakt", "x", "not-supported", "did you mean `exact`?"),
        ("Patient", "gender:text", "x", "value", "no text beside them"),
        ("Patient", "gender:missing", "yes", "value", "true or false"),
        ("Patient", "birthdate", "2020-13-45", "value", "write a date as"),
        ("Patient", "birthdate", "yesterday", "value", "write a date as"),
        ("Patient", "gender", "a|b|c", "value", "system|code"),
        ("Patient", "gender", "|", "value", "system|code"),
        ("Observation", "value-quantity", "five", "value", "write a number"),
        ("Observation", "value-quantity", "1e999999", "value", "write a number"),
        ("Observation", "value-quantity", "5.4|mg", "value", "5.4||mg"),
        ("Observation", "value-quantity", "5.4|urn:s|", "value", "5.4||mg"),
        ("Observation", "subject", "Patint/1", "value", "did you mean `Patient`?"),
        ("Observation", "subject", "Practitioner/1", "value", "never to Practitioner"),
        ("Observation", "subject", "not a reference", "value", "Type/id"),
        ("Observation", "subject", "#contained", "value", "Type/id"),
        ("Observation", "subject:Encounter", "1", "value", "never refers to Encounter"),
        ("Observation", "subject:Encounter.date", "2020", "value", "never refers to Encounter"),
        ("Observation", "code.name", "x", "value", "not a reference"),
        ("Observation", "subject.familly", "x", "not-supported", "did you mean `family`?"),
        ("Observation", "focus.name", "x", "too-costly", "name one"),
        ("Observation", "code-value-quantity", "x", "value", "write its 2 parts as code$value-quantity"),
        ("Location", "near", "95|2", "value", "latitude is -90 to 90"),
        ("Patient", "_has:Observation:encounter:code", "x", "value", "never refers to Patient"),
        ("Patient", "_has:Obsrvation:patient:code", "x", "value", "did you mean `Observation`?"),
        ("Patient", "_include", "Observation:subject", "value", "is not about Patient"),
        ("Patient", "_include", "Patient:organization:Group", "value", "never refers to Group"),
        ("Patient", "_include", "Patient:gender", "value", "not a reference"),
        ("Patient", "_revinclude", "Encounter:service-provider", "value", "never refers to the Patient"),
        ("Patient", "family", ",".join("x" * 51), "too-costly", "at most 50"),
        ("Observation", "_sort", "code-value-quantity", "not-supported", "has no order"),
        ("Patient", "_sort", "famly", "not-supported", "did you mean `family`?"),
    ],
)
def test_each_fault_is_named_with_what_to_do(resource_type: str, name: str, value: str, code: str, says: str) -> None:
    (issue,) = refused(resource_type, (name, value))
    assert (issue.code, issue.expression[0][0]) == (code, "?")
    assert says in issue.diagnostics


def test_all_faults_are_told_at_once() -> None:
    assert len(refused("Patient", ("brithdate", "x"), ("birthdate", "x"), ("_sort", "x"))) == 3


def test_lenient_handling_leaves_out_what_is_unknown_and_says_so() -> None:
    asked = query("Patient", ("brithdate", "2020"), ("gender", "male"), ("_sort", "x,birthdate"), ("_count", "9"), lenient=True)
    assert canonical(asked) == "Patient?gender=male&_sort=birthdate&_count=9"
    assert [warning.expression for warning in asked.warnings] == [("?brithdate",), ("?_sort",)]


def test_lenient_handling_still_refuses_bad_values() -> None:
    with pytest.raises(OutcomeError):
        query("Patient", ("birthdate", "x"), lenient=True)


def test_the_law_comes_into_every_part() -> None:
    law = Column("unit", "=", "u")
    asked = query(
        "Observation",
        ("encounter.service-provider.name", "x"),
        ("_has:Observation:has-member:code", "y"),
        ("_include", "Observation:subject"),
        ("_revinclude", "Observation:has-member"),
    )
    restricted = restrict(asked, law).query
    chain, has = restricted.select.criteria
    assert isinstance(chain, Chain) and isinstance(has, Has)
    inner = chain.targets[0][1].criteria[0]
    assert isinstance(inner, Chain)
    parts = [
        restricted.select,
        chain.targets[0][1],
        inner.targets[0][1],
        has.source,
        *restricted.includes,
        *restricted.revincludes,
    ]
    assert [part.law for part in parts] == [law] * 6


def test_a_part_without_law_is_nothing() -> None:
    assert Select("Patient").law == NOTHING


def test_only_restrict_makes_a_restricted_query() -> None:
    with pytest.raises(TypeError):
        Restricted(query("Patient"), object())
    assert restrict(query("Patient"), EVERYTHING).query.select.law == EVERYTHING


def test_a_query_that_is_not_ready_is_not_restricted() -> None:
    with pytest.raises(ValueError, match="continued"):
        restrict(query("Patient", ("_cursor", "x")), EVERYTHING)
    with pytest.raises(ValueError, match="with_person"):
        restrict(query("Observation", ("patient", "1")), EVERYTHING)


_SAMPLE = {
    "date": "2020",
    "number": "1",
    "quantity": "1",
    "reference": "http://x/Y/1",
    "uri": "urn:x",
    "special": "59|18",
    "token": "x",
    "string": "x",
}


@pytest.mark.parametrize("resource_type", spec.TYPES)
def test_every_parameter_of_every_type_is_served(resource_type: str) -> None:
    known = spec.search_parameters(resource_type)
    for code, definition in known.items():
        kinds = [known[part.code].type for part in definition.components] or [definition.type]
        assert criterion(resource_type, code, "$".join(_SAMPLE[kind] for kind in kinds)) is not None
        assert criterion(resource_type, f"{code}:missing", "true") is not None
        assert code in ("_id", "_lastUpdated") or groups(resource_type, code)


@given(
    st.sampled_from(["family", "gender", "birthdate", "general-practitioner", "_id", "_lastUpdated", "_profile"]),
    st.text(max_size=40),
)
def test_whatever_the_value_it_is_read_or_refused(code: str, value: str) -> None:
    try:
        query("Patient", (code, value))
    except OutcomeError as error:
        assert error.status == 400


def test_a_condition_is_shortened_by_the_type() -> None:
    from kedja.search.assume import assume_type, persons_of

    own = Ruled("P-1", Column("person", "=", 5))
    law = AnyOf((own, Ruled("D-1", All((Column("type", "in", ("Organization",)), Column("regime", "=", "directory"))))))
    assert assume_type(law, "Patient") == AnyOf((own,))
    assert persons_of(assume_type(law, "Patient")) == {5}
    assert persons_of(assume_type(law, "Organization")) == {0, 5}
    assert persons_of(AnyOf((own, Column("unit", "=", "u")))) is None


@pytest.mark.parametrize(
    ("include", "own"),
    [
        ("Observation:patient", True),
        ("Observation:subject", True),
        ("Encounter:patient", True),
        ("Observation:performer", False),
        ("Observation:*", False),
        ("Account:patient", False),
        ("Appointment:patient", False),
    ],
)
def test_an_include_brings_what_is_of_the_same_person_where_one_element_says_whose_it_is(include: str, own: bool) -> None:
    (found,) = resolve(parse(include.partition(":")[0], [("_include", include)])).includes
    assert found.own is own
