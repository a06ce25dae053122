"""The definitions that this process goes by, kept as the store has them. They are about nobody: no law is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kedja.definitions import Definitions, current, install
from kedja.gate.door import Door
from kedja.store.definitions import watching


async def refresh(door: Door) -> Definitions:
    """Go by what the store has now."""
    found = await door.definitions.read(door.store)
    if found is not current():
        install(found)
    return found


@asynccontextmanager
async def kept(door: Door, database_url: str) -> AsyncIterator[None]:
    """While open, this process goes by what the store has, whichever process changed it."""
    async with watching(database_url, lambda: refresh(door)):
        yield
