"""Installations in folders of their own, which other users can pass through."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kedja.store import embedded
from tests.up.installation import Installation, installed


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kedja-up-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """A home that was started and stopped once: the others are copies of it, which saves initialising each."""
    with tempfile.TemporaryDirectory(prefix="kedja-up-") as folder:
        Path(folder).chmod(0o755)
        embedded.start(Path(folder) / "home").stop()
        yield Path(folder) / "home"


@pytest.fixture
def installation(open_folder: Path, initialised: Path) -> Iterator[Installation]:
    """A home whose database is initialised, and nothing else."""
    with installed(open_folder) as one:
        subprocess.run(["cp", "-a", initialised, one.home], check=True)
        yield one
