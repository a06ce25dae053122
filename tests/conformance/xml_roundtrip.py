"""The published examples of R4: JSON -> XML -> JSON, the same content with every decimal and narrative as written."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path
from typing import Any

from kedja import exactjson, fhirxml
from kedja.outcome import OutcomeError
from tests.conformance.report import Report

_ABOUT = "Each published example is written as XML and read again; equal means the same canonical JSON, numbers as text."


def run(shared: Path, every: int = 1) -> Report:
    """`every`: look at each example (1) or at each n-th."""
    failures: list[tuple[str, str]] = []
    total = 0
    with gzip.open(shared / "suites/r4-examples.ndjson.gz") as lines:
        for line in islice(lines, 0, None, every):
            total += 1
            resource = exactjson.loads(line)
            reason = _reason(resource)
            if reason:
                failures.append((f"{resource['resourceType']}/{resource.get('id')}", reason))
    return Report("xml-roundtrip", total - len(failures), total, failures, _ABOUT)


def _reason(resource: dict[str, Any]) -> str:
    try:
        again = fhirxml.loads(fhirxml.dumps(resource))
    except OutcomeError as error:
        return str(error)
    return "" if exactjson.canonical(again) == exactjson.canonical(resource) else "comes back with other content"
