"""What is done again and again in the background while a service is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from kedja.gate.races import RACES

log = logging.getLogger(__name__)


@asynccontextmanager
async def repeated(work: Callable[[], Awaitable[object]], every: float, what: str) -> AsyncIterator[None]:
    """While open, `work` is done each `every` seconds, the first time after as long. What stops it once is logged as of `what`,
    and does not stop the next."""
    task = asyncio.create_task(_forever(work, every, what))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _forever(work: Callable[[], Awaitable[object]], every: float, what: str) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await work()
        except RACES:
            log.info("%s: another process was first", what)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            log.warning("%s: waits for the database: %s", what, error)
        except Exception:
            log.exception("%s: failed, and is tried again later", what)
