"""The access log as a tree: proofs over HTTP, and every kind of tampering named."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import Any

import pytest

from kedja.audit import witness
from kedja.audit.checkpoint import Checkpoint, is_signed
from kedja.audit.keys import public_key
from kedja.audit.tree import leaf_hash, proves_consistency, proves_inclusion
from kedja.audit.verify import Finding
from kedja.gate.audit import seal, verify
from tests.audit.sealing import seal_all
from tests.fhir.service import CLINIC_DOCTOR, Caller, Service, observation, patient

NUMBER = "195802142389"


async def sealed(service: Service) -> int:
    """How many rows are sealed now: all of them."""
    return (await seal_all(service.app.state.door, service.app.state.notary)).size


async def verified(service: Service) -> list[Finding]:
    state = service.app.state
    return (await verify(state.door, state.notary))[1]


async def some_care(service: Service, looks: int = 20) -> str:
    anna = service.as_(CLINIC_DOCTOR)
    id = (await anna.create(patient(NUMBER)))["id"]
    await anna.create(observation(id))
    for _ in range(looks):
        await anna("GET", f"/fhir/Patient/{id}")
    return id


async def get(caller: Caller, path: str) -> Any:
    answer = await caller("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def checkpoint_of(told: dict[str, Any]) -> Checkpoint:
    return Checkpoint(told["text"], b64decode(told["signature"]), b64decode(told["key"]))


def path_of(told: dict[str, Any]) -> list[bytes]:
    return [b64decode(text) for text in told["path"]]


async def test_a_whole_log_is_found_whole(service: Service):
    await some_care(service)
    assert await sealed(service) > 20
    assert await verified(service) == []
    await some_care(service, 300)
    await sealed(service)
    assert await verified(service) == []


async def test_a_person_can_prove_each_of_their_entries(service: Service):
    id = await some_care(service)
    await sealed(service)
    person = await service.citizen(id)
    key = public_key((await person("GET", "/audit/key")).content)
    told = await get(person, "/audit/own?count=7")
    checkpoint = checkpoint_of(told["checkpoint"])
    assert is_signed(checkpoint, key)
    assert len(told["entries"]) == 7
    for entry in told["entries"]:
        leaf = leaf_hash(entry["leaf"].encode())
        assert proves_inclusion(leaf, entry["position"], checkpoint.size, path_of(entry), checkpoint.root)
        again = await get(person, f"/audit/inclusion?position={entry['position']}&size={checkpoint.size}")
        assert path_of(again) == path_of(entry)
    older = await get(person, f"/audit/own?before={told['next']}&count=200")
    assert "next" not in older
    seen = {entry["position"] for entry in told["entries"] + older["entries"]}
    assert len(seen) == len(told["entries"]) + len(older["entries"]) == 22


async def test_a_later_log_is_proved_to_continue_an_earlier_one(service: Service):
    await some_care(service)
    await sealed(service)
    anna = service.as_(CLINIC_DOCTOR)
    first = checkpoint_of(await get(anna, "/audit/checkpoint"))
    await some_care(service, 600)
    await sealed(service)
    second = checkpoint_of(await get(anna, "/audit/checkpoint"))
    assert second.size > first.size + 600
    assert checkpoint_of(await get(anna, f"/audit/checkpoint?size={first.size}")) == first
    told = await get(anna, f"/audit/consistency?first={first.size}&second={second.size}")
    assert proves_consistency(first.size, second.size, first.root, second.root, path_of(told))


async def test_the_entries_of_others_are_not_told(service: Service):
    id = await some_care(service)
    await sealed(service)
    assert (await service.as_(CLINIC_DOCTOR)("GET", "/audit/own")).status_code == 403
    assert (await service.http.get("/audit/own")).status_code == 401
    other = (await service.as_(CLINIC_DOCTOR).create(patient("", "Other")))["id"]
    await sealed(service)
    told = await get(await service.citizen(other), "/audit/own")
    assert len(told["entries"]) == 1
    assert f"Patient/{id}" not in str(told)


async def test_requests_that_make_no_sense_are_refused(service: Service):
    anna = service.as_(CLINIC_DOCTOR)
    assert (await anna("GET", "/audit/checkpoint")).status_code == 404
    await some_care(service)
    await sealed(service)
    for path, status in (
        ("checkpoint?size=99999", 404),
        ("checkpoint?size=x", 400),
        ("consistency?first=0&second=5", 400),
        ("consistency?first=3&second=99999", 404),
        ("consistency?first=3", 400),
        ("inclusion?position=5&size=5", 400),
        ("inclusion?position=5&size=99999", 404),
    ):
        answer = await anna("GET", f"/audit/{path}")
        assert answer.status_code == status, path
        assert answer.json()["resourceType"] == "OperationOutcome"


MIDDLE = "(SELECT seq FROM access_log ORDER BY seq OFFSET 10 LIMIT 1)"
TAMPERED = {
    "changed": f"UPDATE access_log SET action = 'vread' WHERE seq = {MIDDLE}",
    "changed at another time": f"UPDATE access_log SET at = at - interval '1 microsecond' WHERE seq = {MIDDLE}",
    "changed to another actor": "UPDATE log_actor SET name = 'Nobody'",
    "dropped": f"DELETE FROM access_log WHERE seq = {MIDDLE}",
    "added": (
        "INSERT INTO access_log (seq, person, actor, action, decision, xid) OVERRIDING SYSTEM VALUE "
        "SELECT -1, person, actor, action, decision, xid FROM access_log ORDER BY seq LIMIT 1"
    ),
    "reordered": (
        "WITH two AS (SELECT seq, lead(seq) OVER (ORDER BY seq) AS other FROM access_log ORDER BY seq OFFSET 10 LIMIT 1)"
        " UPDATE access_log l SET action = m.action, at = m.at FROM two JOIN access_log m ON m.seq = two.other"
        " WHERE l.seq = two.seq"
    ),
}


@pytest.mark.parametrize("kind", TAMPERED)
async def test_a_row_that_was_tampered_with_is_named(service: Service, kind: str):
    await some_care(service)
    await sealed(service)
    row = await service.database.fetchval(f"SELECT {MIDDLE}")
    await service.database.execute(TAMPERED[kind])
    found = await verified(service)
    assert found[0].kind == ("changed" if kind == "reordered" else kind.split()[0])
    if kind in ("changed", "dropped", "changed at another time", "reordered"):
        assert [one.seq for one in found] == [row]


async def test_a_row_that_is_changed_with_its_leaf_is_found_by_the_signature(service: Service):
    await some_care(service)
    await sealed(service)
    await service.database.execute("UPDATE audit_leaf SET hash = sha256('forged') WHERE position = 10")
    assert {one.kind for one in await verified(service)} == {"changed", "rewritten"}


async def test_an_end_that_is_cut_off_is_known_from_the_file_beside_the_database(service: Service):
    await some_care(service)
    await sealed(service)
    for statement in (
        "DELETE FROM access_log WHERE seq IN (SELECT seq FROM audit_leaf WHERE position >= 10)",
        "DELETE FROM audit_leaf WHERE position >= 10",
        "DELETE FROM audit_checkpoint",
    ):
        await service.database.execute(statement)
    assert [one.kind for one in await verified(service)] == ["cut"]


async def test_a_checkpoint_of_another_key_is_told(service: Service):
    await some_care(service)
    await sealed(service)
    await service.database.execute("UPDATE audit_checkpoint SET signature = sha256(signature) || sha256(signature)")
    assert [one.kind for one in await verified(service)] == ["unsigned"]


async def test_rows_of_transactions_that_overlap_are_all_sealed_once(service: Service):
    anna = service.as_(CLINIC_DOCTOR)
    id = (await anna.create(patient(NUMBER)))["id"]

    async def look() -> None:
        for _ in range(40):
            await anna("GET", f"/fhir/Patient/{id}")

    async def keep_sealing() -> None:
        for _ in range(15):
            await seal(service.app.state.door, service.app.state.notary)

    await asyncio.gather(*(look() for _ in range(5)), keep_sealing(), keep_sealing())
    await sealed(service)
    rows, leaves = await service.database.fetchrow(
        "SELECT (SELECT count(*) FROM access_log), (SELECT count(*) FROM audit_leaf)"
    ) or (0, 1)
    assert rows == leaves
    assert await verified(service) == []


async def test_after_a_restore_into_another_server_sealing_goes_on(service: Service):
    await some_care(service)
    await sealed(service)
    await some_care(service, 3)
    await service.database.execute("UPDATE audit_sealed SET cluster = 1, xid = '99999999'")
    await service.database.execute("UPDATE access_log SET xid = '99999999'")
    await sealed(service)
    await some_care(service, 3)
    await sealed(service)
    assert await verified(service) == []
    assert await service.database.fetchval("SELECT count(*) FROM access_log WHERE seq NOT IN (SELECT seq FROM audit_leaf)") == 0


async def test_every_checkpoint_stands_in_the_file_too(service: Service):
    for _ in range(3):
        await some_care(service, 1)
        await sealed(service)
    assert await seal(service.app.state.door, service.app.state.notary) == 0
    kept = [row["text"] for row in await service.database.fetch("SELECT text FROM audit_checkpoint ORDER BY size")]
    assert len(kept) >= 3
    file = witness.place(service.app.state.config.home)
    async with asyncio.timeout(60):  # the service's own sealing may have signed one that it has yet to write
        while [one.text for one in witness.read(file)] != kept:
            await asyncio.sleep(0.05)
