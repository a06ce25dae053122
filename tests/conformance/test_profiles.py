from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conformance.profiles import run


def test_examples_fit_their_profiles_and_broken_variants_are_refused_for_their_own_reason(shared: Callable[[str], Path]) -> None:
    report = run(shared("profiles/ips").parent.parent)
    assert report.failures == []
    assert report.total > 200
