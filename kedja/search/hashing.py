"""The numbers that stand for tokens, references and parameters in the index.

64 bits of BLAKE2b: at ten thousand million distinct tokens the chance that any two meet is about one in four
hundred thousand million per pair looked up; parameters (32 bits) are few and checked for collisions by a test.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b


def hash64(text: str) -> int:
    """A signed 64-bit number (PostgreSQL bigint)."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=65536)
def token_hash(resource_type: str, code: str, text: str) -> int:
    """Stands for one token of one parameter, e.g. ("Observation", "code", "http://loinc.org|4548-4")."""
    return hash64(f"{resource_type}.{code}|{text}")


@lru_cache(maxsize=8192)
def param_hash(resource_type: str, code: str) -> int:
    """A signed 32-bit number (PostgreSQL integer) that stands for one parameter of one resource type."""
    return int.from_bytes(blake2b(f"{resource_type}.{code}".encode(), digest_size=4).digest(), "big", signed=True)


@lru_cache(maxsize=8192)
def param_salt(resource_type: str, code: str) -> int:
    return hash64(f"{resource_type}.{code}#reference")


@lru_cache(maxsize=65536)
def self_hash(reference: str) -> int:
    """Stands for a resource as a target: `Patient/123` (or an absolute URL that is not ours)."""
    return hash64(reference)


def reference_hash(resource_type: str, code: str, reference: str) -> int:
    """`self_hash(target) XOR param_salt(parameter)`, so that SQL can join a target to those that refer to it."""
    return self_hash(reference) ^ param_salt(resource_type, code)
