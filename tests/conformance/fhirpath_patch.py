"""The FHIRPath Patch cases of FHIR's test suite, which come as XML."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from kedja import exactjson, fhirxml
from kedja.outcome import OutcomeError
from kedja.patch import fhirpath_patch, read_fhirpath_patch
from tests.conformance.report import Report


def run(shared: Path) -> Report:
    cases = ElementTree.parse(shared / "suites/patch-r4/fhir-patch-tests.xml").getroot().findall("case")
    failures: list[tuple[str, str]] = []
    for case in cases:
        name = case.get("name", "")
        try:
            made = fhirpath_patch(_resource(case, "input"), read_fhirpath_patch(_resource(case, "diff")))
        except OutcomeError as error:
            if case.find("error") is None:
                failures.append((name, str(error)))
            continue
        if case.find("error") is not None:
            failures.append((name, "should be refused"))
        elif exactjson.canonical(made) != exactjson.canonical(_resource(case, "output")):
            failures.append((name, f"gives {exactjson.dumps(made).decode()[:200]}"))
    return Report("fhirpath-patch", len(cases) - len(failures), len(cases), failures)


def _resource(case: ElementTree.Element, name: str) -> dict[str, Any]:
    part = case.find(name)
    assert part is not None, f"a case without {name}"
    return fhirxml.loads(ElementTree.tostring(part[0]))
