"""Installations in folders of their own, which other users can pass through."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kedja.store import embedded
from kedja.store.prepare import create_database
from tests.conftest import migrated, run
from tests.up.installation import Installation, installed


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kedja-up-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """A home that was started and stopped once, with the schema: the others are copies, which saves making each."""
    with tempfile.TemporaryDirectory(prefix="kedja-up-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        database = embedded.start(home)
        run(create_database(embedded.database_url(home, "postgres"), "kedja"))
        run(migrated(embedded.database_url(home)))
        database.stop()
        yield home


@pytest.fixture
def installation(open_folder: Path, initialised: Path) -> Iterator[Installation]:
    """A home whose database has its schema, and nothing else."""
    with installed(open_folder) as one:
        subprocess.run(["cp", "-a", initialised, one.home], check=True)
        yield one
