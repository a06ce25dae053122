"""The settings, from the environment; `docs/reference/settings.md` describes each."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal


class CannotRun(Exception):
    """Why a command stops: one clear sentence for the person at the terminal."""


def unusable(folder: Path, error: OSError) -> str:
    """The sentence about a folder that this error keeps from being used."""
    if error.errno == errno.ENOSPC:
        return f"The folder {folder} cannot be used: the disk is full. Free some space, then start again."
    return f"The folder {folder} cannot be used ({error.strerror or error}): set KEDJA_HOME to another folder."


def _setting(name: str, default: Any, read: Callable[[str], Any]) -> Any:
    return field(default=default, metadata={"variable": name, "read": read})


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _word(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return read


def _folder(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("the path of a folder")
    return Path(text).expanduser().absolute()


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError("the path of a file that is there")
    return str(Path(text).absolute()) if text else ""


def _server(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("a postgresql:// address")
    return text


def _host(text: str) -> str:
    if not text or any(sign.isspace() or sign in "/[]" for sign in text):
        raise ValueError("a host name or an IP address")
    return text


def _mail_server(text: str) -> str:
    host, _, port = text.rpartition(":")
    if text and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("a mail server as `host:port`")
    return text


def _decision_support(text: str) -> str:
    if text not in ("own", "off") and not text.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ValueError("`own`, `off`, or the https address of a CDS Hooks server")
    return text.rstrip("/")


def _mailbox(text: str) -> str:
    name, _, host = text.partition("@")
    if not name or not host or not text.isprintable() or " " in text:
        raise ValueError("an e-mail address")
    return text


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting. Fields carry the name of their environment variable in `metadata["variable"]`."""

    home: Path = _setting("KEDJA_HOME", Path(".kedja"), _folder)
    host: str = _setting("KEDJA_HOST", "127.0.0.1", _host)
    port: int = _setting("KEDJA_PORT", 8480, _whole(1, 65535))
    database_url: str = _setting("KEDJA_DATABASE_URL", "", _server)
    workers: int = _setting("KEDJA_WORKERS", 0, _whole(0, 256))
    connections: int = _setting("KEDJA_CONNECTIONS", 8, _whole(1, 1000))
    persons: int = _setting("KEDJA_PERSONS", 500, _whole(18, 300_000))
    seed: int = _setting("KEDJA_SEED", 1, _whole(0, 2**31))
    demo: bool = _setting("KEDJA_DEMO", False, lambda text: bool(_whole(0, 1)(text)))
    law: str = _setting("KEDJA_LAW", "", _file)
    client_ids: Literal["own", "any", "none"] = _setting("KEDJA_CLIENT_IDS", "own", _word("own", "any", "none"))
    sign_in: str = _setting("KEDJA_SIGN_IN", "", _file)
    session_idle: int = _setting("KEDJA_SESSION_IDLE", 30, _whole(2, 24 * 60))  # minutes
    session_hours: int = _setting("KEDJA_SESSION_HOURS", 8, _whole(1, 24))
    public_url: str = _setting("KEDJA_PUBLIC_URL", "", lambda text: text.rstrip("/"))
    cds: str = _setting("KEDJA_CDS", "own", _decision_support)
    smtp: str = _setting("KEDJA_SMTP", "", _mail_server)
    smtp_from: str = _setting("KEDJA_SMTP_FROM", "kedja@localhost", _mailbox)

    @property
    def worker_count(self) -> int:
        """Web worker processes: as set, else one a core that this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

    @property
    def base_url(self) -> str:
        """The address that the server is reached at, without a slash at the end."""
        return self.public_url or f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def to_environment(config: Config) -> dict[str, str]:
    """The environment in which `load` gives this config: for processes of our own."""
    return {setting.metadata["variable"]: _text(getattr(config, setting.name)) for setting in fields(config)}


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def variables() -> list[str]:
    """The names of all environment variables that are read."""
    return [setting.metadata["variable"] for setting in fields(Config)]


def load(environment: Mapping[str, str] | None = None) -> Config:
    """The settings of this environment (default: the process's).

    Raises CannotRun for a value that is not allowed.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {"home": _folder(".kedja")}
    for setting in fields(Config):
        text = environment.get(setting.metadata["variable"])
        if text is None:
            continue
        try:
            values[setting.name] = setting.metadata["read"](text)
        except ValueError as error:
            raise CannotRun(f"{setting.metadata['variable']} is `{text}`, but must be {error}.") from None
    return Config(**values)
