"""Units: what codes mean, and that values survive the way there and back."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja import ucum
from kedja.ucum.units import prefixes, table

PREFIXES = ["", *prefixes()]
UNITS = sorted([*table()["base"], *table()["units"]])
METRIC = sorted([*table()["base"], *(code for code, row in table()["units"].items() if row[0] == "metric")])

components = st.one_of(
    st.sampled_from(UNITS),
    st.builds("".join, st.tuples(st.sampled_from(PREFIXES), st.sampled_from(METRIC))),
    st.builds("{}{}".format, st.sampled_from(["m", "s", "cm", "10*", "g"]), st.integers(-3, 3).filter(bool)),
    st.just("{total}"),
    st.integers(1, 99).map(str),
)
codes = st.recursive(
    components,
    lambda inner: st.one_of(st.builds("({}).{}".format, inner, inner), st.builds("({})/({})".format, inner, inner)),
    max_leaves=4,
)
values = st.decimals(-(10**9), 10**9, places=6)


def dimension(code: str) -> str:
    found = ucum.canonical(code)
    assert found is not None, code
    return found.unit


COMMENSURABLE = [list(group) for _, group in groupby(sorted(UNITS, key=dimension), key=dimension)]


@pytest.mark.parametrize("code", UNITS)
def test_every_unit_of_the_table_is_known_and_its_definition_can_be_read(code: str) -> None:
    assert ucum.is_valid(code)


@given(codes)
def test_what_the_grammar_makes_is_read(code: str) -> None:
    assert ucum.is_valid(code)


@given(st.text(max_size=30))
def test_no_text_raises(code: str) -> None:
    assert ucum.is_valid(code) == (ucum.canonical(code) is not None)


@given(st.sampled_from(COMMENSURABLE).flatmap(lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group))), values)
def test_a_value_survives_the_way_there_and_back(pair: tuple[str, str], value: Decimal) -> None:
    there = ucum.convert(value, *pair)
    assert there is not None
    back = ucum.convert(there, *reversed(pair))
    assert back is not None
    allowed = max(abs(value), Decimal(1000)) * Decimal("1e-25")  # an offset of temperature takes some of the 34 digits
    assert abs(back - value) <= allowed


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), values)
def test_units_convert_just_when_they_measure_the_same(one: str, other: str, value: Decimal) -> None:
    assert (ucum.convert(value, one, other) is not None) == (dimension(one) == dimension(other))


@given(codes, values)
def test_the_canonical_value_is_the_exact_one_rounded(code: str, value: Decimal) -> None:
    found, exact = ucum.canonical(code), ucum.reduced(value, code)
    assert found is not None and exact is not None
    base = found.base(value)
    assert abs(base - Decimal(exact[0].numerator) / Decimal(exact[0].denominator)) <= abs(base) * Decimal("1e-25")
    assert found.unit == exact[1]


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1.50", "g/L", "mg/dL", "150"),
        ("5.4", "mmol/L", "umol/mL", "5.4"),
        ("120", "mm[Hg]", "kPa", "15.99864"),
        ("98.6", "[degF]", "Cel", "37"),
        ("37", "Cel", "K", "310.15"),
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("10", "10*9/L", "10*3/uL", "10"),
        ("5", "{cells}/uL", "/uL", "5"),
        ("1", "a", "d", "365.25"),
        ("12", "%", "1", "0.12"),
        ("3", "dB", "B", "0.3"),
        ("2", "U/(10.g){feces}", "U/kg", "200"),
        ("60", "/h", "/min", "1"),
    ],
)
def test_conversions_that_everybody_knows(value: str, source: str, target: str, expected: str) -> None:
    assert ucum.convert(Decimal(value), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("one", "other"), [("mg", "mL"), ("[pH]", "mol/L"), ("[arb'U]", "[IU]"), ("Cel", "Cel/h"), ("B[SPL]", "B[V]"), ("deg", "1")]
)
def test_what_does_not_measure_the_same_is_not_converted(one: str, other: str) -> None:
    assert ucum.convert(Decimal(1), one, other) is None


@pytest.mark.parametrize(
    "code",
    ["", " ", "mg / dL", "MMOL", "foo", "5m", "m.", "/", "()", "(m", "m)", "{a", "0", "m{a}{b}", "m999", "år", "(" * 99],
)
def test_what_is_no_code_has_no_meaning(code: str) -> None:
    assert ucum.canonical(code) is None
    assert ucum.convert(Decimal(1), code, "m") is None
    assert not ucum.is_valid(code)


def test_a_slash_turns_only_what_follows_next() -> None:
    assert ucum.convert(Decimal(1), "J/s/m2", "W.m-2") == 1
    assert ucum.convert(Decimal(1), "m/s.s", "m") == 1
