"""`kedja up` starts, stops and starts again, as root and as an ordinary user; and says in a sentence why it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

import asyncpg
import psutil
import pytest

from kedja.store import embedded
from tests.up.installation import Installation, free_port, installed, ordinary_user


async def _put(installation: Installation, value: str) -> None:
    conn = await asyncpg.connect(embedded.database_url(installation.home))
    await conn.execute("INSERT INTO system_state (name, value) VALUES ('kept', to_jsonb($1::text))", value)
    await conn.close()


async def _kept(installation: Installation) -> str:
    conn = await asyncpg.connect(embedded.database_url(installation.home))
    value = await conn.fetchval("SELECT value #>> '{}' FROM system_state WHERE name = 'kept'")
    await conn.close()
    return value


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that could not do its work."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("kedja: ")]
    assert len(lines) == 1 and "Traceback" not in done.stderr, done.stderr
    return lines[0]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_what_is_kept_is_there_after_stop_and_start(installation: Installation, sign: signal.Signals) -> None:
    installation.start()
    installation.ready()
    await _put(installation, "before")
    family = installation.processes()
    assert installation.stop(sign) == 0
    assert not psutil.wait_procs(family, timeout=1)[1]
    installation.start()
    installation.ready()
    assert await _kept(installation) == "before"
    assert installation.stop(sign) == 0


def test_ordinary_user_starts_and_stops(open_folder: Path) -> None:
    user = ordinary_user()
    with installed(open_folder, user) as installation:
        installation.start()
        installation.ready()
        owners = {process.uids().real for process in installation.processes()}
        assert owners == {user.pw_uid}
        assert installation.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to the database's user")
def test_root_starts_in_a_folder_closed_to_others(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    with installed(open_folder) as installation:
        installation.start()
        installation.ready()
        owners = {process.uids().real for process in installation.processes() if process.name() == "postgres"}
        assert owners and 0 not in owners
        assert installation.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start as another user")
def test_root_goes_on_with_an_ordinary_users_folder(open_folder: Path) -> None:
    user = ordinary_user()
    with installed(open_folder, user) as installation:
        installation.start()
        installation.ready()
        installation.stop()
        installation.user = None
        installation.start()
        installation.ready()
        owners = {process.uids().real for process in installation.processes() if process.name() == "postgres"}
        assert owners == {user.pw_uid}
        assert installation.stop() == 0


def test_home_with_a_path_too_long_for_a_socket(open_folder: Path) -> None:
    deep = open_folder / ("a long name " * 8) / "å, b" / ("x" * 60)
    deep.mkdir(parents=True)
    with installed(deep) as installation:
        installation.start()
        installation.ready()
        assert installation.stop() == 0


def test_second_instance_is_refused(installation: Installation) -> None:
    installation.start()
    installation.ready()
    sentence = refusal(installation.run("up"))
    assert "already runs" in sentence and str(installation.home) in sentence and installation.url in sentence
    assert installation.health()[0] == 200


def test_busy_port_is_refused(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        assert f"Port {installation.port} on 127.0.0.1 cannot be used" in refusal(installation.run("up"))


def test_port_of_another_installation_is_refused(installation: Installation, tmp_path: Path) -> None:
    installation.start()
    installation.ready()
    with installed(tmp_path) as second:
        second.port = installation.port
        assert f"Port {installation.port}" in refusal(second.run("up"))


def test_data_of_another_postgresql_is_refused(installation: Installation) -> None:
    version = installation.home / "postgres" / "PG_VERSION"
    version.write_text("16\n")
    sentence = refusal(installation.run("up"))
    assert "PostgreSQL 16" in sentence and "PostgreSQL 18" in sentence
    assert version.read_text() == "16\n"


def test_folder_with_something_else_is_refused(open_folder: Path) -> None:
    installation = Installation(open_folder / "home")
    (installation.home / "postgres").mkdir(parents=True)
    (installation.home / "postgres" / "letters.txt").write_text("dear")
    assert "holds no PostgreSQL data" in refusal(installation.run("up"))
    assert (installation.home / "postgres" / "letters.txt").read_text() == "dear"


def test_home_that_is_a_file_is_refused(open_folder: Path) -> None:
    installation = Installation(open_folder / "home")
    installation.home.write_text("a file")
    assert "cannot be used" in refusal(installation.run("up"))


def test_unwritable_home_is_refused(open_folder: Path) -> None:
    user = ordinary_user()
    installation = Installation(open_folder / "home", user=user)
    open_folder.chmod(0o555)
    assert "Permission denied" in refusal(installation.run("up"))


def test_damaged_data_is_refused_with_what_postgresql_says(installation: Installation) -> None:
    (installation.home / "postgres" / "global" / "pg_control").write_bytes(b"")
    assert "pg_control" in refusal(installation.run("up"))


def test_setting_that_is_no_setting_is_refused(installation: Installation) -> None:
    installation.environment = {"KEDJA_PORT": "http"}
    assert "KEDJA_PORT is `http`" in refusal(installation.run("up"))


def test_server_that_is_not_there_is_refused(installation: Installation) -> None:
    installation.environment = {"KEDJA_DATABASE_URL": f"postgresql://kedja:geheim@127.0.0.1:{free_port()}/kedja"}
    sentence = refusal(installation.run("up"))
    assert "cannot be used" in sentence and "geheim" not in sentence


def test_token_is_refused_where_no_demo_runs(installation: Installation) -> None:
    assert "kedja up --demo" in refusal(installation.run("token", "astrid"))
    installation.start()
    installation.ready()
    assert "kedja up --demo" in refusal(installation.run("token", "astrid"))
