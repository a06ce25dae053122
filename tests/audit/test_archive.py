"""The whole log in files, checked without a server."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from kedja import commands
from kedja.audit import archive as files
from kedja.config import CannotRun, Config
from kedja.gate.audit import archive
from tests.audit.sealing import seal_all
from tests.audit.test_provable_log import some_care
from tests.fhir.service import Service


async def archived(service: Service, folder: Path) -> Path:
    await some_care(service)
    state = service.app.state
    await seal_all(state.door, state.notary)
    assert await archive(state.door, state.notary, folder) > 20
    return folder


def verify(folder: Path, key: Path | None = None) -> int:
    return commands.audit_verify(replace(Config(), home=folder / "nowhere"), Namespace(archive=folder, key=key))


async def test_an_archive_is_checked_without_a_server(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = await archived(service, tmp_path / "log")
    assert verify(folder) == 0
    assert "the log is whole" in capsys.readouterr().out
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize("change", ["edit", "drop", "swap", "cut"])
async def test_what_is_changed_in_an_archive_is_told(service: Service, tmp_path: Path, change: str):
    folder = await archived(service, tmp_path / "log")
    place = folder / files.ENTRIES
    lines = place.read_bytes().splitlines(keepends=True)
    if change == "edit":
        lines[5] = lines[5].replace(b"permit", b"denied").replace(b"anna", b"olle")
    elif change == "drop":
        del lines[5]
    elif change == "swap":
        lines[5], lines[6] = lines[6], lines[5]
    else:
        del lines[5:]
    place.write_bytes(b"".join(lines))
    assert verify(folder) == 3


async def test_another_key_is_not_trusted(service: Service, tmp_path: Path):
    from kedja.audit.keys import public_pem, signing_key

    folder = await archived(service, tmp_path / "log")
    other = tmp_path / "other.pem"
    other.write_bytes(public_pem(signing_key(tmp_path / "elsewhere")))
    assert verify(folder, other) == 3


def test_what_is_no_archive_is_refused(tmp_path: Path):
    with pytest.raises(CannotRun, match="no archive"):
        verify(tmp_path)


async def test_an_archive_is_never_written_over(service: Service, tmp_path: Path):
    folder = await archived(service, tmp_path / "log")
    with pytest.raises(CannotRun, match="not empty"):
        await archived(service, folder)
