"""The service as it is served: Granian's workers over HTTP, with law, validation and log, and a clinician who asks."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from random import Random

import psutil
import uvloop

from bench.client import Address, Load, drive, line
from bench.figure import RUNS, Figure
from bench.resources import Resource, bundle, observation, patient
from kedja.access.actor import Actor, Assignment, Kind, Purpose
from kedja.config import Config
from kedja.serve import Child, answers
from kedja.signin.secret import signing_secret
from kedja.signin.tokens import mint
from kedja.store import embedded

PATIENTS, EACH = 200, 100
SECONDS, WARM = 2.0, 0.7  # of one run, and before the first
_CLINIC = Assignment(
    "bench", Purpose.CARE, "SE2399999998-0001", "SE2399999998-1001", ("Läsa;alla;SJF", "Skriva;alla;VE"), "Provider", "Clinic"
)
CLINICIAN = Actor("bench", Kind.PROFESSIONAL, "Clinician", "Läkare", hsa_id="SE2399999998-b001", assignment=_CLINIC)


@dataclass(slots=True)
class Service:
    """A running service and what the clinician's clinic keeps in it."""

    address: Address
    web: psutil.Process
    database: psutil.Process
    patients: list[Resource] = field(default_factory=list[Resource])
    observations: list[Resource] = field(default_factory=list[Resource])

    def measure(self, name: str, requests: list[bytes], clients: int, *, work: int = 1) -> Figure:
        """The rate at which these requests, over and over, are answered; `work` is the units of work in each."""
        endless = cycle(requests)
        uvloop.run(drive(self.address, endless, clients, WARM))
        before = self.cpu()
        loads = [uvloop.run(drive(self.address, endless, clients, SECONDS)) for _ in range(RUNS)]
        spent = [now - then for now, then in zip(self.cpu(), before)]
        return _figure(f"{name}, {clients} {'client' if clients == 1 else 'clients'}", loads, spent, work)

    def cpu(self) -> list[float]:
        """Seconds of processor time that the server and the database have taken."""
        return [_seconds(process) for process in (self.web, self.database)]


def _seconds(process: psutil.Process) -> float:
    times = [member.cpu_times() for member in (process, *process.children(recursive=True))]
    ended = process.cpu_times()
    return sum(one.user + one.system for one in times) + ended.children_user + ended.children_system


def _figure(name: str, loads: list[Load], spent: list[float], work: int) -> Figure:
    rates = tuple(len(load.latencies) * work / load.seconds for load in loads)
    latencies = sorted(latency for load in loads for latency in load.latencies)
    web, database = (seconds / (len(latencies) * work) * 1e6 for seconds in spent)
    return Figure(name, "/s", rates, latencies, (web, database))


@contextmanager
def started(home: Path, url: str, postgres: embedded.Server, worker: str = "kedja.worker") -> Iterator[Service]:
    """Serve the database at `url`, filled with what the clinic keeps, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = replace(Config(), home=home, port=port, database_url=url, client_ids="any")
    child = Child(worker, config)
    child.start()
    try:
        while not answers(config):
            if child.ended() is not None:
                raise RuntimeError("the service ended before it answered")
            time.sleep(0.05)
        assert child.process is not None
        token = mint(CLINICIAN, signing_secret(home, demo=config.demo), timedelta(hours=1))
        address = Address(config.host, port, token)
        service = Service(address, psutil.Process(child.process.pid), psutil.Process(postgres.process.pid))
        uvloop.run(_fill(service))
        yield service
    finally:
        child.stop()


async def _fill(service: Service) -> None:
    random = Random(1)
    service.patients = [patient(random, f"bench-{number}") for number in range(PATIENTS)]
    ids = [one["id"] for one in service.patients]
    service.observations = [observation(random, id, f"{id}-{number}") for number in range(EACH) for id in ids]
    one = await line(service.address)
    for group in (service.patients, *(service.observations[n : n + 500] for n in range(0, PATIENTS * EACH, 500))):
        status, body = await one.ask(service.address.request("POST", "/fhir", bundle(group)))
        if status != 200:
            raise RuntimeError(f"the clinic's data was not stored, {status}: {body[:500].decode(errors='replace')}")
    one.writer.close()
