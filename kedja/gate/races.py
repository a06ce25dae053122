"""Writes that lose a race are tried again, after a pause that grows and varies, so that those who met do not meet again."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from asyncpg import DeadlockDetectedError, LockNotAvailableError, SerializationError, UniqueViolationError

RACES: Final = (UniqueViolationError, DeadlockDetectedError, SerializationError, LockNotAvailableError)
_FIRST, _LONGEST = 0.004, 0.4  # seconds


async def pause(tried: int) -> None:
    """Before the next try; `tried` counts from 1. At most `_LONGEST` seconds."""
    await asyncio.sleep(random.uniform(0, min(_LONGEST, _FIRST * 2 ** min(tried, 10))))
