"""The `Prefer` header: what a client would like of the answer (RFC 7240; FHIR R4 3.1.0.1.9 and 3.1.1.2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_PREFERENCE: Final = re.compile(
    r'\s*([^\s=;,"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?\s*((?:;[^,"]*(?:"(?:[^"\\]|\\.)*"[^,"]*)*)?)(?:,|$)'
)
_RETURN: Final = {"minimal": "minimal", "representation": "representation", "operationoutcome": "OperationOutcome"}
_HANDLING: Final = ("strict", "lenient")


@dataclass(frozen=True, slots=True)
class Preference:
    """What was preferred; the defaults where nothing was, or nothing that is known: the standard says to ignore that."""

    returns: str = "representation"  # or minimal, or OperationOutcome
    lenient: bool = False  # leave out search parameters that are not understood, and say so
    said: frozenset[str] = frozenset()  # names of the preferences that were given and are followed


def preference(headers: Mapping[str, str]) -> Preference:
    """`headers` have lower-case names; of a preference given twice the first counts."""
    return _read(headers.get("prefer", ""))


@lru_cache(maxsize=256)
def _read(header: str) -> Preference:
    found: dict[str, str] = {}
    for name, value in _pairs(header):
        found.setdefault(name, value)
    returns, handling = _RETURN.get(found.get("return", "")), found.get("handling")
    said = [name for name, known in (("return", returns), ("handling", handling in _HANDLING)) if known]
    return Preference(returns or "representation", handling == "lenient", frozenset(said))


def _pairs(header: str) -> Iterator[tuple[str, str]]:
    for match in _PREFERENCE.finditer(header[:1000]):
        yield match[1].lower(), (match[2] or "").strip('"').lower()
