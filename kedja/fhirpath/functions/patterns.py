"""Regular expressions (FHIRPath 2.0, sections 5.6.9 to 5.6.11), bounded in time, since patterns and texts come with data."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from kedja.fhirpath.functions.strings import bounded, of_three, of_two
from kedja.fhirpath.items import Items, boolean
from kedja.fhirpath.nodes import FhirPathError

SECONDS: Final = 0.5  # for one match
_MAX_PATTERN: Final = 2000
_MAX_WEIGHT: Final = 100_000
_PIECE: Final = re.compile(
    r"(?P<count>\{\d+)|(?P<open>\()|(?P<close>\))|\s|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL | re.ASCII
)
_VERBOSE: Final = re.compile(r"\(\?[a-zA-Z]*x")


@cache
def _engine() -> ModuleType:
    """Imported when a pattern is first asked for: it takes longer than the rest of this room."""
    return import_module("regex")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    if len(pattern) > _MAX_PATTERN:
        raise FhirPathError(f"the pattern has {len(pattern)} characters; at most {_MAX_PATTERN} are read")
    if _VERBOSE.search(pattern) or _weight(pattern) > _MAX_WEIGHT:
        raise FhirPathError(
            f"`{pattern[:40]}` is spaced out, or repeats more than {_MAX_WEIGHT} signs by its counts: make it simpler"
        )
    try:
        return _engine().compile(pattern, _engine().VERSION0 | _engine().DOTALL)
    except (_engine().error, RecursionError, OverflowError, MemoryError, ValueError) as error:
        raise FhirPathError(f"`{pattern[:40]}` is no regular expression: {error}") from None


def _weight(pattern: str) -> int:
    """How many signs a pattern has when its counts are written out, as the engine does: `(a{100}){100}` has 10,000."""
    sums, last = [0], 0
    for piece in _PIECE.finditer(pattern):
        match piece.lastgroup:
            case "open":
                sums.append(0)
            case "close":
                last = sums.pop() if len(sums) > 1 else 0
                sums[-1] += last
            case "count":
                times = max(int(piece[0][1:]), 1)
                sums[-1] += last * (times - 1)
                last *= times
            case _ if not piece[0].isspace():
                last = 1
                sums[-1] += 1
            case _:
                pass
    return sum(sums)


def _matches(value: str, pattern: str) -> Items:
    try:
        return boolean(_compiled(pattern).search(value, timeout=SECONDS) is not None)
    except TimeoutError:
        raise _slow(pattern) from None


def _matches_full(value: str, pattern: str) -> Items:
    try:
        return boolean(_compiled(pattern).fullmatch(value, timeout=SECONDS) is not None)
    except TimeoutError:
        raise _slow(pattern) from None


def _replace(value: str, pattern: str, replacement: str) -> Items:
    if not pattern:
        return bounded(value)
    try:
        return bounded(_compiled(pattern).sub(_template(replacement), value, timeout=SECONDS))
    except TimeoutError:
        raise _slow(pattern) from None
    except (_engine().error, IndexError, ValueError) as error:
        raise FhirPathError(f"`{replacement[:40]}` cannot replace `{pattern[:40]}`: {error}") from None


@lru_cache(maxsize=1024)
def _template(replacement: str) -> str:
    r"""`$1` and `${name}` are `\g<1>` and `\g<name>` here; a `\` before a sign is that sign."""
    return re.sub(r"\\(.)|\\|\$(\d+)|\$\{(\w+)\}", _group, replacement)


def _group(match: Any) -> str:
    group = match[2] or match[3]
    if group is not None:
        return rf"\g<{group}>"
    literal: str = match[1] or match[0]
    return r"\\" if literal == "\\" else literal


def _slow(pattern: str) -> FhirPathError:
    return FhirPathError(f"`{pattern[:40]}` takes more than {SECONDS} seconds on these data: make it simpler")


FUNCTIONS: Final = {
    "matches": of_two("matches", _matches),
    "matchesFull": of_two("matchesFull", _matches_full),
    "replaceMatches": of_three("replaceMatches", _replace),
}
