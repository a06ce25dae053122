"""Transaction bundles of 250 new Observations over HTTP. The figure is resources a second, the latency that of a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.figure import Figure
from bench.resources import bundle, observation
from bench.room import Room

ENTRIES = 250


def measure(room: Room) -> Iterator[Figure]:
    service, random = room.service, Random(5)
    ids = [one["id"] for one in service.patients]
    bodies = [bundle([observation(random, random.choice(ids)) for _ in range(ENTRIES)]) for _ in range(20)]
    requests = [service.address.request("POST", "/fhir", body) for body in bodies]
    for clients in (1, 4):
        yield service.measure("resources in transactions", requests, clients, work=ENTRIES)
