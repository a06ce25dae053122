"""The JSON Patch cases of FHIR's test suite (RFC 6902's own examples)."""

from __future__ import annotations

from pathlib import Path

from kedja import exactjson
from kedja.outcome import OutcomeError
from kedja.patch import json_patch, read_json_patch
from tests.conformance.report import Report


def run(shared: Path) -> Report:
    cases = exactjson.loads((shared / "suites/patch-r4/json-patch-tests.json").read_bytes())
    failures: list[tuple[str, str]] = []
    for case in cases:
        try:
            made = json_patch(case["doc"], read_json_patch(case["patch"]))
        except OutcomeError as error:
            if "error" not in case:
                failures.append((case["comment"], str(error)))
            continue
        if "error" in case:
            failures.append((case["comment"], "should be refused"))
        elif exactjson.canonical(made) != exactjson.canonical(case["expected"]):
            failures.append((case["comment"], f"gives {exactjson.dumps(made).decode()[:200]}"))
    return Report("json-patch", len(cases) - len(failures), len(cases), failures)
