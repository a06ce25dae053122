"""The installation's signing secret: made once, kept in a file that only its owner reads, the same for every worker."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

_BYTES = 32


def signing_secret(home: Path, *, demo: bool) -> bytes:
    """32 bytes from `home`/secret, made at first use; two processes that make it at once get the same one.

    `demo` gives another: what the demo provider signed is worth nothing where it does not run.
    """
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
    secret = bytes.fromhex(place.read_text(encoding="ascii"))
    return hmac.digest(secret, b"demo", "sha256") if demo else secret
