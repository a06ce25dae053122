"""Keys and ids that are ordered by time and need no round trip.

A key is microseconds since 2020 shifted by 12 bits, with 12 bits drawn once per process: two processes meet only when
they draw the same bits and write in the same microsecond, and then the primary key refuses and the write is tried again.
"""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID

_EPOCH_MICROSECONDS = 1_577_836_800_000_000  # 2020-01-01
_salt = secrets.randbits(12)
_last = 0


def new_key() -> int:
    """A bigint greater than every key that this process made before; good until the year 2091."""
    global _last
    _last = max(_last + 1, time.time_ns() // 1000 - _EPOCH_MICROSECONDS)
    return _last << 12 | _salt


def new_id() -> str:
    """A logical id: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""
    milliseconds = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return str(UUID(int=value))


def _reseed() -> None:
    global _salt
    _salt = secrets.randbits(12)


os.register_at_fork(after_in_child=_reseed)
