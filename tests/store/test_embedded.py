"""The embedded PostgreSQL: sized by the machine, reachable by its socket alone, durable, and stopped whatever happens."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from kedja.config import CannotRun
from kedja.store import embedded
from kedja.store.embedded_conf import machine_memory, sizes

GB = 1024**3


@pytest.fixture(scope="module")
def server() -> Iterator[embedded.Server]:
    with tempfile.TemporaryDirectory(prefix="kedja-embedded-") as folder:
        Path(folder).chmod(0o755)
        running = embedded.start(Path(folder) / "home", memory=GB)
        try:
            yield running
        finally:
            running.stop()


async def setting(server: embedded.Server, name: str) -> str:
    conn = await asyncpg.connect(embedded.database_url(server.home, "postgres"))
    try:
        return await conn.fetchval("SELECT current_setting($1)", name)
    finally:
        await conn.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("jit", "off"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
        ("shared_buffers", "128MB"),
    ],
)
async def test_setting_of_the_server(server: embedded.Server, name: str, value: str) -> None:
    assert await setting(server, name) == value


async def test_server_has_no_tcp_port(server: embedded.Server) -> None:
    sockets = Path(f"/proc/{server.process.pid}/net/tcp").read_text()
    inodes = {
        link.readlink().name for link in Path(f"/proc/{server.process.pid}/fd").iterdir() if "socket" in str(link.readlink())
    }
    assert not any(f"socket:[{line.split()[9]}]" in inodes for line in sockets.splitlines()[1:])


def test_socket_is_closed_to_other_users(server: embedded.Server) -> None:
    folder = embedded.socket_folder(server.home)
    assert folder.stat().st_mode & 0o077 == 0
    assert (server.home / "postgres").stat().st_mode & 0o077 == 0


def test_memory_settings_grow_with_the_machine_up_to_a_limit() -> None:
    assert sizes(GB)["shared_buffers"] == "128MB"
    assert sizes(24 * GB)["shared_buffers"] == "3072MB"
    assert sizes(1024 * GB)["shared_buffers"] == "4096MB"
    assert sizes(GB // 8)["shared_buffers"] == "32MB"


def test_memory_of_the_machine_is_known() -> None:
    assert machine_memory() > 100 * 1024 * 1024


def test_short_home_keeps_its_socket_inside(tmp_path: Path) -> None:
    home = Path("/srv/kedja")
    assert embedded.socket_folder(home) == home / "run"


@pytest.mark.parametrize("name", ["x" * 100, "å" * 50, "a,b", "two words", "it's"])
def test_home_whose_path_does_not_fit_a_socket_has_it_elsewhere(name: str) -> None:
    folder = embedded.socket_folder(Path("/srv") / name)
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    assert folder != embedded.socket_folder(Path("/srv") / (name + "2"))


def test_socket_folder_that_somebody_laid_out_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("deep " * 30)
    trap = embedded.socket_folder(home)
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(CannotRun, match="belongs to somebody else"):
            embedded.start(home)
    finally:
        trap.unlink()


def test_initialising_that_was_cut_off_is_begun_anew(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    partial = tmp_path / "home" / "postgres.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    server = embedded.start(tmp_path / "home", memory=GB, durable=False)
    assert server.alive() and not partial.exists()
    server.stop()
    assert not server.alive()


def test_settings_are_written_anew_at_each_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    embedded.start(tmp_path / "home", memory=GB, durable=False).stop()
    conf = tmp_path / "home" / "postgres" / "postgresql.conf"
    conf.write_text("nonsense = on\n")
    server = embedded.start(tmp_path / "home", memory=GB)
    server.stop()
    assert "nonsense" not in conf.read_text()
