"""The key that signs checkpoints: in a file of the installation, never in the database that it vouches for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_PRIVATE: Final = "audit.key"


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The installation's key, made at first use; two processes that make it at once get the same one."""
    place = home / _PRIVATE
    if not place.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"{_PRIVATE}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        try:
            os.link(draft, place)  # fails when another process was first: theirs stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = load_pem_private_key(place.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{place} holds no Ed25519 key")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """What others check checkpoints by (SubjectPublicKeyInfo, PEM)."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """Raises ValueError for what is no Ed25519 public key."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("this is no Ed25519 public key")
    return key
