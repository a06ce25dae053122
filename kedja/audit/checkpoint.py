"""Signed checkpoints: at this time the log had this many entries, and its tree this root (Ed25519, RFC 8032)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kedja.audit.tree import HASH_BYTES

_HEAD: Final = "kedja access log"
_BODY: Final = re.compile(rf"{_HEAD}\n(\d{{1,19}})\n([A-Za-z0-9+/]{{43}}=)\n([0-9T:.Z-]{{20,32}})\n", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`text` is what is signed: the head, the number of entries, the root in base64 and the time, a line each."""

    text: str
    signature: bytes
    key: bytes  # the public key that it says it was signed by, 32 bytes

    @property
    def size(self) -> int:
        return int(_parts(self.text)[0])

    @property
    def root(self) -> bytes:
        return b64decode(_parts(self.text)[1])

    @property
    def at(self) -> str:
        return _parts(self.text)[2]

    def as_json(self) -> dict[str, str | int]:
        signature, key = b64encode(self.signature).decode(), b64encode(self.key).decode()
        return {"text": self.text, "signature": signature, "key": key, "size": self.size}


def sign(key: Ed25519PrivateKey, size: int, root: bytes, at: str) -> Checkpoint:
    """The checkpoint of a tree. `at` is an instant in UTC, as 2026-11-21T20:00:00.000Z."""
    if len(root) != HASH_BYTES:
        raise ValueError("a root is a SHA-256 hash")
    text = f"{_HEAD}\n{size}\n{b64encode(root).decode()}\n{at}\n"
    _parts(text)
    return Checkpoint(text, key.sign(text.encode()), key.public_key().public_bytes_raw())


def is_signed(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether the checkpoint says what a checkpoint says, and this key signed it."""
    if checkpoint.key != key.public_bytes_raw() or _BODY.fullmatch(checkpoint.text) is None:
        return False
    try:
        key.verify(checkpoint.signature, checkpoint.text.encode())
    except InvalidSignature:
        return False
    return True


def _parts(text: str) -> tuple[str, str, str]:
    match = _BODY.fullmatch(text)
    if match is None:
        raise ValueError("this is no checkpoint of an access log")
    return match[1], match[2], match[3]
