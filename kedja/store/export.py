"""What an export takes, as it stood at one moment, and the rows of the access log that tell of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from asyncpg import Connection, Record

from kedja.store.pool import Store, connection
from kedja.store.queries import sql

_AHEAD: Final = 500  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to take: empty `types` are all, `since` None is always, `persons` None is everybody's and nobody's."""

    types: Sequence[str] = ()
    since: datetime | None = None
    persons: Sequence[int] | None = None

    @property
    def is_backup(self) -> bool:
        """Whether it is of everybody and of every type, so that all can be built from it again."""
        return not self.types and self.persons is None


@dataclass(frozen=True, slots=True)
class Taking:
    """An export under way: all that it reads is of one moment."""

    conn: Connection
    wanted: Wanted

    async def types(self) -> list[str]:
        """The types of which there is something to take, by name."""
        return [row["type"] for row in await self.conn.fetch(sql("export_types"), *self._which())]

    async def bodies(self, resource_type: str) -> AsyncIterator[tuple[str, int]]:
        """The stored text and the labels of each resource of this type, in the order in which they were first stored."""
        rows = self.conn.cursor(sql("export_bodies"), resource_type, *self._which()[1:], prefetch=_AHEAD)
        async for row in rows:
            yield cast("tuple[str, int]", tuple(cast(Record, row)))

    async def log(self, actor: int, request: str) -> int:
        """A row for each person of whom something is taken; how many rows there are."""
        return cast(int, await self.conn.fetchval(sql("export_log"), *self._which(), actor, request))

    def _which(self) -> tuple[object, ...]:
        return list(self.wanted.types), self.wanted.since, self.wanted.persons


@asynccontextmanager
async def taking(store: Store, wanted: Wanted) -> AsyncIterator[Taking]:
    """The log rows are kept when the block ends, and not when it fails."""
    async with connection(store) as conn, conn.transaction(isolation="repeatable_read"):
        yield Taking(conn, wanted)
