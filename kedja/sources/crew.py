"""The worker processes of an import and the threads that feed them: bounded, in order for each worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from queue import Queue
from types import TracebackType
from typing import Final

from kedja.config import CannotRun
from kedja.sources.worker import Item, Task, main, serve

BATCH: Final = 500
BATCH_BYTES: Final = 4 * 1024 * 1024
_AHEAD: Final = 2  # batches that wait for a worker
Counts = Mapping[str, int]


class ImportStopped(CannotRun):
    """A worker ended before its work did. What is settled is settled: the same import goes on from there."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The import stopped: {why}. What was settled is kept: run the same import again.")


class _Process:
    """A worker in a process of its own."""

    def __init__(self, pipe: Pipe, task: Task) -> None:
        self._process = get_context("spawn").Process(target=main, args=(pipe, task), daemon=True, name="kedja-import")
        self._process.start()
        pipe.close()

    def end(self) -> str:
        self._process.join()
        return f"exit code {self._process.exitcode}"


class _Thread:
    """A worker in this process, for a delivery that is over before another process had started."""

    def __init__(self, pipe: Pipe, task: Task) -> None:
        self._failure = ""
        self._thread = threading.Thread(target=self._serve, args=(pipe, task), daemon=True, name="kedja-import")
        self._thread.start()

    def _serve(self, pipe: Pipe, task: Task) -> None:
        try:
            serve(pipe, task)
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
        finally:
            pipe.close()

    def end(self) -> str:
        self._thread.join()
        return self._failure


class _Member:
    """One worker, the batch that is being filled for it, and the thread that hands batches over."""

    def __init__(self, task: Task, hear: Callable[[Counts], None], own_process: bool) -> None:
        self._pipe, theirs = get_context("spawn").Pipe()
        self._worker = _Process(theirs, task) if own_process else _Thread(theirs, task)
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
        self._worker.end()

    def _hand_over(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self.failure is None:
                self._settle(self._pipe, batch)
            self._queue.task_done()
        self._queue.task_done()

    def _settle(self, pipe: Pipe, batch: list[Item]) -> None:
        try:
            pipe.send(batch)
            answer = pipe.recv()
        except (EOFError, OSError):
            self.failure = ImportStopped(f"a worker ended, {self._worker.end()}")
            return
        if isinstance(answer, str):
            self.failure = ImportStopped(answer)
        else:
            self._hear(answer)


class Crew:
    """Worker processes, or one thread where `workers` is 0; `hear` gets the counts of each settled batch."""

    def __init__(self, task: Callable[[int], Task], workers: int, hear: Callable[[Counts], None]) -> None:
        self._lock = threading.Lock()
        self._hear = hear
        self._members = [_Member(task(n), self._heard, own_process=workers > 0) for n in range(max(1, workers))]

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
