"""The published examples: stored, read back in both formats, found again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.conformance import examples

EVERY = int(os.environ.get("KEDJA_TEST_EXAMPLES_EVERY", "40"))


def test_a_share_of_the_published_examples_is_stored_read_and_found(shared: Callable[[str], Path]) -> None:
    report = examples.run(shared(""), EVERY)
    assert report.passed >= report.total * 0.98, report.failures
