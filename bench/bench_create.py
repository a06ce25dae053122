"""Creating Observations and Patients one at a time over HTTP: validated, decided by the law, indexed, logged, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.figure import Figure
from bench.resources import observation, patient
from bench.room import Room
from kedja.exactjson import dumps


def measure(room: Room) -> Iterator[Figure]:
    service, random = room.service, Random(4)
    ids = [one["id"] for one in service.patients]
    bodies = [dumps(observation(random, random.choice(ids))) for _ in range(5000)]
    requests = [service.address.request("POST", "/fhir/Observation", body) for body in bodies]
    for clients in (1, 8, 32):
        yield service.measure("create Observation", requests, clients)
    bodies = [dumps(patient(random)) for _ in range(1000)]
    requests = [service.address.request("POST", "/fhir/Patient", body) for body in bodies]
    yield service.measure("create Patient", requests, 32)
