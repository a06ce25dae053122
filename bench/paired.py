"""`python -m bench.paired COMMIT`: this tree and an earlier commit, in turn over one store: both meet the same moments.

On a machine that others use too, rates of two days say more of the others than of the two commits. Here each side serves for
a second while the other waits, `ROUNDS` times; what is told is the median of the processor time for each request and its ratio.
Both must work on the schema that this tree has.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, chdir
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median

import uvloop

from bench.bench_search import CLIENTS, searches
from bench.client import Address, drive
from bench.resources import bundle, observation, patient
from bench.room import Room, room
from bench.service import Service, started
from kedja.exactjson import dumps

ROUNDS, SECONDS = 5, 1.0
_HERE = Path(__file__).parents[1]
Cost = tuple[float, float, float]  # microseconds of the server and of the database for each request or resource; a second


def works(service: Service, address: Address) -> Iterator[tuple[str, int, int, list[bytes]]]:
    """Name, clients, units of work in each request, and the requests."""
    random = Random(7)
    ids = [one["id"] for one in service.patients]
    kept = Random(2).sample(service.observations, 2000)
    reads = [address.request("GET", f"/fhir/Observation/{one['id']}") for one in kept]
    observations = [dumps(observation(random, random.choice(ids))) for _ in range(2000)]
    creates = [address.request("POST", "/fhir/Observation", body) for body in observations]
    patients = [address.request("POST", "/fhir/Patient", dumps(patient(random))) for _ in range(1000)]
    bundles = [bundle([observation(random, random.choice(ids)) for _ in range(250)]) for _ in range(10)]
    transactions = [address.request("POST", "/fhir", body) for body in bundles]
    for clients in (1, 8, 32):
        yield "read by id", clients, 1, reads
    for clients in (1, 8, 32):
        yield "create Observation", clients, 1, creates
    yield "create Patient", 32, 1, patients
    yield "resources in transactions", 4, 250, transactions
    for name, paths in searches(service):
        yield name, CLIENTS, 1, [address.request("GET", f"/fhir/{path}") for path in paths]


def _run(service: Service, requests: Iterator[bytes], clients: int, work: int) -> Cost:
    before = service.cpu()
    load = uvloop.run(drive(service.address, requests, clients, SECONDS))
    number = len(load.latencies) * work
    web, database = (1e6 * (now - then) / number for now, then in zip(service.cpu(), before))
    return web, database, number / load.seconds


def _unpacked(commit: str, within: Path) -> Path:
    """A folder with the program of a commit; what is started in it imports from it."""
    packed = subprocess.run(["git", "archive", commit, "kedja"], cwd=_HERE, capture_output=True, check=True).stdout
    folder = within / "earlier"
    with tarfile.open(fileobj=io.BytesIO(packed)) as tree:
        tree.extractall(folder, filter="data")
    return folder


def measure(shared: Room, commit: str, words: Sequence[str]) -> Iterator[str]:
    url, home = shared.database(), shared.folder / "service"
    with ExitStack() as stack:
        now = stack.enter_context(started(home, url, shared.postgres))
        with chdir(_unpacked(commit, shared.folder)):
            then = stack.enter_context(started(home, url, shared.postgres))
        asked = list(works(now, now.address)), list(works(then, then.address))
        for (name, clients, work, mine), (_, _, _, theirs) in zip(*asked):
            if words and not any(word in name for word in words):
                continue
            sides = ((then, cycle(theirs)), (now, cycle(mine)))
            runs = [[_run(service, requests, clients, work) for service, requests in sides] for _ in range(ROUNDS + 1)][1:]
            yield _row(f"{name}, {clients}", *([median(run[side][n] for run in runs) for n in range(3)] for side in (0, 1)))


def _row(name: str, then: list[float], now: list[float]) -> str:
    times = f"{then[0]:7.0f} + {then[1]:5.0f} | {now[0]:7.0f} + {now[1]:5.0f}"
    ratio = (now[0] + now[1]) / (then[0] + then[1])
    return f"| {name:<44} | {times} | {ratio:5.2f} | {then[2]:7.0f} | {now[2]:7.0f} | {os.getloadavg()[0]:4.0f} |"


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.paired", description="This tree beside an earlier commit.")
    parser.add_argument("commit")
    parser.add_argument("words", nargs="*", help="measure that alone whose name has one of these")
    given = parser.parse_args()
    print(
        f"| {'measured, clients':<44} | then, µs server + db | now, µs server + db | ratio | then /s | now /s  | load |",
        flush=True,
    )
    with room() as shared:
        for row in measure(shared, given.commit, given.words):
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
