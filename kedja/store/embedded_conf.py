"""The embedded server's configuration, written anew at every start and sized by the machine."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from kedja.store.embedded_owner import Owner

_MB = 1024 * 1024

# Parallel query is off because the web workers already keep every core busy, and because its memory lies in /dev/shm,
# which containers keep small.
_FIXED = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "password_encryption": "'scram-sha-256'",
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] '",
    "lc_messages": "'C'",
    "datestyle": "'iso, ymd'",
    "default_text_search_config": "'pg_catalog.simple'",
}


def machine_memory() -> int:
    """Bytes of memory: the machine's, or less where a control group says so."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdigit() else memory


def sizes(memory: int) -> dict[str, str]:
    """Settings in proportion to `memory` bytes."""

    def part(divisor: int, low: int, high: int) -> str:
        return f"{min(max(memory // _MB // divisor, low), high)}MB"

    return {
        "shared_buffers": part(8, 32, 4096),
        "effective_cache_size": part(2, 128, 65536),
        "maintenance_work_mem": part(32, 32, 512),
        "work_mem": part(512, 8, 64),
    }


def write(data: Path, socket: Path, owner: Owner, *, memory: int | None = None, durable: bool = True) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf: the socket only, and only for us and for whom the server runs as."""
    settings = _FIXED | sizes(memory or machine_memory()) | {"unix_socket_directories": f"'{socket}'"}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    _replace(data / "postgresql.conf", f"# Written by kedja at every start.\n{lines}\n", owner)
    _replace(data / "pg_hba.conf", "local all all peer map=kedja\n", owner)
    users = sorted({owner.name, pwd.getpwuid(os.geteuid()).pw_name})
    _replace(data / "pg_ident.conf", "".join(f'kedja "{user}" kedja\n' for user in users), owner)


def _replace(path: Path, text: str, owner: Owner) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    owner.give(fresh)
    fresh.chmod(0o600)
    fresh.replace(path)
