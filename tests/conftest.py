"""What tests share: a real PostgreSQL with fresh databases, and the test material that lies beside the project."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

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


async def migrated(url: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        await migrate(conn)
    finally:
        await conn.close()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """`shared("data/synthea")`: a path in the test material, or the test is skipped with the reason."""
    return shared_path


Server = Callable[[str], str]  # the name of a database -> its address


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL with a template database that has the schema: the test session's own, or that of `KEDJA_TEST_SERVER`.

    `KEDJA_TEST_SERVER` is the address of a server of any supported version, without a database name, with the right to
    create databases; what the tests make there they drop.
    """
    with _server() as server:
        run(_command(server("postgres"), f"DROP DATABASE IF EXISTS {_TEMPLATE}", f"CREATE DATABASE {_TEMPLATE}"))
        run(migrated(server(_TEMPLATE)))
        yield server
        run(_command(server("postgres"), f"DROP DATABASE {_TEMPLATE} WITH (FORCE)"))


@contextmanager
def _server() -> Iterator[Server]:
    if given := os.environ.get("KEDJA_TEST_SERVER"):
        parts = urlsplit(given)
        yield lambda database: parts._replace(path=f"/{database}").geturl()
        return
    with tempfile.TemporaryDirectory(prefix="kedja-test-") as folder:
        Path(folder).chmod(0o755)
        own = embedded.start(Path(folder) / "home", memory=1024**3, durable=False)
        try:
            yield lambda database: embedded.database_url(own.home, database)
        finally:
            own.stop()


@contextmanager
def fresh_installation() -> Iterator[str]:
    """The address of a database with the schema, on a server of its own: for what runs outside of a test session."""
    with _server() as server:
        run(_command(server("postgres"), f"DROP DATABASE IF EXISTS {_TEMPLATE}_alone", f"CREATE DATABASE {_TEMPLATE}_alone"))
        run(migrated(server(f"{_TEMPLATE}_alone")))
        yield server(f"{_TEMPLATE}_alone")
        run(_command(server("postgres"), f"DROP DATABASE {_TEMPLATE}_alone WITH (FORCE)"))


def _fresh_database(server: Server) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    run(_command(server("postgres"), f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
    yield server(name)
    run(_command(server("postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def database_url(postgres: Server) -> Iterator[str]:
    """A fresh database with the schema, for one test."""
    yield from _fresh_database(postgres)


@pytest.fixture
def another_database_url(postgres: Server) -> Iterator[str]:
    """A second fresh database with the schema, for one test."""
    yield from _fresh_database(postgres)


@pytest.fixture(scope="module")
def module_database_url(postgres: Server) -> Iterator[str]:
    """A fresh database with the schema, for the tests of one module."""
    yield from _fresh_database(postgres)


@pytest.fixture
def empty_database_url(postgres: Server) -> Iterator[str]:
    """A fresh database without the schema, for one test."""
    name = f"empty_{next(_numbers)}"
    run(_command(postgres("postgres"), f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"))
    yield postgres(name)
    run(_command(postgres("postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages and servers come first: they wait most, and what is long should not be left for one core at the end."""
    first = ("tests/portals/", "tests/up/")
    items.sort(key=lambda item: not item.nodeid.startswith(first))
