"""How text is folded for comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.search.extract import fold
from kedja.search.extract_text import MAX_TEXT


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Åsa Öström", "asa ostrom"),
        ("asa ostrom", "asa ostrom"),
        ("  Anna-Karin   von\tEssen ", "anna karin von essen"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Søren Kjærgård", "soren kjaergard"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("ﬁn", "fin"),
        ("c/o Lind, 2 tr.", "c o lind 2 tr"),
        ("A\u030asa", "asa"),
        ("5 %", "5"),
        ("???", "???"),
        ("", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcåäöéüßæøÅÄÖ '-.", max_size=40))
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert fold(text.upper()) == fold(text) == fold(text.lower())


@given(st.text(alphabet="aåb -'", min_size=1, max_size=2000))
def test_long_text_is_cut_to_what_an_index_entry_holds(text: str) -> None:
    assert len(fold(text * 3)) <= MAX_TEXT


def test_text_that_grows_when_folded_is_cut_too() -> None:
    assert len(fold("\ufdfa" * MAX_TEXT)) <= MAX_TEXT
