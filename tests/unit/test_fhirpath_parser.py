"""FHIRPath text becomes nodes, or is refused with the position of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import spec
from kedja.fhirpath import FhirPathError, parse
from kedja.fhirpath.nodes import At, Call, Empty, Literal, Member, Operation, Sign, TypeOperation, Variable

A, B, C = Member(None, "a"), Member(None, "b"), Member(None, "c")


def test_every_search_parameter_of_r4_can_be_read() -> None:
    expressions = {parameter.expression for name in spec.TYPES for parameter in spec.search_parameters(name).values()}
    assert len(expressions) > 1000
    assert all(parse(expression) for expression in expressions)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a.b", Member(A, "b")),
        ("a or b and c", Operation("or", A, Operation("and", B, C))),
        ("a = b | c", Operation("=", A, Operation("|", B, C))),
        ("a | b as Quantity", Operation("|", A, TypeOperation("as", B, "Quantity"))),
        ("a and b and c", Operation("and", Operation("and", A, B), C)),
        ("a implies b or c", Operation("implies", A, Operation("or", B, C))),
        ("a is FHIR.Patient", TypeOperation("is", A, "FHIR.Patient")),
        ("a + b * c", Operation("+", A, Operation("*", B, C))),
        ("a[0]", At(A, Literal(0, "System.Integer"))),
        ("-1 + a", Operation("+", Sign("-", Literal(1, "System.Integer")), A)),
        ("a.where($this = b)", Call(A, "where", (Operation("=", Variable("$this"), B),))),
        ("{}", Empty()),
        ("a.contains.is(Patient)", Call(Member(A, "contains"), "is", (Member(None, "Patient"),))),
        ("a // says why\n . /* and how */ b", Member(A, "b")),
        ("`div`.`a b`", Member(Member(None, "div"), "a b")),
        ("%resource", Variable("%resource")),
    ],
)
def test_operators_bind_as_the_language_says(text: str, node: object) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("true", Literal(True, "System.Boolean")),
        (r"'it\'s \u00e5\n'", Literal("it's å\n", "System.String")),
        ("1.50", Literal("1.50", "System.Decimal")),
        ("@2024-02", Literal("2024-02", "System.Date")),
        ("@2024-02-03T10:30:00.5+01:00", Literal("2024-02-03T10:30:00.5+01:00", "System.DateTime")),
        ("@2024T", Literal("2024T", "System.DateTime")),
        ("@T10:30", Literal("T10:30", "System.Time")),
        ("4.5 'mg'", Literal(("4.5", "mg"), "System.Quantity")),
        ("3 weeks", Literal(("3", "week"), "System.Quantity")),
    ],
)
def test_literals_keep_what_was_written(text: str, literal: Literal) -> None:
    assert parse(text) == literal


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected a name at position 1, found the end"),
        ("a.", "expected a name at position 3, found the end"),
        ("(a", r"expected `\)` at position 3"),
        ("a b", "expected the end or an operator at position 3, found `b`"),
        ("a.where(b", "expected `,` at position 10"),
        ("'open", "at position 1 is not FHIRPath"),
        ("a and", "expected a name at position 6"),
        ("a is 3", "expected the name of a type at position 6"),
        ("(" * 100 + "a" + ")" * 100, "nested deeper"),
        ("-" * 1000 + "1", "nested deeper"),
        ("a" + ".a" * 1000, "more than 200 steps"),
        ("a" + "|a" * 1000, "more than 200 operators"),
        ("a" * 20_000, "at most 10000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(FhirPathError, match=reason):
        parse(text)


@given(st.text(alphabet="ab1.'`()[]{}|=<>!~+-*/&$%@ T:,\\isandor", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        assert parse(text) == parse(text)
    except FhirPathError as refusal:
        assert str(refusal)
