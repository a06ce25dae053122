"""Swedish base profiles and the International Patient Summary: their examples are valid, and broken variants are refused.

The definitions of a folder are added as a package is. Every other resource of it that claims one of its profiles is an
example. From each example variants are made by what its profile says (tests/conformance/variants.py); of each kind of variant
one place of each profile is taken. A variant passes when it is refused for its own reason and at its own place.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kedja import exactjson
from kedja.definitions import TYPES, of, using
from kedja.definitions.package import read_package
from kedja.outcome import Issue
from kedja.validation import validate
from kedja.validation.packages import package_faults
from kedja.validation.profiles.library import Library
from tests.conformance.report import Report
from tests.conformance.variants import Variant, variants

Json = dict[str, Any]
FOLDERS = ("se-base", "ips")


def run(shared: Path) -> Report:
    failures: list[tuple[str, str]] = []
    total = 0
    for folder in FOLDERS:
        for name, reason in results(shared / "profiles" / folder):
            total += 1
            if reason:
                failures.append((f"{folder}: {name}", reason))
    return Report("profiles", total - len(failures), total, failures)


def results(folder: Path) -> Iterator[tuple[str, str]]:
    """(example or variant, why it does not pass or "")."""
    package = read_package(folder)
    yield "the package", "".join(issue.diagnostics for issue in package_faults(package.resources)[:1])
    definitions = of(package.resources)
    with using(definitions):
        library = Library(definitions)
        taken: set[tuple[str, str]] = set()
        for name, resource, claimed in examples(folder, library):
            issues = validate(resource)
            yield name, f"refused: {issues[0].expression[0]}: {issues[0].diagnostics[:160]}" if issues else ""
            for variant in () if issues else (one for url in claimed for one in variants(resource, url, library)):
                if (claimed[0], _kind(variant)) not in taken:
                    taken.add((claimed[0], _kind(variant)))
                    yield f"{name} {variant.name}", _judged(variant, validate(variant.resource))


def examples(folder: Path, library: Library) -> Iterator[tuple[str, Json, list[str]]]:
    """(file, resource, profiles of the folder that it claims)."""
    for file in sorted(folder.glob("*.json")):
        resource = exactjson.loads(file.read_bytes())
        claimed = [url for url in resource.get("meta", {}).get("profile", ()) if library.definition(url) is not None]
        if claimed and resource["resourceType"] not in TYPES:
            yield file.name, resource, claimed


def _kind(variant: Variant) -> str:
    """The variant without the numbers of its place."""
    return "".join(part for part in variant.name if not part.isdecimal())


def _judged(variant: Variant, issues: list[Issue]) -> str:
    if not issues:
        return "not refused"
    for issue in issues:
        at = issue.expression[0]
        if issue.code in variant.codes and (at.startswith(variant.place) or variant.place.startswith(at)):
            return ""
    return f"refused for another reason: {issues[0].code} at {issues[0].expression[0]}: {issues[0].diagnostics[:120]}"
