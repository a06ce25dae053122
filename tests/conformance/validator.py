"""The cases of the HL7 validator's suite that are about R4 itself: does the verdict (errors or none) agree with the reference?

A case is chosen by what it needs:

- `version` is 4.0 or 4.0.1 (none means R5 there), it is not switched off (`use-test`), and the java run has a verdict on it.
- It is a FHIR resource in JSON or XML; its module is about validation of R4 resources (`_OTHER` are about other things).
- It needs no package: none in `packages`, no file that the folder lacks, no definition with an extension of HL7's own that R4
  does not have (such are of later packages), and no error of the reference that is about content of elsewhere (`_ELSEWHERE`:
  an extension that the folder does not define, a code or display of SNOMED CT, LOINC and the like) where it has no other.
- It asks for no setting of the tool (`_SETTINGS`), and is not the counterpart of one that does, with the same profile.

The verdict of a case with a `profile` is that of its profile run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kedja import definitions, exactjson, fhirxml, spec
from kedja.definitions import TYPES
from kedja.outcome import OutcomeError
from kedja.validation import examine
from tests.conformance.report import Report

Json = dict[str, Any]

_OTHER: Final = {
    "cda": "CDA, not FHIR",
    "cdshooks": "messages of CDS Hooks, not FHIR",
    "dsig": "digital signatures",
    "json5": "JSON 5, not JSON",
    "logical": "logical models, not FHIR resources",
    "matchetype": "comparison of two resources",
    "measure": "quality measures and CQL",
    "package-versioning": "versions of packages",
    "shc": "SMART Health Cards",
    "tx": "what a terminology server with SNOMED CT and LOINC says",
    "tx-advanced": "what a terminology server with SNOMED CT and LOINC says",
    "xver": "extensions between versions of FHIR",
}
_SETTINGS: Final = (
    "best-practice", "for-publication", "security-checks", "examples", "ips", "language", "advisor", "fetcher", "bundle-param",
    "validateReference", "validateContains", "enforceAggregationOutsideBundles", "assumeValidRestReferences", "suppress",
    "no-experimental-content", "noHtmlInMarkdown", "ids-in-errors", "scoring", "logical", "crumb-trail", "certificate",
)  # fmt: skip


_ELSEWHERE: Final = re.compile(
    r"Wrong Display Name|The extension \S+ could not be found so is not allowed here|Unknown code '\S+' in the CodeSystem"
    r"|The code '\S+' is not valid in the system|owning committee|for the filter constraint|filter based on property"
    r"|The operation '\S+' is not allowed for property"
)
_OF_HL7: Final = re.compile(r'"url": ?"(http://hl7\.org/fhir/(?:[\w.]+/)?StructureDefinition/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    file: Path
    supporting: tuple[Path, ...]
    profile: Path | None
    valid: bool  # the verdict of the reference
    reference: tuple[str, ...]  # its errors


def cases(folder: Path) -> Iterator[Case]:
    entries = json.loads((folder / "manifest.json").read_text())["test-cases"]
    set_apart = {entry["profile"]["source"] for entry in entries if _has_setting(entry) and "source" in entry.get("profile", {})}
    for entry in entries:
        apart = entry.get("profile", {}).get("source") in set_apart
        if _is_chosen(entry) and not apart and (case := _case(folder, entry)) is not None and not _leans_elsewhere(case):
            yield case


def _has_setting(entry: Json) -> bool:
    return any(name in part for part in (entry, entry.get("profile", {})) for name in _SETTINGS)


def _leans_elsewhere(case: Case) -> bool:
    """Whether the reference's errors, or what the definitions say by extensions, are of packages that are not here."""
    if case.reference and all(_ELSEWHERE.search(error) for error in case.reference):
        return True
    files = [*case.supporting, *([case.profile] if case.profile else [])]
    texts = [exactjson.dumps(one).decode() for file in files for one in _resources(file) if one["resourceType"] in TYPES]
    urls = {url for text in texts for url in _OF_HL7.findall(text)}
    own = {one.get("url") for file in files for one in _resources(file)}
    return any(spec.profile(url) is None and url not in own and "/test/" not in url for url in urls)


def _is_chosen(entry: Json) -> bool:
    profile = entry.get("profile", {})
    return (
        str(entry.get("version")) in ("4.0", "4.0.1")
        and entry.get("use-test") is not False
        and entry.get("module") not in _OTHER
        and not any(part.get(name) for part in (entry, profile) for name in ("packages", "package-map", "supporting5"))
        and not _has_setting(entry)
        and Path(entry["file"]).suffix in (".json", ".xml")
    )


def _case(folder: Path, entry: Json) -> Case | None:
    profile = entry.get("profile", {})
    named = [*entry.get("supporting", ()), *entry.get("profiles", ()), *profile.get("supporting", ())]
    source = profile.get("source")
    files = [folder / name for name in (entry["file"], *named, *([source] if source else []))]
    errors = _errors(folder, (profile or entry).get("java"))
    if errors is None or not all(file.is_file() for file in files):
        return None
    supporting = tuple(folder / name for name in named)
    return Case(entry["name"], folder / entry["file"], supporting, folder / source if source else None, not errors, errors)


def _errors(folder: Path, java: Any) -> tuple[str, ...] | None:
    """The errors of the reference; None where it has no verdict."""
    if isinstance(java, str):
        file = folder / "outcomes" / java
        if not file.is_file():
            return None
        java = {"outcome": json.loads(file.read_text())}
    if not isinstance(java, dict) or "outcome" not in java:
        return None
    issues = java["outcome"].get("issue", [])
    return tuple(
        issue.get("details", {}).get("text", issue.get("diagnostics", ""))
        for issue in issues
        if issue["severity"] in ("error", "fatal")
    )


def verdict(case: Case) -> list[str]:
    """What is wrong with the case's file; empty where it is valid."""
    known = [found for file in (*case.supporting, *([case.profile] if case.profile else [])) for found in _resources(file)]
    try:
        url = read(case.profile).get("url") if case.profile else None
        resource = read(case.file)
    except OutcomeError as error:
        return [str(error)]
    with definitions.using(definitions.of(known)):
        issues = examine(resource, profiles=[url] if url else ())
    return [f"{issue.expression[0]}: {issue.diagnostics}" for issue in issues if issue.severity == "error"]


def read(file: Path) -> Json:
    body = file.read_bytes()
    return fhirxml.loads(body) if file.suffix == ".xml" else exactjson.loads(body.removeprefix(b"\xef\xbb\xbf"))


def _resources(file: Path) -> list[Json]:
    """The definitions in a file: itself, or those of a Bundle."""
    try:
        found = read(file)
    except OutcomeError:
        return []
    inner = [entry["resource"] for entry in found.get("entry", ()) if "resource" in entry]
    return [one for one in (found, *inner) if one.get("resourceType") in (*TYPES, *spec.TYPES)]


def run(shared: Path) -> Report:
    failures: list[tuple[str, str]] = []
    total = 0
    for case in cases(shared / "suites/validator"):
        total += 1
        told = verdict(case)
        if case.valid and told:
            failures.append((case.name, f"refused, and the reference does not: {told[0][:160]}"))
        elif not case.valid and not told:
            failures.append((case.name, f"not refused; the reference says: {case.reference[0][:160]}"))
    about = (
        "Whether a resource has errors, as the reference implementation says; which cases are run is told in the suite's file."
    )
    return Report("validator", total - len(failures), total, failures, about)
