"""Random streams: one for each person and purpose, so that no draw depends on what else was drawn."""

from __future__ import annotations

from random import Random


def stream(seed: int, *parts: object) -> Random:
    """The generator of this seed and these parts: `stream(7, "person", 12, "wearable")`."""
    return Random("/".join(str(part) for part in (seed, *parts)))


def chance(rng: Random, share: float) -> bool:
    return rng.random() < share


def uuid(rng: Random) -> str:
    """An id in the form of a random UUID. Ids are not counters: a gap in a count would tell that something is hidden."""
    text = f"{(rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)) | (4 << 76) | (2 << 62):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
