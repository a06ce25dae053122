"""Where a population is written: a folder for each source, opened once, streamed to."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import IO, Any

from kedja.exactjson import dumps
from kedja.outcome import refuse

Resource = dict[str, Any]
_MARK = ".kedja-population"


class Sink:
    """NDJSON by source and type, tables, and single documents, under one folder. Counts what it writes."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.resources: Counter[tuple[str, str]] = Counter()
        self.rows: Counter[str] = Counter()
        self._lines: dict[tuple[str, str], IO[bytes]] = {}
        self._tables: dict[str, tuple[IO[str], Any]] = {}
        _clear(out)

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for stream in self._lines.values():
            stream.close()
        for text, _ in self._tables.values():
            text.close()

    def resource(self, source: str, resource: Resource) -> None:
        """One line of `source/Type.ndjson`."""
        key = (source, resource["resourceType"])
        stream = self._lines.get(key)
        if stream is None:
            stream = self._lines[key] = self._path(f"{source}/{key[1]}.ndjson").open("wb", buffering=1 << 17)
        stream.write(dumps(resource) + b"\n")
        self.resources[key] += 1

    def table(self, name: str, columns: Sequence[str]) -> None:
        """Begins the table `name` (a path under the folder) with its header; rows follow by `row`."""
        stream = self._path(name).open("w", encoding="utf-8", newline="")
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        self._tables[name] = (stream, writer)

    def row(self, name: str, row: Mapping[str, Any]) -> None:
        self._tables[name][1].writerow(row)
        self.rows[name] += 1

    def document(self, name: str, body: bytes, count: int = 0) -> None:
        """One whole file. `count` is how many measurements it holds, counted under the file's folder."""
        self._path(name).write_bytes(body)
        if count:
            self.rows[name.split("/", 1)[0]] += count

    def _path(self, name: str) -> Path:
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _clear(out: Path) -> None:
    """Makes the folder, or empties one that an earlier population was written to. Never touches anything else."""
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise refuse(422, "business-rule", f"the folder {out} is not empty and holds no population: choose another one")
        rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text("A synthetic population of Kedja; written anew by the next one.\n", encoding="utf-8")
