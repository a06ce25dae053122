"""`python -m bench.law_cost`: what the law adds to reads and searches, over the same queries under a condition that permits all.

Two servers over one store, both with everybody's log, asked in turn by eight clients, so that both meet the same moments of the
machine. What is compared is processor time for each request, of the server and of the database together, and the rate.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from random import Random
from statistics import median

import uvloop

from bench.bench_search import CLIENTS, searches
from bench.client import drive
from bench.room import Room, room
from bench.service import Service, started

RUNS, SECONDS, MOST = 9, 1.5, 0.15


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of the runs: microseconds of processor time for each request, and requests a second, with the law and without."""

    name: str
    micros: tuple[float, float]
    rates: tuple[float, float]

    @property
    def more(self) -> float:
        """How much more processor time with the law: 0.1 is a tenth."""
        return self.micros[0] / self.micros[1] - 1

    def row(self) -> str:
        law, without = self.micros
        return (
            f"| {self.name:<44} | {law:8.0f} | {without:8.0f} | {self.more:+7.1%} | {self.rates[0]:8.0f} | {self.rates[1]:8.0f} |"
        )


def _paths(service: Service) -> Iterator[tuple[str, list[str]]]:
    kept = service.patients + Random(2).sample(service.observations, 2000)
    yield "read by id", [f"{one['resourceType']}/{one['id']}" for one in kept]
    yield from searches(service)


def _run(service: Service, paths: Sequence[str]) -> tuple[float, float]:
    """(microseconds of processor time for each request, requests a second) of one run."""
    requests = cycle([service.address.request("GET", f"/fhir/{path}") for path in paths])
    before = sum(service.cpu())
    load = uvloop.run(drive(service.address, requests, CLIENTS, SECONDS))
    return (sum(service.cpu()) - before) / len(load.latencies) * 1e6, len(load.latencies) / load.seconds


def measure(shared: Room) -> Iterator[Cost]:
    url = shared.database()
    with ExitStack() as stack:
        law = stack.enter_context(started(shared.folder / "service", url, shared.postgres))
        free = stack.enter_context(started(shared.folder / "service", url, shared.postgres, worker="bench.all_permitting"))
        for name, paths in _paths(law):
            for side in (law, free):  # to warm up
                _run(side, paths)
            runs = [(_run(law, paths), _run(free, paths)) for _ in range(RUNS)]
            micros = tuple(median(run[side][0] for run in runs) for side in (0, 1))
            rates = tuple(median(run[side][1] for run in runs) for side in (0, 1))
            yield Cost(name, (micros[0], micros[1]), (rates[0], rates[1]))


def main() -> int:
    print(f"| {'measured':<44} | law, µs  | all, µs  | more    | law, /s  | all, /s  |", flush=True)
    with room() as shared:
        costs = [_told(cost) for cost in measure(shared)]
    within = [cost for cost in costs if cost.more <= MOST]
    print(f"{len(within)} of {len(costs)} within {MOST:.0%}")
    return 0 if len(within) == len(costs) else 1


def _told(cost: Cost) -> Cost:
    print(cost.row(), flush=True)
    return cost


if __name__ == "__main__":
    sys.exit(main())
