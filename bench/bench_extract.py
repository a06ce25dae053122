"""How long it takes to extract the index of one resource, for each type."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figure import Figure, microseconds_each
from bench.room import Room
from kedja import exactjson
from kedja.search.extract import extract

SAMPLE = 300


def measure(room: Room) -> Iterator[Figure]:
    for name, bodies in room.samples(SAMPLE):
        yield microseconds_each(f"extract {name}", extract, [exactjson.loads(body) for body in bodies])
