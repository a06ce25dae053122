"""Runs every public suite, prints a line for each, and writes docs/conformance.md.

    python -m tests.conformance [SUITE...]

With names of suites only these are run, and nothing is written.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path

from tests.conformance.report import Report, write

ROOT = Path(__file__).parent.parent.parent
SUITES = (
    "fhirpath",
    "json_patch",
    "fhirpath_patch",
    "validator",
    "profiles",
    "xml_roundtrip",
    "examples",
    "terminology",
)


def main(wanted: list[str]) -> int:
    shared = Path(os.environ.get("KEDJA_SHARED", ROOT.parent / "shared"))
    if not shared.is_dir():
        print(f"the suites are not in {shared}: set KEDJA_SHARED to where they are", file=sys.stderr)
        return 1
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        print(f"no suite {', '.join(unknown)}: there are {', '.join(SUITES)}", file=sys.stderr)
        return 2
    reports: list[Report] = []
    for name in wanted or SUITES:
        begun = time.monotonic()
        report = importlib.import_module(f"tests.conformance.{name}").run(shared)
        reports.append(report)
        print(f"{report.line}  ({time.monotonic() - begun:.0f} s)", flush=True)
        if wanted:
            for case, reason in report.failures:
                print(f"  {case}: {reason}")
    if not wanted:
        write(reports, ROOT / "docs" / "conformance.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
