"""Reading Observations and Patients by id over HTTP, with the law asked and the look logged."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.figure import Figure
from bench.room import Room


def measure(room: Room) -> Iterator[Figure]:
    service = room.service
    kept = service.patients + Random(2).sample(service.observations, 4000)
    requests = [service.address.request("GET", f"/fhir/{one['resourceType']}/{one['id']}") for one in kept]
    Random(3).shuffle(requests)
    for clients in (1, 8, 32):
        yield service.measure("read by id", requests, clients)
