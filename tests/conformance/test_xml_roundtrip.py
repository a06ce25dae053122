from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conformance.xml_roundtrip import run


def test_published_examples_come_back_from_xml_as_they_were(shared: Callable[[str], Path]) -> None:
    report = run(shared("suites/r4-examples.ndjson.gz").parent.parent, every=20)
    assert report.total > 250
    assert report.failures == []
