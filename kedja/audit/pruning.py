"""Rows that were taken out of the log when their time was over: a signed statement says which, and where they are kept."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_HEAD: Final = "kedja access log pruned"
_BODY: Final = re.compile(rf"{_HEAD}\n(\d{{1,19}})\n([A-Za-z0-9+/]{{43}}=)\n([0-9T:.Z-]{{20,32}})\n", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pruning:
    """`text` is what is signed: the head, how many entries from the beginning, the SHA-256 in base64 of the archive's entries
    and the time before which all of them were, a line each."""

    text: str
    signature: bytes
    key: bytes

    @property
    def size(self) -> int:
        found = _BODY.fullmatch(self.text)
        return int(found[1]) if found else 0

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "signature": b64encode(self.signature).decode(), "key": b64encode(self.key).decode()}


def of_json(found: dict[str, Any]) -> Pruning:
    """Raises KeyError, ValueError for what is none."""
    return Pruning(found["text"], b64decode(found["signature"]), b64decode(found["key"]))


def sign(key: Ed25519PrivateKey, size: int, digest: bytes, before: datetime) -> Pruning:
    """That the first `size` entries, all of before that time, are in the archive whose entries have this SHA-256."""
    at = before.isoformat(timespec="seconds").replace("+00:00", "Z")
    text = f"{_HEAD}\n{size}\n{b64encode(digest).decode()}\n{at}\n"
    if _BODY.fullmatch(text) is None:
        raise ValueError("this is no statement of what was pruned")
    return Pruning(text, key.sign(text.encode()), key.public_key().public_bytes_raw())


def pruned(statements: Iterable[Pruning], key: Ed25519PublicKey) -> int:
    """How many entries from the beginning may be gone, by the statements that this key signed."""
    return max((one.size for one in statements if _is_signed(one, key)), default=0)


def _is_signed(statement: Pruning, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(statement.signature, statement.text.encode())
    except InvalidSignature:
        return False
    return statement.size > 0
