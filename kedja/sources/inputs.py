"""The files of a delivery: one file, a folder or a zip, each also gzipped; found, recognised, opened as streams."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

from kedja.outcome import refuse

_FORMS: Final = {
    ".ndjson": "lines",
    ".jsonl": "lines",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xml": "xml",
}
FORMS_OF_KIND: Final = {
    "fhir": ("lines", "json"),
    "table": ("csv", "parquet"),
    "open-mhealth": ("lines", "json"),
    "apple-health": ("xml",),
}
_BUFFER: Final = 1 << 20
_CHUNK: Final = 1 << 16


@dataclass(slots=True)
class Meter:
    """How many bytes were read of all files, as they are packed."""

    bytes: int = 0


class _Metered(io.RawIOBase):
    def __init__(self, raw: BinaryIO, meter: Meter) -> None:
        self._raw, self._meter = raw, meter

    def readable(self) -> bool:
        return True

    def readinto(self, b: Any, /) -> int:
        chunk = self._raw.read(len(b))
        b[: len(chunk)] = chunk
        self._meter.bytes += len(chunk)
        return len(chunk)


class _Unpacked(io.RawIOBase):
    """A gzip stream of one or more members; gives all that can be had of one that breaks off before it says so."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._inflate = zlib.decompressobj(wbits=31)
        self._rest = b""
        self._inside = False  # of a member: its header was met, its end was not

    def readable(self) -> bool:
        return True

    def readinto(self, b: Any, /) -> int:
        while True:
            if self._inflate.eof:
                self._rest = self._inflate.unused_data.lstrip(b"\0")  # padding is allowed after a member
                self._inflate, self._inside = zlib.decompressobj(wbits=31), False
            packed = self._rest or self._packed.read(_CHUNK)
            if not packed and not self._inside:
                return 0
            chunk = self._inflate.decompress(packed, len(b))
            self._rest = self._inflate.unconsumed_tail
            self._inside = True
            if chunk:
                b[: len(chunk)] = chunk
                return len(chunk)
            if not packed and not self._inflate.eof:
                raise EOFError("the gzip file breaks off")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file. `name` is its path below the delivery (`a.zip/b.ndjson` in a zip); `fingerprint` stands for its content."""

    name: str
    path: Path
    member: str | None
    form: str
    gzipped: bool
    fingerprint: str
    size: int

    @property
    def stem(self) -> str:
        """The file's name without its endings: `1950.xml.gz` is `1950`."""
        return PurePosixPath(self.name).name.split(".", 1)[0]

    @property
    def folder(self) -> str:
        return PurePosixPath(self.name).parent.name

    @contextmanager
    def open(self, meter: Meter | None = None) -> Iterator[BinaryIO]:
        """The content, unpacked and buffered; nothing is read into memory at once."""
        with self._raw() as raw:
            packed = io.BufferedReader(_Metered(raw, meter or Meter()), _BUFFER)
            if self.gzipped:
                yield cast("BinaryIO", io.BufferedReader(_Unpacked(packed), _BUFFER))
            else:
                yield cast("BinaryIO", packed)

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                yield cast("BinaryIO", stream)


def find_inputs(path: Path, kind: str) -> list[InputFile]:
    """The files at `path` that a source of this kind reads, in the order of their names.

    Files of other forms in a folder or a zip (a README, say) and a `manifest.json` are left out. Raises OutcomeError 422 when
    nothing is left.
    """
    if not path.exists():
        raise refuse(422, "not-found", f"{path} is not there")
    root = path if path.is_dir() else path.parent
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _hidden(file, root)) if path.is_dir() else [path]
    wanted = FORMS_OF_KIND[kind]
    found = [one for file in files for one in _inputs_of(file, file.relative_to(root).as_posix(), wanted)]
    if not found:
        endings = ", ".join(ending for ending, form in _FORMS.items() if form in wanted)
        raise refuse(
            422, "not-found", f"{path} has no file for a source of kind `{kind}`: it reads {endings}, also .gz and in .zip"
        )
    return found


def _hidden(file: Path, root: Path) -> bool:
    """Whether it is no part of the delivery: of the file system, or the list that an export has beside its files."""
    return file.name == "manifest.json" or any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)


def _inputs_of(file: Path, name: str, wanted: tuple[str, ...]) -> list[InputFile]:
    if file.name.lower().endswith(".zip"):
        return _members_of(file, name, wanted)
    form, gzipped = _form_of(file.name)
    return [InputFile(name, file, None, form, gzipped, _fingerprint(file), file.stat().st_size)] if form in wanted else []


def _members_of(file: Path, name: str, wanted: tuple[str, ...]) -> list[InputFile]:
    found: list[InputFile] = []
    try:
        with zipfile.ZipFile(file) as archive:
            for info in sorted(archive.infolist(), key=lambda member: member.filename):
                form, gzipped = _form_of(info.filename)
                if info.is_dir() or form not in wanted or _hidden(Path("/", info.filename), Path("/")):
                    continue
                if info.flag_bits & 1:
                    raise refuse(422, "security", f"{name}: `{info.filename}` is encrypted: unpack it first")
                print_of = f"{info.CRC:08x}-{info.file_size}"
                found.append(InputFile(f"{name}/{info.filename}", file, info.filename, form, gzipped, print_of, info.file_size))
    except zipfile.BadZipFile as error:
        raise refuse(422, "structure", f"{name} is no zip file: {error}") from None
    return found


def _form_of(name: str) -> tuple[str, bool]:
    lower = name.lower()
    gzipped = lower.endswith(".gz")
    return _FORMS.get(PurePosixPath(lower.removesuffix(".gz")).suffix, ""), gzipped


def _fingerprint(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]
