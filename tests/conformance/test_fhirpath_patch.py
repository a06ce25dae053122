from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conformance.fhirpath_patch import run


def test_every_case_of_the_suite_passes(shared: Callable[[str], Path]) -> None:
    report = run(shared("suites/patch-r4").parent.parent)
    assert (report.passed, report.failures) == (report.total, [])
