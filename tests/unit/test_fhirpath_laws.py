"""Laws of the language: what holds of every expression and every value, found out by trying many."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kedja import exactjson
from kedja.fhirpath import Env, FhirPathError, FhirPathSyntaxError, Item, compiled, parse
from kedja.fhirpath.functions import FUNCTIONS
from kedja.fhirpath.nodes import At, Call, Empty, Literal, Member, Node, Operation, Sign, TypeOperation, Variable
from kedja.fhirpath.operators import LOGIC, OPERATORS
from tests.unit.fhirpath_text import show

PATIENT: dict[str, Any] = exactjson.loads(
    b"""{"resourceType": "Patient", "id": "p", "active": true, "birthDate": "1974-12", "multipleBirthInteger": 2,
    "name": [{"family": "Berg", "given": ["Siv", null], "_given": [null, {"extension": [{"url": "u", "valueDecimal": 1.50}]}]}],
    "extension": [{"url": "https://example.org/q", "valueQuantity": {"value": 1.50, "code": "mg"}}],
    "contained": [{"resourceType": "Organization", "id": "o"}], "managingOrganization": {"reference": "#o"}}"""
)
ODD = b"""{"resourceType": "Patient", "name": [{"family": "a"}, "odd"], "multipleBirthInteger": 1.5e300, "birthDate": 7,
    "active": "yes", "contact": [{"period": {"start": 5}}], "managingOrganization": {"reference": 3},
    "_gender": {"extension": [{"url": {}, "valueString": "x"}]}, "extension": [{"valueQuantity": {"value": "x", "code": 5}}]}"""
KINDS = [
    *("{}", "(-7)", "9007199254740993", "2.50", "123456789012345678901234567890.123456789", "'a'", "''", "'('", "true", "name"),
    *("@2024-02", "@2024-02-03T10:00:00.123Z", "@T10:30", "5 'mg'", "3 months", "1 'no unit'", "(1|'a'|true)", "$this"),
    *("birthDate", "multipleBirth", "active", "extension.value", "gender", "contact.period.start", "managingOrganization"),
]
START, ENV = Item(PATIENT, "Patient"), Env(PATIENT)

names = st.sampled_from(
    ["name", "given", "family", "id", "extension", "value", "birthDate", "multipleBirth", "Patient", "is", "år x"]
)
texts = st.text(max_size=8)
units = st.sampled_from(["mg", "g", "cm", "1", "year", "week", "day", "mo", "%", "no unit"])
numbers = st.decimals(-(10**12), 10**12, places=3).map(str)
dates = st.sampled_from(["2024", "2024-02", "2024-02-29", "2024-02-29T23:59:59.999+01:00", "9999-12-31T23:59", "0001-01-01T"])
literals = st.one_of(
    st.builds(Literal, texts, st.just("System.String")),
    st.builds(Literal, st.integers(0, 2**40), st.just("System.Integer")),
    st.builds(Literal, numbers.map(lambda number: number.lstrip("-")), st.just("System.Decimal")),
    st.builds(Literal, st.booleans(), st.just("System.Boolean")),
    st.builds(Literal, st.tuples(numbers.map(lambda number: number.lstrip("-")), units), st.just("System.Quantity")),
    st.builds(lambda text: Literal(text, "System.DateTime" if "T" in text else "System.Date"), dates),
    st.builds(Literal, st.sampled_from(["T10", "T10:30", "T23:59:59.999"]), st.just("System.Time")),
)
variables = st.builds(
    Variable, st.sampled_from(["$this", "$index", "$total", "%resource", "%ucum", "%vs-a", "%un known", "%context"])
)
type_names = st.sampled_from(["Patient", "FHIR.string", "System.Decimal", "Quantity", "Boolean"])


def deeper(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Member, inner, names),
        st.builds(Call, inner, st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=2).map(tuple)),
        st.builds(At, inner, inner),
        st.builds(Sign, st.sampled_from("+-"), inner),
        st.builds(Operation, st.sampled_from(sorted([*OPERATORS, *LOGIC])), inner, inner),
        st.builds(TypeOperation, st.sampled_from(["is", "as"]), inner, type_names),
    )


leaves = st.one_of(literals, variables, st.builds(Member, st.none(), names), st.just(Empty()))
nodes: st.SearchStrategy[Node] = st.recursive(leaves, deeper, max_leaves=6)


@given(nodes)
def test_an_expression_is_read_back_as_it_was_written(node: Node) -> None:
    text = show(node)
    assert parse(text) == node
    assert show(parse(text)) == text


@given(nodes)
@settings(max_examples=200)
def test_an_expression_gives_items_or_says_why_not(node: Node) -> None:
    try:
        found = compiled(show(node))(START, ENV)
    except FhirPathError:
        return
    assert all(isinstance(item, Item) for item in found)


def test_every_function_and_operator_takes_or_refuses_every_kind_of_value() -> None:
    odd = exactjson.loads(ODD)
    calls = [
        f"{value}.{name}({', '.join([argument] * count)})"
        for name, function in FUNCTIONS.items()
        for count in range(function.least, min(function.most, 2) + 1)
        for value in KINDS
        for argument in (KINDS[::6] if count else KINDS[:1])
    ]
    operations = [f"{left} {operator} {right}" for operator in [*OPERATORS, *LOGIC] for left in KINDS for right in KINDS[::3]]
    for expression in calls + operations:
        with suppress(FhirPathError):
            compiled(expression)(Item(odd, "Patient"), Env(odd))


@given(st.text(alphabet="abTrue0129.,()[]{}'`\\@%$:+-*/&|<>=~! \n", max_size=40))
def test_a_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        parse(text)
    except FhirPathSyntaxError:
        return


def evaluated(expression: str) -> list[Any]:
    return [item.value for item in compiled(expression)(START, ENV)]


@given(st.integers(0, 400), st.sampled_from(["days", "hours", "minutes", "seconds", "weeks", "milliseconds"]))
def test_what_is_added_to_a_time_can_be_taken_away(amount: int, unit: str) -> None:
    assert evaluated(f"@2024-02-29T12:30:00.000Z + {amount} {unit} - {amount} {unit}") == ["2024-02-29T12:30:00.000Z"]


@given(numbers, numbers)
def test_numbers_are_added_and_compared_exactly(one: str, other: str) -> None:
    assert evaluated(f"({one}) + ({other})") == [Decimal(one) + Decimal(other)]
    assert evaluated(f"({one}) < ({other})") == [Decimal(one) < Decimal(other)]
    assert evaluated(f"({one}) = ({other})") == [Decimal(one) == Decimal(other)]


@given(texts, texts)
def test_texts_survive_each_encoding(one: str, two: str) -> None:
    text = show(Literal(one + two, "System.String"))
    for form in ("base64", "urlbase64", "hex", "url"):
        assert evaluated(f"{text}.encode('{form}').decode('{form}')") == [one + two]
    for form in ("html", "json"):
        assert evaluated(f"{text}.escape('{form}').unescape('{form}')") == [one + two]


@given(st.lists(st.integers(0, 5), max_size=6), st.lists(st.integers(0, 5), max_size=6))
def test_collections_are_sets_where_the_language_says_so(left: list[int], right: list[int]) -> None:
    one, other = (" | ".join(map(str, items)) or "{}" for items in (left, right))
    assert set(evaluated(f"({one}).union({other})")) == set(left) | set(right)
    assert set(evaluated(f"({one}).intersect({other})")) == set(left) & set(right)
    assert set(evaluated(f"({one}).exclude({other})")) == set(left) - set(right)
    assert evaluated(f"({one}).subsetOf({other})") == [set(left) <= set(right)]
