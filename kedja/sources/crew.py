"""The worker processes of an import and the threads that feed them: bounded, in order for each worker."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from queue import Queue
from types import TracebackType
from typing import Final

from kedja.sources.worker import Item, Task, main

BATCH: Final = 500
BATCH_BYTES: Final = 4 * 1024 * 1024
_AHEAD: Final = 2  # batches that wait for a worker
Counts = Mapping[str, int]


class ImportStopped(Exception):
    """A worker ended before its work did. What is settled is settled: the same import goes on from there."""


class _Member:
    """One worker: its process, the batch that is being filled for it, and the thread that hands batches over."""

    def __init__(self, task: Task, hear: Callable[[Counts], None]) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=main, args=(theirs, task), daemon=True, name="kedja-import")
        self._process.start()
        theirs.close()
        self._hear = hear
        self._batch: list[Item] = []
        self._bytes = 0
        self._queue: Queue[list[Item] | None] = Queue(_AHEAD)
        self.failure: ImportStopped | None = None
        self._thread = threading.Thread(target=self._hand_over, daemon=True)
        self._thread.start()

    def give(self, item: Item) -> None:
        self._batch.append(item)
        self._bytes += len(item.payload) if isinstance(item.payload, bytes) else 500
        if len(self._batch) >= BATCH or self._bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self.failure:
            raise self.failure
        if self._batch:
            self._queue.put(self._batch)
            self._batch, self._bytes = [], 0

    def wait(self) -> None:
        self._queue.join()
        if self.failure:
            raise self.failure

    def stop(self) -> None:
        """Let it finish the batch that it has, and end."""
        self._queue.put(None)
        self._thread.join()
        self._pipe.close()
        self._process.join()

    def _hand_over(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self.failure is None:
                self._settle(self._pipe, batch)
            self._queue.task_done()
        self._queue.task_done()

    def _settle(self, pipe: Pipe, batch: list[Item]) -> None:
        try:
            pipe.send(batch)
            self._hear(pipe.recv())
        except (EOFError, OSError):
            self._process.join()
            self.failure = ImportStopped(
                f"an import worker ended (exit code {self._process.exitcode}); what it settled is kept: run the same import again"
            )


class Crew:
    """Worker processes, one for each core but at least two; `hear` gets the counts of each settled batch."""

    def __init__(self, task: Callable[[int], Task], workers: int | None, hear: Callable[[Counts], None]) -> None:
        self._lock = threading.Lock()
        self._hear = hear
        number = workers or max(2, os.cpu_count() or 2)
        self._members = [_Member(task(n), self._heard) for n in range(number)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for member in self._members:
            member.stop()

    def give(self, group: int, item: Item) -> None:
        """Hand a record to the worker of its group. Raises ImportStopped."""
        self._members[group % len(self._members)].give(item)

    def wait(self) -> None:
        """Until everything that was given is settled. Raises ImportStopped."""
        for member in self._members:
            member.flush()
        for member in self._members:
            member.wait()

    def _heard(self, counts: Counts) -> None:
        with self._lock:
            self._hear(counts)
