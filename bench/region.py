"""A generated region in a store, as `kedja import` puts it there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from kedja.demo import Made, register
from kedja.sources import importer

PERSONS = 250


def load(url: str, folder: Path) -> int:
    """Import every source of the region; how many resources were stored. Raises RuntimeError when one was refused."""
    made = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Made)
    asyncio.run(register(url, [folder / source["registration"] for source in made.sources]))
    stored = 0
    for source in made.sources:
        report = importer.run(url, source["name"], folder / source["path"], rejects=folder / "rejects" / source["name"])
        if report.rejects:
            raise RuntimeError(f"{source['name']}: {report.counts['refused']} records were refused, see {report.rejects}")
        stored += report.counts["resources"]
    return stored
