"""Checkpoints in a file beside the database: what was once signed cannot be taken back by changing the database alone."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kedja import exactjson
from kedja.audit.checkpoint import Checkpoint

_FILE: Final = "audit-checkpoints.ndjson"


def place(home: Path) -> Path:
    return home / _FILE


def append(home: Path, checkpoints: Iterable[Checkpoint]) -> None:
    """Write them to the end of the file, and to the disk."""
    lines = b"".join(exactjson.dumps(one.as_json()) + b"\n" for one in checkpoints)
    file = os.open(place(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, lines)
        os.fsync(file)
    finally:
        os.close(file)


def read(file: Path) -> Iterator[Checkpoint]:
    """Every checkpoint of the file; a line that was cut off when the machine stopped is passed over."""
    if not file.exists():
        return
    with file.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                found = exactjson.loads(line)
                yield Checkpoint(found["text"], b64decode(found["signature"]), b64decode(found["key"]))
