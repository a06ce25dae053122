"""The terminology suite does not fall behind what it reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conformance import terminology

PASSED = 559


def test_as_many_cases_pass_as_have_passed(shared: Callable[[str], Path]) -> None:
    report = terminology.run(shared("suites/terminology").parent.parent)
    assert report.passed >= PASSED, report.failures
    assert report.total == 591
