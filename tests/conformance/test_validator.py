from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conformance.validator import run


def test_the_verdict_agrees_with_the_reference_and_nothing_valid_is_refused(shared: Callable[[str], Path]) -> None:
    report = run(shared("suites/validator").parent.parent)
    assert [name for name, reason in report.failures if reason.startswith("refused")] == []
    assert report.passed / report.total >= 0.95
