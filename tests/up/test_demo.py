"""`kedja up --demo`: from an empty folder to pages, tokens and data; stopped half-way it goes on; started again it is quick."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import asyncpg
import pytest

from kedja.store import embedded
from tests.up.installation import Installation, free_port

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin"))
SMALL = {"KEDJA_PERSONS": "20", "KEDJA_SEED": "7"}


async def contents(url: str) -> dict[str, int]:
    """How many resources of each type the store has."""
    conn = await asyncpg.connect(url)
    rows = await conn.fetch("SELECT type, count(*) AS n FROM resource WHERE NOT deleted GROUP BY type")
    await conn.close()
    return {row["type"]: row["n"] for row in rows}


def get(installation: Installation, path: str, token: str = "") -> tuple[int, bytes]:
    request = urllib.request.Request(installation.url + path, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, answer.read()


async def test_demo_is_loaded_stopped_gone_on_with_and_kept(installation: Installation) -> None:
    installation.environment = SMALL
    url = embedded.database_url(installation.home)
    installation.start("--demo")
    while "loaded" not in installation.log.read_text():
        assert installation.running.poll() is None
        time.sleep(0.01)
    assert installation.stop(signal.SIGINT) == 0
    installation.start("--demo")
    installation.ready(120)
    whole = await contents(url)
    manifest = json.loads((installation.home / "demo" / "manifest.json").read_text())
    delivered: dict[str, int] = manifest["resources"]
    assert (whole["Encounter"], whole["Condition"]) == (delivered["Encounter"] + 1, delivered["Condition"]), (
        "and a stay in hospital"
    )
    assert get(installation, "/")[0] == 200
    token = installation.run("token", "astrid").stdout.strip()
    status, body = get(installation, "/fhir/Observation?_summary=count", token)
    assert status == 200 and json.loads(body)["total"] > 0
    assert "There are: " in installation.run("token", "nobody").stderr
    assert "Demo logins at" in installation.log.read_text()
    installation.stop()
    installation.start("--demo")
    installation.ready()
    assert await contents(url) == whole


def test_store_that_is_not_a_demo_gets_none(installation: Installation, tmp_path: Path) -> None:
    installation.environment = SMALL
    registration = tmp_path / "source.toml"
    registration.write_text('name = "own"\ntitle = "Own"\nkind = "fhir"\nregime = "directory"\nprovider = "SE2399999999-0001"\n')
    (tmp_path / "data.ndjson").write_text('{"resourceType":"Organization","id":"o1","name":"Own"}\n')
    added = installation.run("source", "add", str(registration))
    assert added.stdout == "source own: registered\n", added.stderr
    assert "own\tfhir\tdirectory" in installation.run("source", "list").stdout
    done = installation.run("import", str(tmp_path / "data.ndjson"), "--source", "own")
    assert (done.returncode, done.stdout) == (0, "1 read, 1 stored, 0 unchanged, 0 refused\n"), done.stderr
    installation.start("--demo")
    installation.ready()
    assert not (installation.home / "demo").exists()


@pytest.mark.skipif(not DEBIAN, reason="Debian's PostgreSQL is not installed (apt-get install postgresql)")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Debian's PostgreSQL as its user")
async def test_same_on_a_server_of_another_version(installation: Installation, open_folder: Path) -> None:
    port, data = free_port(), open_folder / "server"
    data.mkdir()
    shutil.chown(data, "postgres", "postgres")

    def as_postgres(*command: str) -> None:
        subprocess.run(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command], check=True, cwd="/")

    programs = DEBIAN[0]
    as_postgres(str(programs / "initdb"), "-D", str(data), "-E", "UTF8", "-U", "kedja", "--auth=trust", "--no-sync")
    options = f"-p {port} -k {data} -h 127.0.0.1"
    as_postgres(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", f"{data}/log", "-w", "start")
    try:
        url = f"postgresql://kedja@127.0.0.1:{port}/postgres"
        installation.environment = SMALL | {"KEDJA_DATABASE_URL": url}
        shutil.rmtree(installation.home)
        installation.start("--demo")
        installation.ready(120)
        assert (await contents(url))["Patient"] > 20
        assert not (installation.home / "postgres").exists()
        assert installation.stop() == 0
    finally:
        as_postgres(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
