"""SIGKILL of any process at any moment, while clients read: no byte of a record left the server without its row in the log."""

from __future__ import annotations

import asyncio
import random
import signal
from datetime import timedelta

import asyncpg
import httpx

from kedja.signin.secret import signing_secret
from kedja.signin.tokens import mint
from kedja.store import embedded
from tests.fhir.service import CLINIC_DOCTOR, observation, patient
from tests.up.installation import Installation
from tests.up.test_kill import KILLED, WRITES, kill_now_and_then

READERS = 8
RECORDS = 20


class Readers:
    """Clients that read, search and follow history; of each answer that began with 200 the request is noted at once."""

    def __init__(self, installation: Installation, patient_id: str, observations: list[str]) -> None:
        self.installation = installation
        self.acknowledged: list[str] = []
        self.paths = [f"/fhir/Observation/{id}" for id in observations]
        self.paths += [f"/fhir/Observation?patient={patient_id}&_count=3", f"/fhir/Patient/{patient_id}/$everything"]
        self.paths += [f"/fhir/Observation/{id}/_history" for id in observations[:3]]

    async def run(self, number: int, headers: dict[str, str]) -> None:
        seed = random.Random(number)
        async with httpx.AsyncClient(base_url=self.installation.url, headers=headers, timeout=30) as client:
            while len(self.acknowledged) < WRITES:
                try:
                    async with client.stream("GET", seed.choice(self.paths)) as answer:
                        if answer.status_code == 200:
                            self.acknowledged.append(answer.headers["x-request-id"])
                        else:
                            await asyncio.sleep(0.05)
                        await answer.aread()
                except httpx.TransportError:
                    await asyncio.sleep(0.05)


async def test_no_byte_left_the_server_without_its_row_in_the_log(installation: Installation) -> None:
    installation.start()
    installation.ready()
    token = mint(CLINIC_DOCTOR, signing_secret(installation.home, demo=False), timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    async with httpx.AsyncClient(base_url=installation.url, headers=headers, timeout=30) as client:
        id = (await client.post("/fhir/Patient", json=patient("195803142388"))).json()["id"]
        made = [await client.post("/fhir/Observation", json=observation(id, 30 + n)) for n in range(RECORDS)]
    readers = Readers(installation, id, [one.json()["id"] for one in made])
    reading = asyncio.gather(*(readers.run(n, headers) for n in range(READERS)))
    killed = await kill_now_and_then(installation, readers)
    await reading
    assert set(KILLED) <= set(killed)
    installation.running.send_signal(signal.SIGKILL)
    installation.running.wait(10)
    installation.until_port_is_free()
    installation.start()
    installation.ready()
    conn = await asyncpg.connect(embedded.database_url(installation.home))
    rows = await conn.fetch("SELECT DISTINCT request FROM access_log WHERE person <> 0 AND decision = 'permit'")
    await conn.close()
    assert len(readers.acknowledged) >= WRITES
    assert set(readers.acknowledged) <= {row["request"] for row in rows}
