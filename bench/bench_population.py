"""How fast a population is written, on one core."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

from bench.figure import Figure
from bench.room import Room
from kedja.testbed.population import population

PERSONS, RUNS = 1000, 3


def measure(room: Room) -> Iterator[Figure]:
    rates: list[float] = []
    for _ in range(RUNS):
        start = process_time()
        population(PERSONS, 1, room.folder / "population")
        rates.append(PERSONS / (process_time() - start))
    yield Figure("persons of a population written, on one core", "/s", tuple(rates))
