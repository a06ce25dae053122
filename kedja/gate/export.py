"""An administrator takes resources out as NDJSON: a folder that is there whole or not at all, and rows in the access log.

No law is asked: who runs the command holds the database itself. Everyone of whom something is taken finds it in their log.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from kedja import __version__, exactjson
from kedja.access.actor import Actor, Kind
from kedja.gate.door import Door
from kedja.gate.logging import key_of
from kedja.gate.shield import without_places
from kedja.outcome import refuse
from kedja.store.export import Taking, Wanted, taking
from kedja.store.keys import new_id

__all__ = ["ExportedFile", "Manifest", "Wanted", "export"]
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """`bytes` and `sha256` are of the file as it lies there, packed or not."""

    type: str
    file: str
    count: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`persons` is how many persons it is about (one row in the access log each), `request` is what these rows name it by."""

    made: str
    kedja: str
    request: str
    since: str | None
    persons: int
    files: list[ExportedFile]


async def export(
    door: Door, out: Path, wanted: Wanted, *, packed: bool = False, tell: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Write `Type.ndjson` (`.gz` when `packed`) of each type and manifest.json to the folder `out`, as all stood at one moment.

    Each line is a resource as it is stored, byte for byte; but where it is not everything, which is a backup, places of persons
    with protected identity are masked. Raises OutcomeError 409 when `out` holds something already.
    """
    making = _begun(out)
    request = f"export-{new_id()}"
    try:
        async with taking(door.store, wanted) as under_way:
            files = [await _write(under_way, name, making, packed, tell) for name in await under_way.types()]
            persons = await under_way.log(await key_of(door.store, _administrator()), request)
        since = wanted.since.isoformat() if wanted.since else None
        manifest = Manifest(door.clock().isoformat(timespec="seconds"), __version__, request, since, persons, files)
        _ended(making, out, manifest)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return manifest


def _begun(out: Path) -> Path:
    """The folder, beside `out`, that is written to until all is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise refuse(409, "conflict", f"{out} holds something already: name a folder that is empty or not there")
    making = out.absolute().with_name(f".{out.absolute().name}.part")
    shutil.rmtree(making, ignore_errors=True)  # of an export that was broken off
    making.mkdir(parents=True)
    return making


def _ended(making: Path, out: Path, manifest: Manifest) -> None:
    (making / MANIFEST).write_bytes(exactjson.dumps(asdict(manifest)) + b"\n")
    making.replace(out)


def _administrator() -> Actor:
    """Whoever runs the command, by the name that the system knows them by."""
    name = os.environ.get("SUDO_USER") or os.environ.get("USER") or f"uid {os.getuid()}"
    return Actor(f"administrator:{name}", Kind.SYSTEM, name=name, title="Administrator")


async def _write(taking: Taking, name: str, folder: Path, packed: bool, tell: Callable[[str], None]) -> ExportedFile:
    file = folder / f"{name}.ndjson{'.gz' if packed else ''}"
    count = 0
    with file.open("wb") as plain:
        lines = cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=plain, mtime=0)) if packed else plain
        async for body, labels in taking.bodies(name):
            lines.write((body if taking.wanted.is_backup else without_places(labels, body)).encode() + b"\n")
            count += 1
        if packed:
            lines.close()
    with file.open("rb") as written:
        digest = hashlib.file_digest(cast(Any, written), "sha256").hexdigest()
    tell(f"{name}: {count}")
    return ExportedFile(name, file.name, count, file.stat().st_size, digest)
