"""The project's own files agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kedja import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-")


def locked(file: str) -> set[str]:
    return {name_of(line) for line in (ROOT / file).read_text().splitlines() if not line.startswith(" ")}


def test_version_is_said_once() -> None:
    assert PROJECT["project"]["version"] == __version__


def test_every_dependency_is_locked() -> None:
    needed = {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]}
    developers = {name_of(requirement) for requirement in PROJECT["dependency-groups"]["dev"]}
    assert needed <= locked("requirements.lock")
    assert needed | developers <= locked("requirements-dev.lock")


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"])
def test_every_locked_package_has_one_version_and_its_hashes(file: str) -> None:
    text = (ROOT / file).read_text()
    packages = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", package) and "--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_versions_that_run_are_those_that_were_tested() -> None:
    run = set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements.lock").read_text(), re.M))
    developed = set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements-dev.lock").read_text(), re.M))
    assert run <= developed
