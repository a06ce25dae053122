"""The Prefer header as clients write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.interactions.prefer import Preference, preference


@pytest.mark.parametrize(
    ("header", "returns", "lenient"),
    [
        ("", "representation", False),
        ("return=minimal", "minimal", False),
        ("Return=Minimal", "minimal", False),
        ('return="OperationOutcome"', "OperationOutcome", False),
        ("return = representation ; foo=1, handling=lenient", "representation", True),
        ("respond-async, handling=strict,return=minimal", "minimal", False),
        ('foo="a, handling=lenient", return=minimal', "minimal", False),
        ("return=minimal, return=representation", "minimal", False),
        ("return=everything, handling=odd", "representation", False),
        ("xreturn=minimal", "representation", False),
    ],
)
def test_preference_is_read(header: str, returns: str, lenient: bool) -> None:
    found = preference({"prefer": header})
    assert (found.returns, found.lenient) == (returns, lenient)


def test_only_preferences_that_are_followed_are_said() -> None:
    assert preference({"prefer": "respond-async, return=odd, handling=strict"}).said == {"handling"}
    assert preference({}) == Preference()


@given(st.text())
def test_any_text_is_read(header: str) -> None:
    assert preference({"prefer": header}).returns in ("representation", "minimal", "OperationOutcome")
