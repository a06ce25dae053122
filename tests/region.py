"""The demo region in a test's own database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kedja.gate import Door
from kedja.sources import importer
from kedja.store.pool import connect


async def load(database_url: str, folder: Path, sources: Sequence[Mapping[str, Any]]) -> None:
    """Register and import every source of a generated region; nothing may be refused."""
    door = Door(await connect(database_url, size=2))
    for source in sources:
        await importer.add_source(door, folder / source["registration"])
    await door.store.pool.close()
    for source in sources:
        rejects = folder / f"rejects-{source['name']}.ndjson"
        await asyncio.to_thread(importer.run, database_url, source["name"], folder / source["path"], rejects=rejects, workers=1)
        assert not rejects.exists(), rejects.read_text()[:500]
