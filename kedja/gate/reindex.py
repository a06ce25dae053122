"""The index kept as the program and its definitions want it: in the background of the service, or by a command.

It is about all resources whoever they are about, and shows none of them to anybody: no law is asked, and no log row left.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import monotonic
from typing import Any, Final

import asyncpg
from asyncpg import Connection

from kedja.gate.definitions import refresh
from kedja.gate.door import Door
from kedja.search import indexed as indexing_state
from kedja.search.extract import Index, extract
from kedja.search.indexed import VERSION, Indexed, Run, State, unfinished, wanted
from kedja.search.parameters import stamp
from kedja.store import reindex as store
from kedja.store.pool import connection

BATCH: Final = 100  # resources in one transaction
_AGAIN: Final = 1.0  # seconds between looks while something is unfinished or may have changed
_SELDOM: Final = 30.0  # seconds between looks where nothing has changed
_GRACE: Final = 2.0  # seconds that the other processes have to go by a new definition before resources are indexed for it
_LOG: Final = logging.getLogger(__name__)
Tell = Callable[[str, int, int], None]  # type, done, total


@asynccontextmanager
async def indexing(door: Door, base: str) -> AsyncIterator[None]:
    """While open, this process knows how far the index is, and one of all processes indexes what is unfinished."""
    await refresh(door)
    await _look(door)
    task = asyncio.create_task(_keep(door, base))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        indexing_state.install(None)


async def _keep(door: Door, base: str) -> None:
    known, looked = stamp(), monotonic()
    while True:
        await asyncio.sleep(_AGAIN)
        changed, known = known != stamp(), stamp()
        if not (changed or _is_unfinished or monotonic() - looked > _SELDOM):
            continue
        looked = monotonic()
        try:
            if unfinished(await _look(door)):
                await asyncio.sleep(_GRACE)
                await _in_turn(door, base)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _LOG.warning("indexing anew waits for the database: %s", error)
        except Exception:
            _LOG.exception("indexing anew failed; it is tried again in %s seconds", _SELDOM)
            await asyncio.sleep(_SELDOM)


_is_unfinished = True


async def _look(door: Door) -> State:
    """Read how far the index is, and go by it."""
    global _is_unfinished
    async with connection(door.store) as conn:
        state = await store.state(conn)
    indexing_state.install(state)
    _is_unfinished = bool(unfinished(state))
    return state


async def _in_turn(door: Door, base: str) -> None:
    """Unless another process does, index what is unfinished; as much time goes to everything else as to this."""
    async with connection(door.store) as conn, store.alone(conn, wait=False) as got:
        if got:
            await _finish(door, conn, base, lambda *_: None, share=0.5)


async def reindex(door: Door, base: str, tell: Tell, types: Collection[str] = ()) -> int:
    """Index all resources of these types anew, or go on where that was ended; without types what is unfinished.

    How many resources were done. Waits while another process indexes.
    """
    async with connection(door.store) as conn, store.alone(conn, wait=True):
        state = await store.state(conn)
        await store.keep(conn, {name: replace(state.of(name), run=await _begin(conn, name)) for name in types})
        return await _finish(door, conn, base, tell, share=1.0)


async def _finish(door: Door, conn: Connection, base: str, tell: Tell, *, share: float) -> int:
    done = 0
    await refresh(door)
    held = await store.held_types(conn)
    state = await _look(door)
    todo = unfinished(state)
    await store.keep(conn, {name: _whole(name) for name in todo if name not in held})
    for name in todo:
        if name in held:
            done += await _type(conn, name, state.of(name), base, tell, share)
            await _look(door)
    await _look(door)
    return done


def _whole(name: str) -> Indexed:
    return Indexed(VERSION, wanted(name))


async def _begin(conn: Connection, name: str) -> Run:
    return Run(VERSION, wanted(name), total=await store.count(conn, name))


async def _type(conn: Connection, name: str, indexed: Indexed, base: str, tell: Tell, share: float) -> int:
    """Go through all resources of a type, from where it was left."""
    run = indexed.run
    if run is None or run.version != VERSION or run.parameters != wanted(name):
        run = await _begin(conn, name)
    began_with = run.done

    def index_of(resource: dict[str, Any]) -> Index:
        return extract(resource, base)

    while True:
        started = monotonic()
        rows = await store.batch(conn, name, run.after, BATCH)
        if not rows:
            break
        run = replace(run, after=rows[-1]["key"], done=run.done + len(rows))
        await store.store(conn, rows, index_of, name, replace(indexed, run=run))
        tell(name, run.done, max(run.total, run.done))
        await asyncio.sleep((monotonic() - started) * (1 / share - 1))
    await store.keep(conn, {name: Indexed(run.version, _still(name, run.parameters))})
    return run.done - began_with


def _still(name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Without those that were taken away or changed meanwhile."""
    now = wanted(name)
    return {code: digest for code, digest in parameters.items() if now.get(code) == digest}
