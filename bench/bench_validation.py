"""How long it takes to decode and to validate one resource, for each type."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figure import Figure, microseconds_each
from bench.room import Room
from kedja import exactjson
from kedja.validation import validate

SAMPLE = 300


def measure(room: Room) -> Iterator[Figure]:
    for name, bodies in room.samples(SAMPLE):
        resources = [exactjson.loads(body) for body in bodies]
        yield microseconds_each(f"decode {name}", exactjson.loads, bodies)
        yield microseconds_each(f"validate {name}", validate, resources)
