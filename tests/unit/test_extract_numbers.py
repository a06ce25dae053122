"""The ranges that numbers and quantities stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.exactjson import Number
from kedja.search.extract import extract, number_range
from kedja.search.extract_numbers import HIGHEST, LOWEST, number_of, quantity_rows
from kedja.search.hashing import hash64

UCUM = "http://unitsofmeasure.org"


@pytest.mark.parametrize(
    ("raw", "lo", "hi"),
    [
        ("5.40", "5.395", "5.405"),
        ("5.4", "5.35", "5.45"),
        ("100", "99.5", "100.5"),
        ("0", "-0.5", "0.5"),
        ("-5.4", "-5.45", "-5.35"),
        ("1e2", "95", "105"),
        ("1.00e2", "99.5", "100.5"),
        ("5.4E-3", "0.00535", "0.00545"),
        ("+7", "6.5", "7.5"),
    ],
)
def test_a_number_stands_for_its_precision(raw: str, lo: str, hi: str) -> None:
    assert number_range(raw) == (Decimal(raw), Decimal(lo), Decimal(hi))


@pytest.mark.parametrize("raw", ["", "five", "NaN", "Infinity", "1_0", " 1", "1.", ".5", "1e", "1e9999999", "1" * 800, "١"])
def test_what_is_no_finite_number_is_refused(raw: str) -> None:
    with pytest.raises(ValueError):
        number_range(raw)


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6).map(lambda number: f"{number:f}")


@given(numbers)
def test_the_range_holds_the_number(raw: str) -> None:
    value, lo, hi = number_range(raw)
    assert lo < value < hi
    assert value - lo == hi - value


@given(numbers)
def test_one_more_digit_narrows_the_range(raw: str) -> None:
    _, lo, hi = number_range(raw)
    _, inner_lo, inner_hi = number_range(f"{raw}0")
    assert lo < inner_lo < inner_hi < hi


def test_numbers_of_json_keep_their_precision() -> None:
    assert number_of(Number("1.50")) == number_range("1.50")
    assert number_of(7) == number_range("7")
    assert number_of(True) is None
    assert number_of("7") is None


def rows(value: Any, type_name: str = "Quantity") -> list[Any]:
    return list(quantity_rows(value, type_name)[0])


def test_a_quantity_is_found_by_its_code_with_and_without_system() -> None:
    quantity = {"value": Number("5.4"), "system": UCUM, "code": "mg", "unit": "mg"}
    assert rows(quantity) == [(*number_range("5.4"), hash64(f"{UCUM}|mg"), hash64("mg"))]


def test_a_unit_text_that_differs_from_the_code_finds_the_quantity_too() -> None:
    quantity = {"value": 120, "system": UCUM, "code": "mm[Hg]", "unit": "mmHg"}
    assert {row[4] for row in rows(quantity)} == {hash64("mm[Hg]"), hash64("mmHg")}
    assert {row[3] for row in rows(quantity)} == {hash64(f"{UCUM}|mm[Hg]")}


def test_a_quantity_without_unit_has_none() -> None:
    assert rows({"value": 3}) == [(*number_range("3"), 0, 0)]
    assert rows({"unit": "mg"}) == []


@pytest.mark.parametrize(
    ("comparator", "lo", "hi"),
    [("<", LOWEST, 5), ("<=", LOWEST, Decimal("5.5")), (">", 5, HIGHEST), (">=", Decimal("4.5"), HIGHEST)],
)
def test_a_comparator_opens_the_range(comparator: str, lo: Decimal, hi: Decimal) -> None:
    assert rows({"value": 5, "comparator": comparator})[0][:3] == (5, lo, hi)


def test_money_has_its_currency_as_unit() -> None:
    money = {"value": 250, "currency": "SEK"}
    assert rows(money, "Money") == [(*number_range("250"), hash64("urn:iso:std:iso:4217|SEK"), hash64("SEK"))]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"low": {"value": 4}, "high": {"value": 6}}, (4, Decimal("3.5"), Decimal("6.5"))),
        ({"low": {"value": 4}}, (4, Decimal("3.5"), HIGHEST)),
        ({"high": {"value": 6}}, (6, LOWEST, Decimal("6.5"))),
        ({"low": {"value": 6}, "high": {"value": 4}}, (6, Decimal("3.5"), Decimal("6.5"))),
    ],
)
def test_a_range_goes_from_its_low_to_its_high(value: Any, expected: tuple[Any, ...]) -> None:
    assert rows(value, "Range")[0][:3] == expected


@pytest.mark.parametrize("value", [None, 5, "5", [], {}, {"low": 3}, {"value": "5"}, {"value": {"value": 5}}])
@pytest.mark.parametrize("type_name", ["Quantity", "Money", "Range"])
def test_odd_quantities_are_passed_over(value: Any, type_name: str) -> None:
    assert rows(value, type_name) == []


def test_a_range_stays_beside_the_number_that_it_ends_at() -> None:
    amount = {"value": 100, "system": "http://unitsofmeasure.org", "code": "mg"}
    code = {"text": "x"}
    parts = [{"code": code, "valueQuantity": amount}, {"code": code, "valueQuantity": amount | {"comparator": "<"}}]
    whole = {"resourceType": "Observation", "status": "final", "code": code}
    one, other = ({tuple(row) for row in extract(whole | {"component": [part]}).numbers} for part in parts)
    assert one and other and not one & other
    assert {tuple(row) for row in extract(whole | {"component": parts}).numbers} == one | other
