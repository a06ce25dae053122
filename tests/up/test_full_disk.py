"""A disk that is full is said in a sentence, at the first start and at a later one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.up.installation import installed
from tests.up.test_start_and_stop import refusal


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of this size in memory; skips the test where none may be mounted."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "kedja-test", folder], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk may not be mounted here (root with the right to mount is needed)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("megabytes", [1, 20])
def test_first_start_on_a_full_disk_is_refused(open_folder: Path, megabytes: int) -> None:
    with small_disk(open_folder, megabytes), installed(open_folder) as installation:
        assert "disk is full" in refusal(installation.run("up"))


def test_later_start_on_a_full_disk_is_refused_and_loses_nothing(open_folder: Path) -> None:
    with small_disk(open_folder, 400), installed(open_folder) as installation:
        installation.start()
        installation.ready()
        installation.stop()
        ballast = fill(open_folder / "ballast")
        assert "disk is full" in refusal(installation.run("up"))
        ballast.unlink()
        installation.start()
        installation.ready()


def fill(path: Path) -> Path:
    """Take every last block of the path's disk."""
    with path.open("wb", buffering=0) as sink:
        size = 1 << 20
        while size:
            try:
                sink.write(b"\0" * size)
            except OSError:
                size //= 2
    return path
