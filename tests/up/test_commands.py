"""The commands beside a Kedja that runs, and without one."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import pytest

from kedja.store import embedded
from tests.conftest import run
from tests.up.installation import Installation
from tests.up.test_start_and_stop import refusal

PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
REGISTRATION = 'name = "clinic"\ntitle = "Clinic"\nkind = "fhir"\nregime = "health"\nprovider = "SE2399999999-1000"\n'


@pytest.fixture
def clinic(installation: Installation, tmp_path: Path) -> Installation:
    """A Kedja that runs, with one patient of a registered source."""
    (tmp_path / "clinic.toml").write_text(REGISTRATION)
    patient = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": PERSONNUMMER, "value": "195803142388"}]}
    (tmp_path / "clinic.ndjson").write_text(json.dumps(patient) + "\n" + '{"resourceType":"Patient","id":"p2","gender":"x"}\n')
    installation.start()
    installation.ready()
    assert installation.run("source", "add", str(tmp_path / "clinic.toml")).stdout == "source clinic: registered\n"
    done = installation.run("import", str(tmp_path / "clinic.ndjson"), "--source", "clinic")
    assert (done.returncode, done.stdout) == (3, "2 read, 1 stored, 0 unchanged, 1 refused\n"), done.stderr
    rejects = installation.home / "rejects" / "clinic.ndjson"
    assert str(rejects) in done.stderr and rejects.stat().st_mode & 0o077 == 0
    return installation


def test_numbers_are_linked_and_changed_with_their_basis(clinic: Installation) -> None:
    linked = clinic.run("person", "link", "22580314TF20", "19580314-2388", "--basis", "Recognised by his mother")
    assert linked.stdout == "22580314TF20 is linked to 195803142388\n", linked.stderr
    changed = clinic.run("person", "change", "19580314-2388", "195803142396", "--basis", "Skatteverket")
    assert changed.stdout == "195803142388 is now 195803142396\n", changed.stderr
    assert "nobody has" in refusal(clinic.run("person", "change", "197001012389", "197001012397", "--basis", "Skatteverket"))
    assert clinic.run("person", "change", "195803142396", "195803142388").returncode == 2


def test_what_was_exported_is_told_and_all_agrees_until_something_does_not(clinic: Installation, tmp_path: Path) -> None:
    assert "index: agrees" in clinic.run("check").stdout
    done = clinic.run("export", "--out", str(tmp_path / "out"), "--person", "19580314-2388", "--gz")
    assert done.stdout == f"1 resources of 1 persons in {tmp_path / 'out'}\n", done.stderr
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["Patient.ndjson.gz", "manifest.json"]
    assert clinic.run("export", "--out", str(tmp_path / "out")).returncode == 1
    assert "Nobody here has" in refusal(clinic.run("export", "--out", str(tmp_path / "b"), "--person", "Patient/none"))
    run(_execute(embedded.database_url(clinic.home), "UPDATE resource SET tokens = '{}' WHERE id = 'p1'"))
    broken = clinic.run("check", "--json")
    assert broken.returncode == 1, broken.stderr
    told = json.loads(broken.stdout)
    assert (told["agrees"], told["found"], told["findings"][0]["place"]) == (False, {"index": 1}, "Patient/p1")


async def _execute(url: str, statement: str) -> None:
    conn = await asyncpg.connect(url)
    await conn.execute(statement)
    await conn.close()


def test_health_says_what_there_is(installation: Installation) -> None:
    nothing = installation.run("health")
    assert nothing.returncode == 1 and "nothing answers" in nothing.stdout
    installation.start()
    installation.ready()
    ready = installation.run("health")
    assert ready.returncode == 0 and "ready" in ready.stdout


def test_command_without_a_running_kedja_starts_the_database_for_itself(installation: Installation) -> None:
    assert installation.run("source", "list").returncode == 0
    assert not (installation.home / "postgres" / "postmaster.pid").exists()
    installation.start()
    installation.ready()
