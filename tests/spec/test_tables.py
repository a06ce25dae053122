"""The committed tables: whole, verified when read, and built from the pinned package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from kedja.spec import tables

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "kedja" / "spec" / "data"
NAMES = ("types", "parameters", "compartments", "codes", "codesystems", "valuesets", "constraints", "profiles")


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the tables that a test may spoil."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    monkeypatch.setattr(tables, "_FOLDER", copy)
    tables.table.cache_clear()
    tables._checksums.cache_clear()
    yield copy
    tables.table.cache_clear()
    tables._checksums.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_its_checksum(name: str) -> None:
    digest = sha256((DATA / f"{name}.json").read_bytes()).hexdigest()
    assert f"{digest}  {name}.json" in (DATA / "SHA256SUMS").read_text().splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_every_table_loads_and_has_entries(name: str) -> None:
    assert tables.table(name)


def test_a_changed_table_is_refused_with_what_to_do(damaged: Path) -> None:
    codes = damaged / "codes.json"
    codes.write_bytes(codes.read_bytes().replace(b'"final"', b'"finale"', 1))
    with pytest.raises(tables.SpecDamaged, match=r"run tools/build_spec\.py"):
        tables.table("codes")


def test_an_entry_that_is_not_there_is_none() -> None:
    assert tables.entry("compartments", "Ward", dict[str, list[str]]) is None


def _package(folder: Path) -> Path:
    """The pinned package: where KEDJA_DEFINITIONS says, or from npm's cache. Skips where neither has it."""
    named = os.environ.get("KEDJA_DEFINITIONS")
    if named:
        return Path(named)
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed and KEDJA_DEFINITIONS does not name the package")
    pinned = next(line for line in (ROOT / "tools" / "build_spec.py").read_text().splitlines() if line.startswith("PACKAGE = "))
    command = [npm, "pack", "--offline", "--silent", pinned.split('"')[1]]
    if subprocess.run(command, cwd=folder, capture_output=True).returncode:
        pytest.skip("the pinned package is not in npm's cache and KEDJA_DEFINITIONS does not name it")
    return next(folder.glob("*.tgz"))


def test_the_package_gives_the_committed_tables_byte_for_byte(tmp_path: Path) -> None:
    package = _package(tmp_path)
    built = tmp_path / "built"
    built.mkdir()
    subprocess.run([sys.executable, ROOT / "tools" / "build_spec.py", package, built], check=True, capture_output=True)
    for path in sorted(built.iterdir()):
        assert path.read_bytes() == (DATA / path.name).read_bytes(), f"{path.name} is not what the package gives"
    assert len(list(built.iterdir())) == len(NAMES) + 1


def test_another_package_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.tgz"
    other.write_bytes(b"not the package")
    refused = subprocess.run([sys.executable, ROOT / "tools" / "build_spec.py", other, tmp_path], capture_output=True, text=True)
    assert refused.returncode != 0
    assert "its SHA-512 is" in refused.stderr
