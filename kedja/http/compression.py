"""gzip both ways: answers that are worth it, and bodies of requests, read no further than their limit (RFC 9110 8.4)."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable
from functools import lru_cache
from typing import Final

from kedja.exactjson import MAX_BYTES
from kedja.outcome import OutcomeError, refuse

MIN_BYTES: Final = 1400  # about one packet: below it nothing is won
_GZIP: Final = 31  # zlib's window for a gzip header
_LEVEL: Final = 1  # most of the gain for a fraction of the time
_IN_THREAD: Final = 256 * 1024  # what would hold up the event loop for milliseconds


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether gzip may be answered: named, or `*`, with a q above 0."""
    qualities: dict[str, str] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = part.partition(";")
        qualities[coding.strip()] = parameter.strip().removeprefix("q=").strip() or "1"
    quality = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", "0")))
    return bool(quality.strip("0."))


async def compressed(body: bytes) -> bytes:
    if len(body) > _IN_THREAD:
        return await asyncio.to_thread(_gzip, body)
    return _gzip(body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


async def read_body(stream: AsyncIterable[bytes], encoding: str, declared: str) -> bytes:
    """The body as it was before it was encoded. Raises OutcomeError: 413 over 16 MiB, 415 for an encoding that is not taken,
    400 for what is no gzip.
    """
    if declared.isdecimal() and int(declared[:18]) > MAX_BYTES:
        raise _too_long(declared[:18])
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise refuse(415, "not-supported", f"Content-Encoding `{encoding[:40]}` is not taken: send gzip, or nothing")
    if "gzip" in encoding:
        return await _unpacked(stream)
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size > MAX_BYTES:
            raise _too_long(f"over {MAX_BYTES}")
        parts.append(part)
    return b"".join(parts)


async def _unpacked(stream: AsyncIterable[bytes]) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    size = 0
    try:
        async for part in stream:
            if unpacker.eof and part:
                raise zlib.error("something stands behind its end")
            parts.append(unpacker.decompress(part, MAX_BYTES + 1 - size))
            size += len(parts[-1])
            if size > MAX_BYTES or unpacker.unconsumed_tail:
                raise _too_long(f"over {MAX_BYTES}")
    except zlib.error as error:
        raise refuse(400, "structure", f"the body is not gzip: {str(error)[:80]}") from None
    if not unpacker.eof or unpacker.unused_data:
        raise refuse(400, "structure", "the body is not one whole gzip stream: send all of it, and nothing behind it")
    return b"".join(parts)


def _too_long(size: str) -> OutcomeError:
    return refuse(413, "too-long", f"the body has {size} bytes; at most {MAX_BYTES} are taken: split it into several requests")
