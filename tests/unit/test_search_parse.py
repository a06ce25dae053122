"""The syntax of searches: what is understood, and what is refused with what to do about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.outcome import Issue, OutcomeError
from kedja.search.escape import split, unescape
from kedja.search.nodes import Parameter
from kedja.search.parse import parse


def parameter(name: str, value: str) -> Parameter:
    return parse("Observation", [(name, value)]).parameters[0][0]


def refused(*pairs: tuple[str, str], resource_type: str = "Observation") -> tuple[Issue, ...]:
    with pytest.raises(OutcomeError) as caught:
        parse(resource_type, pairs)
    assert caught.value.status == 400
    return caught.value.issues


def test_a_modifier_is_behind_the_colon() -> None:
    assert parameter("family:exact", "Åberg") == Parameter("family:exact", "family", "exact", ("Åberg",))


def test_a_chain_asks_the_target() -> None:
    chained = parameter("subject:Patient.name:contains", "eve")
    assert (chained.code, chained.modifier) == ("subject", "Patient")
    assert chained.chain == Parameter("subject:Patient.name:contains", "name", "contains", ("eve",))


def test_has_asks_what_refers_here() -> None:
    has = parameter("_has:Observation:patient:code", "4548-4")
    assert has.reverse == ("Observation", "patient")
    assert has.chain is not None and has.chain.code == "code"


def test_commas_part_alternatives_unless_escaped() -> None:
    assert parameter("code", "a,b\\,c,d").values == ("a", "b\\,c", "d")
    assert unescape("b\\,c") == "b,c"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\\,|$"), min_size=1), min_size=1))
def test_what_is_escaped_and_joined_is_split_again(parts: list[str]) -> None:
    escaped = [part + "\\," + "\\\\" for part in parts]
    assert [unescape(part) for part in split(",".join(escaped), ",")] == [part + ",\\" for part in parts]


@pytest.mark.parametrize(
    ("name", "value", "code", "says"),
    [
        ("family", "", "value", "has no value"),
        ("family", "a,,b", "value", "empty alternative"),
        ("family", "a\x00b", "value", "NUL"),
        ("fam\udc80ily", "a", "value", "UTF-8"),
        ("family:", "a", "invalid", "write `code`"),
        (":exact", "a", "invalid", "write `code`"),
        ("patient.", "a", "invalid", "write `code`"),
        ("a;drop table resource", "a", "invalid", "write `code`"),
        ("_has:Observation:code", "a", "invalid", "_has:Observation:patient:code"),
        ("a.b.c.d.e.f.g.h", "x", "too-costly", "ask in steps"),
        ("_count", "-1", "value", "whole number"),
        ("_count", "٣", "value", "whole number"),
        ("_total", "maybe", "value", "none, estimate or accurate"),
        ("_summary", "text", "not-supported", "count or false"),
        ("_query", "x", "not-supported", "no named queries"),
        ("_include", "Observation", "value", "names no reference"),
        ("_include:recurse", "Observation:subject", "not-supported", "`_include:iterate` also follows"),
        ("_include", "*:subject", "value", "names no reference"),
        ("_type", "Patient", "value", "ask at /fhir?_type=Patient"),
        ("_list", "$current-problems", "not-supported", "current lists are not kept"),
        ("code", ",".join("x" * 1001), "too-costly", "at most 1000"),
        ("_sort", ",".join("abcdef"), "too-costly", "at most 5"),
    ],
)
def test_each_fault_is_named_with_what_to_do(name: str, value: str, code: str, says: str) -> None:
    (issue,) = refused((name, value))
    assert issue.code == code
    assert says in issue.diagnostics
    assert issue.expression[0].startswith("?")


def test_all_faults_are_told_at_once() -> None:
    assert len(refused(("_count", "x"), ("family", ""), ("_query", "y"))) == 3


def test_a_control_parameter_stands_once() -> None:
    (issue,) = refused(("_count", "1"), ("_count", "2"))
    assert "twice" in issue.diagnostics


def test_too_many_parameters_are_refused() -> None:
    (issue,) = refused(*[("code", "x")] * 101)
    assert issue.code == "too-costly"


def test_too_many_chains_and_includes_are_refused() -> None:
    chains = refused(*[("patient.family", "x")] * 9)
    includes = refused(*[("_include", "Observation:subject")] * 21)
    assert [issue.code for issue in (*chains, *includes)] == ["too-costly"] * 2


def test_a_large_count_is_lowered_and_said_so() -> None:
    asked = parse("Patient", [("_count", "5000")])
    assert asked.control.count == 1000
    assert asked.control_pairs == (("_count", "1000"),)


@pytest.mark.parametrize("pair", [("_count", "0"), ("_summary", "count")])
def test_a_count_alone_is_asked_for_in_two_ways(pair: tuple[str, str]) -> None:
    control = parse("Patient", [pair]).control
    assert control.count_only and control.total


def test_a_parameter_without_a_value_is_refused_or_left_out_under_lenient_handling() -> None:
    (issue,) = refused(("family", ""), resource_type="Patient")
    assert (issue.severity, issue.expression) == ("error", ("?family",))
    asked = parse("Patient", [("family", ""), ("gender", "male"), ("_count", "")], lenient=True)
    assert [warning.expression for warning in asked.warnings] == [("?family",), ("?_count",)]
    assert [pair for _, pair in asked.parameters] == [("gender", "male")]


def test_lenient_handling_warns_of_what_is_not_served() -> None:
    asked = parse("Patient", [("_query", "x"), ("family", "y")], lenient=True)
    assert [warning.severity for warning in asked.warnings] == ["warning"]
    assert len(asked.parameters) == 1


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=30)), max_size=5), st.booleans())
def test_whatever_is_asked_it_is_parsed_or_refused(pairs: list[tuple[str, str]], lenient: bool) -> None:
    try:
        parse("Patient", pairs, lenient=lenient)
    except OutcomeError as error:
        assert error.status == 400 and all(issue.diagnostics for issue in error.issues)
