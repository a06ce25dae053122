"""The page that tells what the public suites say."""

from __future__ import annotations

import pytest

from tests.conformance.report import Report, page


def test_every_case_that_did_not_pass_stands_with_its_reason():
    text = page([Report("one", 2, 4, [("a|b", "not served"), ("c", "not served")], about="All cases."), Report("two", 3, 3)])
    assert "| one | 2 | 4 |" in text
    assert "| `a\\|b`, `c` | not served |" in text
    assert "Every case passes." in text


def test_a_case_without_a_reason_is_no_report():
    with pytest.raises(ValueError, match="2 passed and 1 did not, of 4"):
        Report("one", 2, 4, [("a", "not served")])
