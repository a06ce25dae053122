"""What functions and operators give, where the language leaves room for mistakes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from kedja import exactjson
from kedja.fhirpath import Env, FhirPathError, Item, Items, Quantity, compiled, strict

OBSERVATION: dict[str, Any] = exactjson.loads(
    b"""{"resourceType": "Observation", "status": "final", "valueQuantity": {"value": 5.40, "unit": "millimol", "code": "mmol/L"},
    "issued": "2024-02-03T10:00:00+01:00", "effectiveDateTime": "2024-02",
    "component": [{"code": {"text": "b"}, "valueQuantity": {"value": 1.50, "code": "mg"}}, {"code": {"text": "a"}}],
    "modifierExtension": [{"url": "https://example.org/m", "valueBoolean": true}]}"""
)
START = Item(OBSERVATION, "Observation")


def items(expression: str, **settings: Any) -> Items:
    return compiled(expression)(START, Env(OBSERVATION, **settings))


def values(expression: str) -> list[Any]:
    return [item.value for item in items(expression)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("7 div 2 * 2 + 7 mod 2", 7),
        ("-7 div 2", -3),
        ("2 + 3 * -1", -1),
        ("1 / 4", Decimal("0.25")),
        ("9223372036854775807 + 1", None),
        ("10.power(400)", Decimal(10) ** 400),
        ("10.power(9999999)", None),
        ("2.power(-1)", Decimal("0.5")),
        ("2.5.round()", 3),
        ("(-2.5).round()", -3),
        ("1.50.round(5)", Decimal("1.50")),
        ("1000.log(10)", 3),
        ("0.ln()", None),
        ("(1 | 2 | 3).sum()", 6),
        ("(1 | 2).avg()", Decimal("1.5")),
        ("(3 | 1 | 2).min() + (3 | 1 | 2).max()", 4),
        ("(1 'g').combine(500 'mg').sum() = 1.5 'g'", True),
        ("(1 | 2 | 3).aggregate($total + $this, 0)", 6),
        ("valueQuantity.exists()", False),
        ("value.value.precision()", 2),
    ],
)
def test_numbers(expression: str, expected: Any) -> None:
    assert values(expression) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("@2024-01-31 + 1 month", "2024-02-29"),
        ("@2024-02-29 - 1 year", "2023-02-28"),
        ("@2024 + 25 months", "2026"),
        ("@2024-06 + 45 days", "2024-07"),
        ("@2024-02-28 + 36 hours", "2024-02-29"),
        ("@2024-12-31T23:30+01:00 + 45 minutes", "2025-01-01T00:15+01:00"),
        ("@2024-02-28T23:59:59.9Z + 0.2 seconds", "2024-02-29T00:00:00.1Z"),
        ("@T23:30 + 1 hour", "T00:30"),
        ("@T00:00:10.5 - 11 seconds", "T23:59:59.5"),
        ("@2024-03-01 - 1 'd'", "2024-02-29"),
        ("effective + 1 month", "2024-03"),
        ("issued - 1 hour", "2024-02-03T09:00:00+01:00"),
        ("@2024.highBoundary()", "2024-12-31"),
        ("@2024-02.highBoundary()", "2024-02-29"),
        ("issued.lowBoundary()", "2024-02-03T10:00:00.000+01:00"),
    ],
)
def test_dates_move_with_the_calendar(expression: str, expected: str) -> None:
    assert values(expression) == [expected]


@pytest.mark.parametrize(
    "expression", ["@9999-12-31 + 1 day", "@2024 + 1 'cm'", "@T10:00 + 1 year", "@2024-13-01 + 1 day", "@2024 + 1"]
)
def test_a_date_that_cannot_be_moved_so_is_refused(expression: str) -> None:
    with pytest.raises(FhirPathError):
        values(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("value = 5.4 'mmol/L'", [True]),
        ("value > 5 'umol/mL'", [True]),
        ("value > 5 'mg'", []),
        ("1 'cm' = 1 's'", []),
        ("1 year = 12 months", [True]),
        ("1 year = 1 'a'", []),
        ("1 year ~ 1 'a'", [True]),
        ("1 month < 31 days", [True]),
        ("37 'Cel' = 98.6 '[degF]'", [True]),
        ("component.value.first() = 0.00150 'g'", [True]),
        ("(3 'm' * 2 'cm') = 0.06 'm2'", [True]),
        ("(1 'g' / 4) = 250 'mg'", [True]),
        ("1 'g' + 1 'm'", []),
        ("1 year + 6 months = 18 months", [True]),
        ("1 year.toQuantity('months').value", [Decimal(12)]),
        ("2 days.toQuantity('h').value", [Decimal(48)]),
        ("'5.4 \\'mmol/L\\''.toQuantity() = value", [True]),
        ("value.toQuantity('umol/L').value", [Decimal("5400.00")]),
        ("'1 \\'g\\''.convertsToQuantity('cm')", [False]),
        ("2 weeks.toString() & ' ' & (3 'kg').toString()", ["2 week 3 'kg'"]),
        ("(4 'mg').unit", ["mg"]),
    ],
)
def test_quantities(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'aXbX'.lastIndexOf('X')", [3]),
        ("'abc'.substring(1, 0)", [""]),
        ("'01-02'.replaceMatches('(\\\\d+)-(\\\\d+)', '$2/$1')", ["02/01"]),
        ("'a.b'.replaceMatches('\\\\.', '\\\\')", ["a\\b"]),
        ("'a\nb'.matches('a.b')", [True]),
        ("'ab'.matchesFull('a')", [False]),
        ("'å'.encode('hex')", ["c3a5"]),
        ("('b' | 'a' | 'c').sort(-$this).join()", ["cba"]),
        ("component.sort(code.text).code.text", ["a", "b"]),
        ("'A b' ~ ' a  B '", [True]),
        ("'2024-02-03T10:00'.toDate()", ["2024-02-03"]),
        ("'T10'.toDateTime()", []),
        ("'2024-02-30'.toDate()", []),
        ("'2023-02-29'.convertsToDateTime()", [False]),
        ("'24:00'.toTime()", []),
        ("'TRUE'.toBoolean()", [True]),
        ("' 1'.toInteger()", []),
        ("component.code.text contains 'a'", [True]),
        ("'x' in {}", [False]),
        ("value.getValue()", []),
        ("value.value.getValue()", [Decimal("5.40")]),
        ("status.type().name & '/' & 1.type().namespace", ["code/System"]),
        ("component.first().is(BackboneElement)", [True]),
        ("iif(status = 'final', 'yes')", ["yes"]),
        ("component.select($index)", [0, 1]),
        ("defaultValue.`div`", []),
    ],
)
def test_texts_types_and_collections(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "'a' + 1",
        "@T10:00 < @2024",
        "@2024-02-30",
        "@T10:60",
        "status < 1",
        "component.single()",
        "(1 | 2) + 1",
        "1 & 'a'",
        "'a'.decode('hex')",
        "'a'.encode('rot13')",
        "'a'.matches('(')",
        "'a'.replaceMatches('a', '$3')",
        "component.toString()",
        "1.round(99)",
        "(1 | 'a').sort()",
        "true.abs()",
        "checkModifiers('https://example.org/other')",
        "('a' | 1).allTrue()",
    ],
)
def test_what_does_not_fit_is_refused(expression: str) -> None:
    with pytest.raises(FhirPathError):
        values(expression)


def test_known_modifiers_are_let_through() -> None:
    assert values("checkModifiers('https://example.org/m').status") == ["final"]


def test_now_is_one_instant_in_an_evaluation() -> None:
    before = datetime.now().astimezone()
    moments = items("(1 | 2 | 3).select(now().toString()).distinct()")
    assert len(moments) == 1
    assert abs((datetime.fromisoformat(moments[0].value) - before).total_seconds()) < 60
    assert values("now().toString().startsWith(today().toString()) and now().toString().contains(timeOfDay().toString())") == [
        True
    ]


def test_a_trace_is_told_and_changes_nothing() -> None:
    told: list[tuple[str, list[Any]]] = []
    found = items(
        "component.trace('texts', code.text).count()", trace=lambda name, seen: told.append((name, [i.value for i in seen]))
    )
    assert ([item.value for item in found], told) == ([2], [("texts", ["b", "a"])])


@pytest.mark.parametrize(
    "expression",
    [
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a|aa|aaa)+$')",
        "'a'.matches('((a{1000}){1000}){1000}')",
        "'a'.matches('(?#()((a{1000}){1000}){1000}')",
        "'a'.matches('(?x)((a{1000}) {1000}) {1000}')",
        "(0|1|2|3|4|5|6|7|8|9).select((0|1|2|3|4|5|6|7|8|9)).repeat($this + 1)",
        "(1|2|3|4|5|6|7|8|9).aggregate($total & $total & $total & $total & $total & $total & $total & $total, 'aaaaaaaa')",
    ],
)
def test_what_would_take_too_long_or_too_much_is_stopped(expression: str) -> None:
    with pytest.raises(FhirPathError):
        values(expression)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("Observation.nmae", "has no element `nmae`"),
        ("Patient.name", "has no element `Patient`"),
        ("Observation.valueQuantity", "write `value`"),
        ("Observation.component.where(valeu.exists())", "has no element `valeu`"),
        ("(value as Period).unit", "Period has no element"),
        ("descendants().first()", "asks for an order"),
        ("children()[0]", "asks for an order"),
        ("iif('a', 1, 2)", "never true or false"),
    ],
)
def test_what_no_data_can_fit_is_refused_when_strict(expression: str, said: str) -> None:
    with pytest.raises(FhirPathError, match=said):
        strict(expression, "Observation")


def test_what_may_fit_is_let_through_when_strict() -> None:
    for expression in (
        "component.value.unit",
        "subject.resolve().name",
        "%resource.anything",
        "code.coding.where(code = 'a').first()",
    ):
        assert strict(expression, "Observation")(START, Env(OBSERVATION)) in ([], [Item("mg", "string")])


def test_a_value_of_the_language_has_a_type_of_its_own() -> None:
    assert items("5 'mg'") == [Item(Quantity(Decimal(5), "mg"), "System.Quantity")]
    assert [item.type for item in items("1 | 1.5 | 'a' | true | @2024 | @2025T | @T10")] == [
        f"System.{name}" for name in ("Integer", "Decimal", "String", "Boolean", "Date", "DateTime", "Time")
    ]
