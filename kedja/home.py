"""The home folder: who holds it, and the database that belongs to it."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import msgspec

from kedja.config import CannotRun, Config, unusable
from kedja.store import embedded
from kedja.store.prepare import create_database, prepare

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a home. `url` is where it serves, '' when it serves nothing; `demo`: with the demo provider."""

    pid: int
    url: str
    demo: bool


@contextmanager
def hold(home: Path, url: str = "", demo: bool = False) -> Iterator[None]:
    """Hold the home for this process alone, until the end of the block. Raises CannotRun when another process holds it."""
    with _lock_file(home) as lock:
        if not _locked(lock):
            raise CannotRun(_held(home, holder(home)))
        try:
            lock.truncate(0)
            lock.write(msgspec.json.encode(asdict(Holder(os.getpid(), url, demo))))
            lock.flush()
        except OSError as error:
            raise CannotRun(unusable(home, error)) from None
        yield


def holder(home: Path) -> Holder | None:
    """Who holds the home now, if anybody does."""
    path = home / "kedja.lock"
    if not path.exists():
        return None
    with _lock_file(home) as lock:
        if _locked(lock):
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=Holder)
        except msgspec.DecodeError:
            return Holder(0, "", False)


def _lock_file(home: Path) -> IO[bytes]:
    try:
        if not home.exists():
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # root's database runs as another user, who passes through
        return (home / "kedja.lock").open("a+b")
    except OSError as error:
        raise CannotRun(unusable(home, error)) from None


def _locked(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(home: Path, other: Holder | None) -> str:
    who = f"process {other.pid}" if other and other.pid else "another process"
    where = f" and serves {other.url}" if other and other.url else ""
    return f"Kedja already runs on the folder {home} ({who}{where}): stop it first, or set KEDJA_HOME to another folder."


def prepared(config: Config) -> list[str]:
    """Create the home's database if it is not there, and bring whichever database is used to this program's schema."""
    if not config.database_url:
        url = embedded.database_url(config.home, "postgres")
        asyncio.run(create_database(url, embedded.DATABASE))
    return asyncio.run(prepare(database_url(config)))


def database_url(config: Config) -> str:
    """The address of the database that these settings name, whether it runs or not."""
    return config.database_url or embedded.database_url(config.home)


@contextmanager
def database(config: Config, tell: Tell) -> Iterator[str]:
    """The database, ready for use: of the server that is set, of the kedja that runs, or started for this block."""
    running = None if config.database_url else holder(config.home)
    if config.database_url or running:
        prepared(config)
        yield database_url(config)
        return
    with hold(config.home):
        server = embedded.start(config.home, tell)
        try:
            prepared(config)
            yield server.url
        finally:
            server.stop()
