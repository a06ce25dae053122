"""A real `kedja up` in a process of its own, as root or as an ordinary user."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
ORDINARY = "kedja-test"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ordinary_user() -> pwd.struct_passwd:
    """A user without rights; made when this runs as root. Skips the test where there is none to be had."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(ORDINARY)
    except KeyError:
        made = subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", ORDINARY], capture_output=True)
        if made.returncode != 0:
            pytest.skip("no ordinary user could be made")
        return pwd.getpwnam(ORDINARY)


def prefix_of(user: pwd.struct_passwd | None) -> list[str]:
    """The start of a command that runs as this user, who may read where this Python is kept."""
    if user is None or os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("running as another user needs setpriv")
    options = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    capability = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    return ["setpriv", *options, *capability, "/bin/sh", "-c", 'exec "$0" "$@"']


@dataclass
class Installation:
    """A home and a port. `start` begins `kedja up`, `ready` waits for it, `stop` ends it by a signal."""

    home: Path
    port: int = field(default_factory=free_port)
    user: pwd.struct_passwd | None = None
    environment: dict[str, str] = field(default_factory=dict[str, str])
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KEDJA_")}
        own = {"KEDJA_HOME": str(self.home), "KEDJA_PORT": str(self.port), "KEDJA_WORKERS": "2"}
        return kept | own | self.environment

    def command(self, *arguments: str) -> list[str]:
        return [*prefix_of(self.user), sys.executable, "-m", "kedja", *arguments]

    def run(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        command = self.command(*arguments)
        return subprocess.run(command, cwd=ROOT, env=self.variables(), capture_output=True, text=True, timeout=300, **more)

    def start(self, *arguments: str) -> None:
        with self.log.open("a") as sink:
            self.process = subprocess.Popen(
                self.command("up", *arguments), cwd=ROOT, env=self.variables(), stdout=sink, stderr=sink, text=True
            )

    @property
    def log(self) -> Path:
        return self.home.with_name(self.home.name + ".log")

    @property
    def running(self) -> subprocess.Popen[str]:
        assert self.process is not None
        return self.process

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /health; (0, {}) when nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def ready(self, patience: float = 60) -> None:
        """Wait until /health says that all is ready."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            assert self.running.poll() is None, self.log.read_text()
            if self.health()[0] == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"not ready in {patience} s: {self.health()} {self.log.read_text()}")

    def until_port_is_free(self, patience: float = 60) -> None:
        """Wait until nothing listens any more: the workers of a killed supervisor end by themselves, one after the other.

        Only listening oneself tells. One worker that ends resets a connection while another still answers.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with socket.socket() as probe, suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.port))
                probe.listen()
                return
            time.sleep(0.05)
        raise AssertionError(f"somebody still listens at {self.port} after {patience} s")

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """End it by this signal and give its exit code."""
        self.running.send_signal(sign)
        return self.running.wait(60)

    def processes(self) -> list[psutil.Process]:
        """Everything that this installation runs: the supervisor first."""
        supervisor = psutil.Process(self.running.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def clean_up(self) -> None:
        """End whatever a test left of this installation, by the process ids of its own children and pid file."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        try:
            pid = int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
            psutil.Process(pid).wait(30)
        except (OSError, ValueError, psutil.NoSuchProcess):
            pass


@contextmanager
def installed(folder: Path, user: pwd.struct_passwd | None = None, **environment: str) -> Iterator[Installation]:
    """An installation below this folder, cleaned up at the end."""
    if user and os.geteuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
    installation = Installation(folder / "home", user=user, environment=environment)
    try:
        yield installation
    finally:
        installation.clean_up()
