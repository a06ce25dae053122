"""The committed tables of FHIR R4 (4.0.1), built by tools/build_spec.py; verified when first read, decoded entry by entry."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
_FOLDER: Final = Path(__file__).parent / "data"


class SpecDamaged(Exception):
    """A table is not the one that was built; reinstall, or build the tables again."""


@cache
def table(name: str) -> dict[str, msgspec.Raw]:
    """The entries of `types`, `parameters`, `compartments`, ..., each still as JSON. Raises SpecDamaged."""
    return verified(_FOLDER / f"{name}.json", "tools/build_spec.py")


def verified(file: Path, builder: str) -> dict[str, msgspec.Raw]:
    """The entries of a table, whose checksum stands beside it. Raises SpecDamaged, which names what builds it again."""
    body = file.read_bytes()
    if sha256(body).hexdigest() != _checksums(file.parent).get(file.name):
        raise SpecDamaged(f"{file} differs from its checksum: run {builder}")
    return msgspec.json.decode(body, type=dict[str, msgspec.Raw])


def entry(name: str, key: str, shape: type[T]) -> T | None:
    """One entry of a table, decoded to `shape`; None where the table has no such entry."""
    raw = table(name).get(key)
    return None if raw is None else msgspec.json.decode(raw, type=shape)


@cache
def _checksums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
