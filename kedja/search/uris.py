"""What lies above what: addresses by the segments of their paths, canonicals by their versions too (FHIR R4 3.1.1.4.14)."""

from __future__ import annotations

from typing import Final

_MOST: Final = 30  # segments of a path; what lies deeper is not above anything


def canonical_texts(text: str) -> tuple[str, ...]:
    """With its version, and without."""
    bare = text.partition("|")[0]
    return (text,) if bare == text or not bare else (text, bare)


def above(text: str) -> tuple[str, ...]:
    """Everything that this address lies below, without slashes at the end; of `url|1.2.3` also `url|1` and `url|1.2`.

    A urn lies below nothing: only URLs are hierarchies.
    """
    address, bar, version = text.partition("|")
    scheme, found, path = address.partition("://")
    segments = path.rstrip("/").split("/") if found else []
    parents = tuple(f"{scheme}://{'/'.join(segments[:depth])}" for depth in range(1, min(len(segments), _MOST)))
    itself = address.rstrip("/") if address.endswith("/") and found else None
    numbers = version.split(".") if bar else []
    versions = tuple(f"{address}|{'.'.join(numbers[:depth])}" for depth in range(1, min(len(numbers), _MOST)))
    return (*parents, *((itself,) if itself else ()), *versions)


def or_above(text: str) -> tuple[str, ...]:
    """The texts of addresses that this one is or lies below, with and without a slash at the end."""
    parents = above(text)
    plain = [each for each in parents if "|" not in each]
    return tuple(dict.fromkeys((text, *parents, *(f"{each}/" for each in plain), *_slashed(text))))


def _slashed(text: str) -> tuple[str, ...]:
    return () if "|" in text or "://" not in text else (text.rstrip("/"), f"{text.rstrip('/')}/")
