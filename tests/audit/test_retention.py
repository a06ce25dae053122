"""How long the log is kept: at least five years; then archived, taken out, and still proved."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kedja.access.rules import LawError, limit, narrow, standard
from kedja.audit import archive as files
from kedja.audit.pruning import Pruning
from kedja.config import CannotRun
from kedja.gate import audit
from kedja.gate.audit import Notary
from kedja.gate.check import check
from kedja.gate.door import Door
from kedja.gate.reconcile import reconcile
from kedja.gate.retention import prune
from tests.audit.sealing import seal_all
from tests.fhir.service import CLINIC_DOCTOR, Service, observation, patient

SIX_YEARS = timedelta(days=6 * 366)


def in_years(service: Service) -> tuple[Door, Notary]:
    """The same installation six years on."""
    door: Door = service.app.state.door
    return replace(door, clock=lambda: datetime.now(UTC) + SIX_YEARS), service.app.state.notary


async def old_log(service: Service, tmp_path: Path) -> Path:
    """A log that is sealed and archived; the archive."""
    clinic = service.as_(CLINIC_DOCTOR)
    id = (await clinic.create(patient()))["id"]
    for value in range(5):
        await clinic.create(observation(id, value))
    assert await clinic.search(f"Observation?patient={id}")
    door, notary = in_years(service)
    await seal_all(door, notary)
    folder = tmp_path / "archive"
    await audit.archive(door, notary, folder)
    return folder


async def pruned(service: Service, folder: Path) -> tuple[int, int]:
    door, notary = in_years(service)
    return await prune(door, notary, folder)


def test_five_years_are_the_least_and_a_deployment_can_only_raise_them():
    assert limit("log-years") == 5
    assert narrow(standard(), {"limits": {"log-years": 10}}).limits["log-years"].value == 10
    with pytest.raises(LawError, match="log-years"):
        narrow(standard(), {"limits": {"log-years": 4}})


async def test_nothing_younger_than_the_limit_goes(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    door: Door = service.app.state.door
    assert await prune(door, service.app.state.notary, folder) == (0, 0)
    with pytest.raises(CannotRun, match="kept for 5 years"):
        await prune(door, service.app.state.notary, folder, datetime.now(UTC) - timedelta(days=365))


async def test_what_is_archived_and_old_goes_and_the_tree_still_proves(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    door, notary = in_years(service)
    before = await audit.latest(door, notary)
    rows, size = await pruned(service, folder)
    assert rows == size == before.size > 5
    assert await service.database.fetchval("SELECT count(*) FROM audit_leaf") == size
    await seal_all(door, notary)
    after = await audit.latest(door, notary)
    assert after.size > before.size  # that it was done is an entry too
    assert await audit.consistency(door, notary, before.size, after.size)
    assert len(await audit.inclusion(door, notary, 0, after.size)) > 0
    assert await audit.verify(door, notary) == (after.size, [])
    assert list((await reconcile(door, notary, whole=True)).gaps) == []
    assert dict((await check(door)).found) == {}


async def test_an_archive_that_is_not_whole_or_not_ours_lets_nothing_go(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    entries = folder / files.ENTRIES
    lines = entries.read_bytes().splitlines(keepends=True)
    entries.write_bytes(b"".join(lines[:-2]))
    with pytest.raises(CannotRun):
        await pruned(service, folder)
    changed = json.loads(lines[0])
    changed["leaf"] = changed["leaf"].replace("anna", "anne")
    entries.write_bytes(json.dumps(changed).encode() + b"\n" + b"".join(lines[1:]))
    with pytest.raises(CannotRun, match="not what was signed"):
        await pruned(service, folder)
    gone = json.loads(lines[0])
    del gone["leaf"]
    entries.write_bytes(json.dumps(gone).encode() + b"\n" + b"".join(lines[1:]))
    with pytest.raises(CannotRun):
        await pruned(service, folder)
    assert await service.database.fetchval("SELECT count(*) FROM audit_pruned") == 0


async def test_rows_that_go_without_a_signed_statement_are_still_found(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    door, notary = in_years(service)
    await service.database.execute("DELETE FROM access_log WHERE seq = (SELECT min(seq) FROM access_log)")
    assert [finding.kind for finding in (await audit.verify(door, notary))[1]] == ["dropped"]
    assert folder.exists()


async def test_a_forged_statement_excuses_nothing(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    await pruned(service, folder)
    door, notary = in_years(service)
    await service.database.execute("UPDATE audit_pruned SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)")
    kinds = {finding.kind for finding in (await audit.verify(door, notary))[1]}
    assert kinds == {"dropped"}


async def test_a_later_archive_says_what_is_gone_and_is_whole_without_it(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    _, size = await pruned(service, folder)
    door, notary = in_years(service)
    await seal_all(door, notary)
    later = tmp_path / "later"
    await audit.archive(door, notary, later)
    assert files.check(later, folder / files.KEY)[1] == []
    statement = Pruning(*_signed(later))
    assert statement.size == size
    (later / files.PRUNINGS).write_bytes(b"")
    assert {finding.kind for finding in files.check(later, folder / files.KEY)[1]} == {"dropped"}


def _signed(folder: Path) -> tuple[str, bytes, bytes]:
    found = json.loads((folder / files.PRUNINGS).read_bytes())
    assert b64encode(b64decode(found["key"])).decode() == found["key"]
    return found["text"], b64decode(found["signature"]), b64decode(found["key"])


async def test_done_twice_it_takes_out_nothing_more(service: Service, tmp_path: Path):
    folder = await old_log(service, tmp_path)
    _, size = await pruned(service, folder)
    assert await pruned(service, folder) == (0, size)
