"""The rejects file: one line of NDJSON for each record that is refused, or stored with warnings, {file, line, entry?, outcome}.

Workers append to part files before they commit, each line with its strand and place, so that a kill loses none; lines of
batches that were rolled back are left out when the parts are brought together.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kedja.outcome import Issue, outcome


class Reject(NamedTuple):
    strand: str
    ordinal: int
    file: str
    line: int
    entry: int | None
    issues: tuple[Issue, ...]


class Part:
    """The part file of one worker."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def tell(self) -> int:
        return self._file.tell()

    def rewrite(self, at: int, rejects: list[Reject]) -> None:
        """Forget what was written after `at` (a transaction that was tried again), write these, and have them on disk."""
        if self._file.tell() == at and not rejects:
            return
        self._file.truncate(at)
        self._file.seek(at)
        for reject in rejects:
            self._file.write(json.dumps([reject.strand, reject.ordinal, _line_of(reject)], ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _line_of(reject: Reject) -> dict[str, Any]:
    place = {"file": reject.file, "line": reject.line} | ({} if reject.entry is None else {"entry": reject.entry})
    return place | {"outcome": outcome(reject.issues)}


def part_path(rejects: Path, name: str) -> Path:
    return rejects.with_name(f".{rejects.name}.{name}.part")


def gather(rejects: Path, settled: Callable[[str, int], bool]) -> None:
    """Bring the parts of an import that was interrupted together in one, without what is not settled."""
    parts = _parts(rejects)
    if not parts:
        return
    kept = part_path(rejects, "gathered")
    fresh = kept.with_suffix(".new")
    with fresh.open("wb") as sink:
        for part in parts:
            for raw, (strand, ordinal, _) in _lines(part):
                if settled(strand, ordinal):
                    sink.write(raw)
    fresh.replace(kept)
    for part in parts:
        if part != kept:
            part.unlink()


def finish(rejects: Path) -> int:
    """Write the rejects file from its parts, in the order of files and lines; no file when there is none. Gives the number."""
    parts = _parts(rejects)
    places = [
        (line["file"], line["line"], line.get("entry", -1), index, at)
        for index, part in enumerate(parts)
        for at, (_, (_, _, line)) in _placed(part)
    ]
    places.sort()
    rejects.unlink(missing_ok=True)
    if places:
        files = [part.open("rb") for part in parts]
        with rejects.open("w", encoding="utf-8") as sink:
            for *_, index, at in places:
                files[index].seek(at)
                sink.write(json.dumps(json.loads(files[index].readline())[2], ensure_ascii=False) + "\n")
        for file in files:
            file.close()
    for part in parts:
        part.unlink()
    return len(places)


def _parts(rejects: Path) -> list[Path]:
    return sorted(rejects.parent.glob(f".{rejects.name}.*.part"))


def _lines(part: Path) -> Iterator[tuple[bytes, list[Any]]]:
    with part.open("rb") as lines:
        for raw in lines:
            if raw.endswith(b"\n"):
                yield raw, json.loads(raw)


def _placed(part: Path) -> Iterator[tuple[int, tuple[bytes, list[Any]]]]:
    at = 0
    for raw, line in _lines(part):
        yield at, (raw, line)
        at += len(raw)
