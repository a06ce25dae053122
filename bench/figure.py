"""A figure: several runs of one measurement, and what a single request in them took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """`runs` in `unit`: one with `/s` is better when it is more, any other when it is less.

    `latencies`: milliseconds of single requests, ascending. `cpu`: microseconds of the server and of the database for each
    unit of work, (0, 0) where it is not told.
    """

    name: str
    unit: str
    runs: tuple[float, ...]
    latencies: Sequence[float] = ()
    cpu: tuple[float, float] = (0, 0)

    @property
    def median(self) -> float:
        return median(self.runs)

    def latency(self, share: float) -> float | None:
        """Milliseconds within which this share of the requests was answered."""
        if not self.latencies:
            return None
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


def microseconds_each(name: str, work: Callable[[Any], object], items: Sequence[Any], runs: int = RUNS) -> Figure:
    """How long `work` takes with one item, when it has met all of them before."""
    for item in items:
        work(item)
    times: list[float] = []
    for _ in range(runs):
        start = perf_counter()
        for item in items:
            work(item)
        times.append((perf_counter() - start) / len(items) * 1e6)
    return Figure(name, "µs", tuple(times))
