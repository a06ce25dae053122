"""What one worker remembers of a person it never goes by once another worker has changed it: from the very next request on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from kedja.access.actor import Actor, Kind
from kedja.access.consents import block_consent, svod_consent
from kedja.access.specialise import tables_asked
from kedja.config import Config
from kedja.gate import shield
from kedja.gate.known import known, memory
from kedja.identity import Identifier
from kedja.search.parse import parse
from kedja.search.resolve import resolve
from kedja.serve import Child, answers
from kedja.signin.secret import signing_secret
from kedja.signin.tokens import mint
from kedja.store import person as persons
from tests.fhir.service import (
    CLINIC,
    CLINIC_DOCTOR,
    NORTH,
    SOUTH,
    SURGERY,
    SURGERY_DOCTOR,
    WARD_DOCTOR,
    Service,
    observation,
    patient,
    running,
    staff,
)
from tests.fhir.test_law import NOW, encounter
from tests.up.installation import free_port

NUMBER = "195802142389"


@pytest.fixture
async def both(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Service, Service]]:
    """Two applications over one store, each with a memory of its own."""
    async with running(database_url, tmp_path) as one, running(database_url, tmp_path) as other:
        yield one, other


async def codes(service: Service, actor: Actor, patient_id: str) -> int:
    """How many the actor finds, by a search and by a count, which agree."""
    found = await service.as_(actor).search(f"Observation?patient={patient_id}&_include=Observation:patient")
    seen = [one for one in found if one["resourceType"] == "Observation"]
    referred = {one["subject"]["reference"].removeprefix("Patient/") for one in seen}
    may_be_seen = {id for id in referred if await service.as_(actor).search(f"Patient?_id={id}")}
    assert {one["id"] for one in found if one["resourceType"] == "Patient"} == may_be_seen, "as the law has it of each alone"
    counted = await service.as_(actor)("GET", f"/fhir/Observation?patient={patient_id}&_summary=count")
    assert counted.json()["total"] == len(seen)
    return len(seen)


async def test_every_kind_of_fact_holds_from_the_next_request_of_the_other(both: tuple[Service, Service]) -> None:
    here, there = both
    clinic, surgery = here.as_(CLINIC_DOCTOR), here.as_(SURGERY_DOCTOR)
    known_as, same = (await clinic.create(patient(NUMBER)))["id"], (await surgery.create(patient(NUMBER)))["id"]
    await clinic.create(observation(known_as))
    me = await here.citizen(known_as)
    assert await codes(there, SURGERY_DOCTOR, same) == 0
    visit = await surgery.create(encounter(same))
    consent = await me.create(svod_consent(f"Patient/{known_as}", SOUTH, unit=SURGERY, dated=NOW, ends=NOW + timedelta(days=30)))
    assert await codes(there, SURGERY_DOCTOR, same) == 1
    block = await me.create(block_consent(f"Patient/{known_as}", NORTH, inner=False, dated=NOW))
    assert await codes(there, SURGERY_DOCTOR, same) == 0
    assert (await me("PUT", f"/fhir/Consent/{block['id']}", {**block, "status": "inactive"})).status_code == 200
    assert await codes(there, SURGERY_DOCTOR, same) == 1
    assert (await me("PUT", f"/fhir/Consent/{consent['id']}", {**consent, "status": "inactive"})).status_code == 200
    assert await codes(there, SURGERY_DOCTOR, same) == 0
    assert (await me("PUT", f"/fhir/Consent/{consent['id']}", consent)).status_code == 200
    assert await codes(there, SURGERY_DOCTOR, same) == 1
    ended = {**visit, "status": "finished", "period": {"start": "2020-01-01", "end": "2020-01-02"}}
    assert (await surgery("PUT", f"/fhir/Encounter/{visit['id']}", ended)).status_code == 200
    assert await codes(there, SURGERY_DOCTOR, same) == 0


async def test_two_persons_who_prove_to_be_one_are_one_from_the_next_request(both: tuple[Service, Service]) -> None:
    here, there = both
    clinic = here.as_(CLINIC_DOCTOR)
    reserve = Identifier("http://electronichealth.se/identifier/nationelltReservnummer", "KK581402GH15")
    one = (await clinic.create(patient(NUMBER)))["id"]
    two = (await clinic.create(patient()))["id"]
    await clinic.create(observation(one))
    await clinic.create(observation(two))
    assert (await codes(there, CLINIC_DOCTOR, one), await codes(there, CLINIC_DOCTOR, two)) == (1, 1)
    number = Identifier("http://electronichealth.se/identifier/personnummer", NUMBER)
    numbered = "INSERT INTO person_identifier (system, value, person, status) VALUES ($1, $2, $3, 'current')"
    await here.database.execute(numbered, reserve.system, reserve.value, await here.person_of(two))
    async with here.database.transaction():
        await persons.link(here.database, reserve, number, "Skatteverket")
    assert (await codes(there, CLINIC_DOCTOR, one), await codes(there, CLINIC_DOCTOR, two)) == (2, 2)


async def test_a_search_that_rests_on_what_is_so_no_longer_leaves_one_row_in_the_log(both: tuple[Service, Service]) -> None:
    here, there = both
    clinic = here.as_(CLINIC_DOCTOR)
    id = (await clinic.create(patient(NUMBER)))["id"]
    await clinic.create(observation(id))
    assert await codes(there, WARD_DOCTOR, id) == 0
    await here.as_(WARD_DOCTOR).create(encounter(id))
    logged = "SELECT count(*) FROM access_log WHERE action = 'search'"
    before = await here.database.fetchval(logged) or 0
    await there.as_(WARD_DOCTOR).search(f"Observation?patient={id}")
    assert await here.database.fetchval(logged) == before + 1


async def test_what_is_remembered_is_bounded_and_names_the_tables_that_the_law_asks(both: tuple[Service, Service]) -> None:
    here, _ = both
    id = (await here.as_(CLINIC_DOCTOR).create(patient(NUMBER)))["id"]
    store = here.app.state.door.store
    query = resolve(parse("Observation", []))
    tables = tables_asked(shield.laws(CLINIC_DOCTOR, datetime.now(UTC), query)[:2])
    assert {"block", "care_relation", "consent", "lift", "subject_state"} <= set(tables)
    registrar = staff("r", NORTH, CLINIC, Kind.REGISTRY_STAFF)
    assert tables_asked(shield.laws(registrar, datetime.now(UTC), query)[:2]) != tables
    found = await known(store, id, tables)
    assert found is not None and found.patients.keys() == {id}
    assert await known(store, id, tables) is found
    assert await known(store, "nobody", tables) is None
    for number in range(3000):
        memory(store).keep((str(number), ()), found)
    assert len(memory(store).known) < 3000


@contextmanager
def workers(config: Config) -> Iterator[str]:
    """The address of a server with two worker processes."""
    child = Child("kedja.worker", config)
    child.start()
    try:
        while not answers(config):
            assert child.ended() is None
        yield f"http://127.0.0.1:{config.port}/fhir"
    finally:
        child.stop()


async def test_a_block_holds_in_every_worker_process(service: Service, database_url: str, tmp_path: Path) -> None:
    clinic, ward = service.as_(CLINIC_DOCTOR), service.as_(WARD_DOCTOR)
    id = (await clinic.create(patient(NUMBER)))["id"]
    await clinic.create(observation(id))
    await ward.create(encounter(id))
    me = await service.citizen(id)
    home = tmp_path / "workers"
    home.mkdir()
    config = Config(home=home, port=free_port(), database_url=database_url, workers=2)
    with workers(config) as address:
        token = mint(WARD_DOCTOR, signing_secret(home, demo=False), timedelta(hours=1))
        block: dict[str, Any] | None = None
        for seen in (1, 0, 1, 0):
            assert await _asked_of_all(f"{address}/Observation?patient={id}&_total=accurate", token) == {seen}
            if block is None:
                block = await me.create(block_consent(f"Patient/{id}", NORTH, inner=True, unit=CLINIC, dated=NOW))
            else:
                status = "inactive" if block["status"] == "active" else "active"
                block = {**block, "status": status}
                assert (await me("PUT", f"/fhir/Consent/{block['id']}", block)).status_code == 200


async def _asked_of_all(address: str, token: str) -> set[int]:
    """What is answered over twenty connections, each new, which the workers share among them."""
    totals: set[int] = set()
    for _ in range(20):
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.get(address, headers={"Authorization": f"Bearer {token}"})
            totals.add(answer.json()["total"])
    return totals
