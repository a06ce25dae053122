"""Packages of definitions: folders, archives and files, and what is refused of them."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from kedja.definitions.package import read_package
from kedja.outcome import OutcomeError
from kedja.validation.packages import package_faults
from tests.unit.test_validation_profiles import profile

MANIFEST = {"name": "example.p", "version": "1.2.0", "fhirVersions": ["4.0.1"]}
SOUND = profile({"id": "Observation.subject", "min": 1})


def packed(path: Path, files: dict[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, value in files.items():
            body = json.dumps(value).encode()
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return path


def test_an_npm_package_and_its_folder_are_the_same(tmp_path: Path) -> None:
    files = {
        "package/package.json": MANIFEST,
        "package/StructureDefinition-p.json": SOUND,
        "package/example/p.json": {"not": "read"},
    }
    archive = read_package(packed(tmp_path / "p.tgz", files))
    for name, value in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(value))
    assert (archive.name, archive.version, archive.resources) == ("example.p", "1.2.0", (SOUND,))
    assert read_package(tmp_path) == archive


def test_a_plain_folder_has_its_own_name_and_passes_over_examples(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(SOUND))
    (tmp_path / "patient.json").write_text('{"resourceType": "Patient"}')
    package = read_package(tmp_path)
    assert (package.name, package.version, len(package.resources), package.passed_over) == (tmp_path.name, "0", 1, 1)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.json": "{"}, "a.json: the body is not JSON"),
        ({"a.json": '{"resourceType": "Patient"}'}, "has no CodeSystem"),
        ({"a.json": json.dumps(SOUND), "b.json": json.dumps(SOUND)}, "stands twice"),
        ({"a.json": '{"resourceType": "ValueSet"}'}, "has no `url`"),
        ({"a.json": json.dumps(SOUND), "package.json": '{"fhirVersions": ["5.0.0"]}'}, "is for FHIR 5.0.0"),
        ({"a.json": '{"name": "x"}'}, "it says no resourceType"),
    ],
)
def test_what_cannot_be_taken_says_why(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(OutcomeError, match=says.replace("(", "\\(")):
        read_package(tmp_path)


def test_what_is_no_archive_and_what_is_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "p.tgz").write_bytes(b"no archive")
    for path in (tmp_path / "p.tgz", tmp_path / "none"):
        with pytest.raises(OutcomeError, match=path.name):
            read_package(path)


def test_broken_definitions_are_told_with_their_reasons() -> None:
    constraint = [{"key": "e-1", "severity": "error", "human": "x", "expression": "note.("}]
    broken = [
        profile({"id": "Observation.colour", "min": 1}, url="http://example.org/a"),
        profile({"id": "Observation.note", "min": 1}, url="http://example.org/b", base="http://example.org/none"),
        profile({"id": "Observation", "constraint": constraint}, url="http://example.org/c"),
        {"resourceType": "ValueSet", "url": "http://example.org/d", "status": "new"},
    ]
    told = [issue.diagnostics for issue in package_faults([SOUND, *broken])]
    for one, says in zip(
        told, ("no element `colour`", "its base http://example.org/none is not known", "is no FHIRPath", "`new` is not in")
    ):
        assert says in one
    assert len(told) == 4
