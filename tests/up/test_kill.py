"""SIGKILL of any process at any moment: what was acknowledged is there, the log and the store agree, and all goes on."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import asyncpg
import httpx
import psutil

from kedja.signin.secret import signing_secret
from kedja.signin.tokens import mint
from kedja.store import embedded
from tests.fhir.service import CLINIC_DOCTOR, observation, patient
from tests.up.installation import Installation

WRITES = int(os.environ.get("KEDJA_KILL_WRITES", "300"))
WRITERS = 8
KILLS = max(6, WRITES // 500)
KILLED = ("supervisor", "web", "worker", "postmaster", "backend")


class Load(Protocol):
    """Clients at work, and what was acknowledged to them, up to `WRITES`."""

    acknowledged: list[str]


class Writers:
    """Clients that write one Observation after another, and note each that was acknowledged."""

    def __init__(self, installation: Installation, patient_id: str) -> None:
        self.installation = installation
        self.patient_id = patient_id
        self.acknowledged: list[str] = []
        self.refusals: Counter[int] = Counter()
        token = mint(CLINIC_DOCTOR, signing_secret(installation.home, demo=False), timedelta(hours=1))
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}

    async def write(self, client: httpx.AsyncClient, seed: random.Random) -> None:
        try:
            answer = await client.post("/fhir/Observation", json=observation(self.patient_id, seed.randrange(30, 90)))
        except httpx.TransportError:
            assert self.installation.running.poll() in (None, -signal.SIGKILL), self.installation.log.read_text()
            await asyncio.sleep(0.05)
            return
        if answer.status_code == 201:
            self.acknowledged.append(answer.json()["id"])
        else:
            self.refusals[answer.status_code] += 1
            await asyncio.sleep(0.05)

    async def run(self, number: int) -> None:
        seed = random.Random(number)
        async with httpx.AsyncClient(base_url=self.installation.url, headers=self.headers, timeout=30) as client:
            while len(self.acknowledged) < WRITES:
                await self.write(client, seed)


def victim(installation: Installation, kind: str, seed: random.Random) -> psutil.Process | None:
    """A running process of this kind."""
    supervisor, *family = installation.processes()
    found = {
        "supervisor": [supervisor],
        "web": [one for one in family if one.ppid() == supervisor.pid and "kedja.worker" in one.cmdline()],
        "postmaster": [one for one in family if one.ppid() == supervisor.pid and one.name() == "postgres"],
    }
    found["worker"] = [one for one in family if found["web"] and one.ppid() == found["web"][0].pid]
    found["backend"] = [one for one in family if found["postmaster"] and one.ppid() == found["postmaster"][0].pid]
    return seed.choice(found[kind]) if found[kind] else None


async def kill_now_and_then(installation: Installation, load: Load) -> list[str]:
    """Kill one process after another, spread over the load; start again what nobody watches over."""
    seed = random.Random(2026)
    killed: list[str] = []
    for number in range(KILLS):
        due = (number + seed.random()) * WRITES / KILLS
        while len(load.acknowledged) < min(due, WRITES - 1):
            await asyncio.sleep(0.005)
        kind = KILLED[number % len(KILLED)]
        try:
            process = victim(installation, kind, seed)
            if process is None:
                continue
            process.kill()
        except psutil.NoSuchProcess:
            continue
        killed.append(kind)
        if kind == "supervisor":
            installation.running.wait(10)
            installation.until_port_is_free()
            installation.start()
    return killed


async def test_no_acknowledged_write_is_missing_after_kills(installation: Installation) -> None:
    installation.start()
    installation.ready()
    first = Writers(installation, "")
    async with httpx.AsyncClient(base_url=installation.url, headers=first.headers, timeout=30) as client:
        made = await client.post("/fhir/Patient", json=patient("195803142388"))
        assert made.status_code == 201, made.text
    writers = Writers(installation, made.json()["id"])
    writing = asyncio.gather(*(writers.run(n) for n in range(WRITERS)))
    killed = await kill_now_and_then(installation, writers)
    await writing
    assert set(KILLED) <= set(killed)
    installation.running.send_signal(signal.SIGKILL)
    installation.running.wait(10)
    installation.until_port_is_free()
    installation.start()
    installation.ready()
    conn = await asyncpg.connect(embedded.database_url(installation.home))
    stored = {row["id"] for row in await conn.fetch("SELECT id FROM resource WHERE type = 'Observation'")}
    logged = await conn.fetch(
        "SELECT split_part(what, '/', 2) AS id FROM access_log, unnest(resources) AS what"
        " WHERE action = 'create' AND what LIKE 'Observation/%'"
    )
    await conn.close()
    assert len(writers.acknowledged) >= WRITES
    assert set(writers.acknowledged) <= stored
    assert Counter(row["id"] for row in logged) == dict.fromkeys(stored, 1)
    assert set(writers.refusals) <= {503}, faults(installation)


def faults(installation: Installation) -> str:
    """What the server called its own fault, with the last line of each reason."""
    text = installation.log.read_text()
    return "\n".join(re.findall(r"request \S+ failed\n(?:Traceback|[ ]).*(?:\n .*)*\n(\S.*)", text)) or text[-3000:]


async def test_server_that_outlived_its_kedja_is_stopped_and_started_anew(installation: Installation) -> None:
    installation.start()
    installation.ready()
    postmaster = victim(installation, "postmaster", random.Random(1))
    assert postmaster
    installation.stop(signal.SIGKILL)
    installation.until_port_is_free()
    assert postmaster.is_running()
    installation.start()
    installation.ready()
    await _ended(postmaster)
    assert "left running" in installation.log.read_text()


def test_pid_file_with_the_number_of_another_program_is_no_hindrance(installation: Installation) -> None:
    (installation.home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{installation.home}/postgres\n")
    installation.start()
    installation.ready()


def test_server_that_keeps_being_killed_is_given_up_with_a_sentence(installation: Installation) -> None:
    installation.start()
    installation.ready()
    deadline = time.monotonic() + 60
    while installation.running.poll() is None and time.monotonic() < deadline:
        try:
            process = victim(installation, "postmaster", random.Random(1))
            if process:
                process.kill()
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.2)
    assert installation.running.wait(10) == 1
    assert re.search("kedja: The database (keeps ending|could not start)", installation.log.read_text())


async def _ended(process: psutil.Process, patience: float = 30) -> None:
    """It gives up its place, and only then ends; nobody may have taken note yet."""
    for _ in range(int(patience / 0.05)):
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.05)
                continue
        return
    raise AssertionError(f"{process} still runs after {patience} s")
