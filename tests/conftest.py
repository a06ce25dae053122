"""What tests share: a real PostgreSQL with fresh databases, and the test material that lies beside the project."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from kedja.store import embedded
from kedja.store.migrate import migrate

ROOT = Path(__file__).parent.parent
_TEMPLATE = "kedja_template"
_numbers = count(1)

T = TypeVar("T")


def shared_path(path: str = "") -> Path:
    """A path in the folder of test material (`KEDJA_SHARED`, by default `../shared`); skips the test where it is absent."""
    folder = Path(os.environ.get("KEDJA_SHARED", ROOT.parent / "shared"))
    if not (folder / path).exists():
        pytest.skip(f"test material {path or 'folder'} is not in {folder}: set KEDJA_SHARED to where it is")
    return folder / path


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine from a fixture that is not one itself, in a thread with a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _command(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


async def _migrate(url: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        await migrate(conn)
    finally:
        await conn.close()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """`shared("data/synthea")`: a path in the test material, or the test is skipped with the reason."""
    return shared_path


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Server]:
    """A PostgreSQL of the test session's own, with a template database that has the schema."""
    with tempfile.TemporaryDirectory(prefix="kedja-test-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "home", memory=1024**3, durable=False)
        try:
            run(_command(_url(server, "postgres"), f"CREATE DATABASE {_TEMPLATE}"))
            run(_migrate(_url(server, _TEMPLATE)))
            yield server
        finally:
            server.stop()


def _url(server: embedded.Server, database: str) -> str:
    return embedded.database_url(server.home, database)


def _fresh_database(server: embedded.Server) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    run(_command(_url(server, "postgres"), f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
    yield _url(server, name)
    run(_command(_url(server, "postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def database_url(postgres: embedded.Server) -> Iterator[str]:
    """A fresh database with the schema, for one test."""
    yield from _fresh_database(postgres)


@pytest.fixture(scope="module")
def module_database_url(postgres: embedded.Server) -> Iterator[str]:
    """A fresh database with the schema, for the tests of one module."""
    yield from _fresh_database(postgres)


@pytest.fixture
def empty_database_url(postgres: embedded.Server) -> Iterator[str]:
    """A fresh database without the schema, for one test."""
    name = f"empty_{next(_numbers)}"
    run(_command(_url(postgres, "postgres"), f"CREATE DATABASE {name}"))
    yield _url(postgres, name)
    run(_command(_url(postgres, "postgres"), f"DROP DATABASE {name} WITH (FORCE)"))
