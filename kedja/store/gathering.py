"""Calls that are in flight at once, run as one: what costs is the round trip and the commit, not the row.

A call that finds nothing under way starts at once, so that one client alone waits for nobody. Those that come while one runs
are gathered, and run together when it has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Answer = TypeVar("Answer")

_MOST: Final = 64  # calls that are run as one


@dataclass(slots=True)
class _Waiting(Generic[Item, Answer]):
    items: list[tuple[Item, asyncio.Future[Answer]]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Gathering(Generic[Key, Item, Answer]):
    """`run(key, items)` gives an answer for each item, in order; items of one key may be run together.

    When it fails for several, each is run by itself: what is wrong with one is no matter of the others.
    """

    run: Callable[[Key, Sequence[Item]], Awaitable[Sequence[Answer]]]
    most: int = _MOST
    waiting: dict[Key, _Waiting[Item, Answer]] = field(default_factory=dict)
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, key: Key, item: Item) -> Answer:
        """The answer for this item, or what `run` raises for it alone."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        under_way = self.waiting.get(key)
        if under_way is None:
            self.waiting[key] = _Waiting([(item, future)])
            task = loop.create_task(self._serve(key))
            self.running.add(task)
            task.add_done_callback(self.running.discard)
        else:
            under_way.items.append((item, future))
        return await future

    async def _serve(self, key: Key) -> None:
        """Run what waits until nothing does."""
        waiting = self.waiting[key]
        try:
            while waiting.items:
                batch, waiting.items = waiting.items[: self.most], waiting.items[self.most :]
                batch = [(item, future) for item, future in batch if not future.done()]  # nobody waits for the others any more
                await self._answer(key, batch)
        finally:
            del self.waiting[key]
            for _, future in waiting.items:
                future.cancel()

    async def _answer(self, key: Key, batch: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        if not batch:
            return
        try:
            answers = await self.run(key, [item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._answer(key, [one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
