"""The whole log as files that anyone can check without the server: entries, checkpoints, key."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from kedja import exactjson
from kedja.audit.checkpoint import Checkpoint
from kedja.audit.keys import public_key
from kedja.audit.pruning import Pruning, of_json, pruned
from kedja.audit.verify import Finding, Verifier
from kedja.audit.witness import read
from kedja.config import CannotRun
from kedja.outcome import OutcomeError

ENTRIES: Final = "entries.ndjson"
CHECKPOINTS: Final = "checkpoints.ndjson"
PRUNINGS: Final = "pruned.ndjson"
KEY: Final = "key.pem"


class Archive:
    """Writes an archive; it stands in its folder when all of it is written, and not before."""

    def __init__(self, folder: Path) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise CannotRun(f"{folder} is not empty: name a folder that is, or that is not there yet.")
        self._folder = folder
        self._draft = folder.parent / f".{folder.name}.{os.getpid()}"
        self._draft.mkdir(parents=True, exist_ok=True)
        self._entries: IO[bytes] = (self._draft / ENTRIES).open("wb")
        self.size = 0

    def entry(self, position: int, seq: int, kept: bytes, leaf: bytes | None) -> None:
        """One leaf: its place, its row, its hash, and the text that was hashed (None where the row is gone)."""
        line: dict[str, Any] = {"position": position, "seq": seq, "hash": b64encode(kept).decode()}
        if leaf is not None:
            line["leaf"] = leaf.decode()
        self._entries.write(exactjson.dumps(line) + b"\n")
        self.size += 1

    def finish(self, checkpoints: Iterable[Checkpoint], key: bytes, prunings: Iterable[Pruning] = ()) -> None:
        self._entries.close()
        lines = b"".join(exactjson.dumps(one.as_json()) + b"\n" for one in checkpoints)
        (self._draft / CHECKPOINTS).write_bytes(lines)
        (self._draft / PRUNINGS).write_bytes(b"".join(exactjson.dumps(one.as_json()) + b"\n" for one in prunings))
        (self._draft / KEY).write_bytes(key)
        with suppress(FileNotFoundError):
            self._folder.rmdir()
        self._draft.rename(self._folder)


def check(folder: Path, key: Path | None) -> tuple[int, list[Finding]]:
    """(how many entries, all that is wrong) of an archive. `key`: the public key to trust; by default the archive's own.

    Raises CannotRun for what is no archive.
    """
    try:
        trusted = public_key((key or folder / KEY).read_bytes())
        verifier = Verifier(trusted, read(folder / CHECKPOINTS), pruned(_prunings(folder), trusted))
        for line in _lines(folder / ENTRIES):
            leaf = line.get("leaf")
            verifier.leaf(line["position"], line["seq"], b64decode(line["hash"]), None if leaf is None else leaf.encode())
    except (OSError, ValueError, KeyError, OutcomeError) as error:
        raise CannotRun(f"{folder} is no archive of an access log: {error}") from None
    return verifier.size, verifier.finish()


def digest_of(folder: Path, size: int) -> bytes:
    """The SHA-256 of an archive's entries, where the text of each of the first `size` is in it. Raises CannotRun."""
    whole = sha256()
    count = 0
    with (folder / ENTRIES).open("rb") as lines:
        for line in lines:
            whole.update(line)
            entry = exactjson.loads(line)
            count += entry["position"] == count < size and "leaf" in entry
    if count < size:
        raise CannotRun(
            f"{folder} has the text of {count} of the {size} entries whose time is over: archive the whole log first."
        )
    return whole.digest()


def _prunings(folder: Path) -> list[Pruning]:
    file = folder / PRUNINGS
    return [of_json(line) for line in _lines(file)] if file.exists() else []


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for line in lines:
            yield exactjson.loads(line)
