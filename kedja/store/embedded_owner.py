"""Whom the embedded PostgreSQL runs as: itself refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from kedja.config import CannotRun

SYSTEM_USER = "kedja-db"


@dataclass(frozen=True)
class Owner:
    """The user of the server. `paths` must be reachable for it: where other users may not pass, root lends it the
    capability to pass through folders, rather than opening the folders to everybody."""

    name: str
    uid: int
    gid: int
    paths: tuple[Path, ...]

    @property
    def other(self) -> bool:
        return os.geteuid() == 0 and self.uid != 0

    @cached_property
    def _prefix(self) -> list[str]:
        if not self.other:
            return []
        reaches = subprocess.run(
            ["/bin/sh", "-c", 'for path; do test -x "$path" || exit 1; done', "sh", *map(str, self.paths)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
        )
        return [] if reaches.returncode == 0 else _with_passage(self.uid, self.gid)

    def give(self, folder: Path) -> None:
        """Make this user the folder's owner."""
        if self.other:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._prefix + command, capture_output=True, text=True, **self._options())

    def popen(self, command: list[str], sink: IO[bytes]) -> subprocess.Popen[bytes]:
        """Started in a session of its own: Ctrl-C at the terminal reaches kedja, which stops the server last."""
        options = self._options() | {"stdin": subprocess.DEVNULL, "stdout": sink, "stderr": sink, "start_new_session": True}
        return subprocess.Popen[bytes](self._prefix + command, **options)

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"cwd": "/", "env": {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}}
        if self.other and not self._prefix:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def _with_passage(uid: int, gid: int) -> list[str]:
    """A command that runs the rest as this user, able to search every folder (CAP_DAC_READ_SEARCH, or what containers leave)."""
    if shutil.which("setpriv") is None:
        raise CannotRun("As root, kedja in a folder closed to other users needs `setpriv` (util-linux): use another KEDJA_HOME.")
    for capability in ("dac_read_search", "dac_override"):
        command = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
        command += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
        # The capability takes effect at the next exec, so a shell stands between.
        command += ["/bin/sh", "-c", 'exec "$0" "$@"']
        if subprocess.run([*command, "/bin/true"], capture_output=True).returncode == 0:
            return command
    raise CannotRun("As root, the database server cannot reach its folder: use a KEDJA_HOME that other users can pass through.")


def owner_of(data: Path, programs: Path) -> Owner:
    """This process's user; for root the owner of the data folder, or the system user, which is made when missing.

    Raises CannotRun when the data belongs to another user than this one, or when no user can be made.
    """
    uid = os.geteuid()
    paths = (programs / "postgres", data.parent)
    if uid != 0:
        if data.exists() and data.stat().st_uid != uid:
            raise CannotRun(f"The folder {data} belongs to another user: run as that user, or set KEDJA_HOME to another folder.")
        return _owner(uid, paths)
    if data.exists() and data.stat().st_uid != 0:
        return _owner(data.stat().st_uid, paths)
    return _owner(_system_user(), paths)


def _owner(uid: int, paths: tuple[Path, ...]) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotRun(f"User {uid} has no name on this machine, which PostgreSQL needs: add one to /etc/passwd.") from None
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, paths)


def _system_user() -> int:
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        made = subprocess.run(command, capture_output=True, text=True)
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except FileNotFoundError:
        raise CannotRun(f"PostgreSQL does not run as root and there is no `useradd`: add a system user {SYSTEM_USER}.") from None
    except KeyError:
        raise CannotRun(
            f"PostgreSQL does not run as root and no user {SYSTEM_USER} could be made: {made.stderr.strip()}."
        ) from None
