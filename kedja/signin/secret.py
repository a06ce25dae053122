"""The installation's signing secret: made once, kept in a file that only its owner reads, the same for every worker."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_BYTES = 32


def signing_secret(home: Path) -> bytes:
    """32 bytes from `home`/secret, made at first use; two processes that make it at once get the same one."""
    place = home / "secret"
    if not place.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"secret.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(_BYTES), encoding="ascii")
        try:
            os.link(draft, place)  # fails when another process was first: theirs stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return bytes.fromhex(place.read_text(encoding="ascii"))
