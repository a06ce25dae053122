"""`kedja up`: the database, the web workers and the demo region as children of one watching process.

Whatever ends without being told to is started again, unless it keeps ending: then everything stops with a sentence.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

from kedja import __version__, home
from kedja.config import CannotRun, Config, to_environment
from kedja.store import embedded
from kedja.store.prepare import plan_demo

_PATIENCE = 8.0  # seconds that a child has to end by itself
_MANY, _WITHIN = 5, 60.0  # so many ends within so many seconds are too many


class Stopped(BaseException):
    """SIGINT or SIGTERM came. Not an Exception, so that nothing on the way takes it for a failure."""


def tell(sentence: str) -> None:
    """Say something to whoever started this."""
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def stop_by_signal() -> Iterator[None]:
    """In the block, the first SIGINT or SIGTERM raises Stopped; later ones do nothing, since the end is under way."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    before = {sign: signal.signal(sign, stop) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


@dataclass(slots=True)
class Child:
    """A process of ours, in a session of its own so that Ctrl-C reaches only the one that watches.

    `alone`: it is told to stop, and tells its own children; otherwise they are all told at once.
    """

    module: str
    config: Config
    alone: bool = True
    process: subprocess.Popen[bytes] | None = None
    ends: list[float] = field(default_factory=list[float])

    def start(self) -> None:
        command = [sys.executable, "-m", self.module, str(os.getpid())]
        environment = {**os.environ, **to_environment(self.config)}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)

    def ended(self) -> int | None:
        """The exit code when it has ended (negative: by that signal), None while it runs or was never started."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        (os.kill if self.alone else os.killpg)(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def too_often(ends: list[float]) -> bool:
    """Note an end now, and say whether there were too many lately."""
    now = time.monotonic()
    ends[:] = [end for end in ends if end > now - _WITHIN] + [now]
    return len(ends) >= _MANY


@dataclass(slots=True)
class Supervisor:
    """What runs, and what to do when something ends. `server` is None where KEDJA_DATABASE_URL names one of somebody else's."""

    config: Config
    web: Child
    demo: Child
    server: embedded.Server | None = None
    server_ends: list[float] = field(default_factory=list[float])

    def run(self) -> None:
        """Until a signal comes. Raises CannotRun when something cannot be kept running."""
        self._start_database()
        if self.config.demo:
            asyncio.run(plan_demo(self.demo.config.database_url))  # before the web server, which would say that all is ready
        self.web.start()
        self._announce()
        if self.config.demo:
            self.demo.start()
        while True:
            time.sleep(0.1)
            self._look_after()

    def stop(self) -> None:
        """End everything, the database last."""
        self.demo.stop()
        self.web.stop()
        if self.server:
            self.server.stop()

    def _start_database(self) -> None:
        if not self.config.database_url:
            self.server = embedded.start(self.config.home, tell)
        home.prepared(self.config)

    def _announce(self) -> None:
        """Say where everything is, once it answers."""
        while not answers(self.config):
            self._look_after()
            time.sleep(0.05)
        tell(
            f"Kedja {__version__} serves {self.config.base_url}/ (FHIR R4 at /fhir, state at /health); data in {self.config.home}"
        )
        tell("Stop with Ctrl-C.")

    def _look_after(self) -> None:
        if self.server and not self.server.alive():
            self._restart_database()
        code = self.web.ended()
        if code is not None:
            if too_often(self.web.ends):
                raise CannotRun(f"The web server keeps ending (exit code {code}): what it said stands above.")
            tell(f"the web server ended (exit code {code}); it is started again")
            self.web.start()
        code = self.demo.ended()
        if code is not None:
            self._after_demo(code)

    def _restart_database(self) -> None:
        if too_often(self.server_ends):
            raise CannotRun(f"The database keeps ending: {embedded.reason_of_death(self.config.home)}")
        tell("the database ended; it is started again")
        self.server = embedded.start(self.config.home, tell)

    def _after_demo(self, code: int) -> None:
        """A loader that was killed goes on where it was; one that failed has said why, and all else still serves."""
        self.demo.process = None
        if code < 0 and not too_often(self.demo.ends):
            tell("the loading of the demo region was ended; it goes on")
            self.demo.start()
        elif code != 0:
            tell("The demo region could not be loaded; the next start tries again.")


def answers(config: Config) -> bool:
    """Whether the web server answers at all."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104 - compared, not bound
    where = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{where}:{config.port}/health", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


def check_port(config: Config) -> None:
    """Raises CannotRun when the port is taken: the workers share it among themselves, so they would not notice."""
    try:
        found: list[Any] = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)
        with socket.socket(found[0][0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[0][4])
            probe.listen()
    except OSError as error:
        raise CannotRun(
            f"Port {config.port} on {config.host} cannot be used ({error.strerror}): stop what uses it, or set KEDJA_PORT."
        ) from None


def up(config: Config) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotRun with the sentence that says why it cannot."""
    served = replace(config, database_url=home.database_url(config))
    supervisor = Supervisor(config, Child("kedja.worker", served), Child("kedja.demo", served, alone=False))
    with suppress(Stopped), stop_by_signal(), home.hold(config.home, config.base_url, config.demo):
        try:
            check_port(config)
            supervisor.run()
        except Stopped:
            tell("stopping")
        finally:
            supervisor.stop()
