"""Which resource a write is about, when a search says it: If-None-Exist, `PUT Type?...` (FHIR R4 3.1.0.7.1 and its like)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from kedja.gate.links import conditional_references
from kedja.interactions.call import Call
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.control import CONTROLS
from kedja.search.nodes import Query
from kedja.search.parse import parse
from kedja.search.resolve import resolve

Pairs = Iterable[tuple[str, str]]
MOST_DELETED: Final = 1000
_SHOWING: Final = ("_format", "_pretty", "_summary", "_elements")


def criteria(call: Call, resource_type: str, pairs: Pairs, place: str) -> Query:
    """The search that decides. `place` is where it stands in the request.

    Raises OutcomeError: 400 for what cannot be searched by, 412 where nothing is asked for (R4: not selective enough).
    """
    asked = [pair for pair in pairs if pair[0] not in _SHOWING]
    for name, _ in asked:
        if name in CONTROLS or name.partition(":")[0] in ("_include", "_revinclude"):
            told = f"`{name[:80]}` says how to answer a search, not which resource is meant: leave it out"
            raise refuse(400, "not-supported", told, place)
    if not asked:
        raise refuse(412, "required", "the criteria are empty: say which resource is meant, as `identifier=system|value`", place)
    try:
        return resolve(parse(resource_type, asked), base=call.base, now=call.door.clock())
    except OutcomeError as error:
        raise OutcomeError(error.status, *(Issue(one.code, one.diagnostics, (place,)) for one in error.issues)) from None


def criteria_in(call: Call, resource_type: str, text: str, place: str) -> Query:
    """As `criteria`, of a query string; `Type?` before it may stand there."""
    bare = text.strip().removeprefix(resource_type).removeprefix("?")
    try:
        pairs = parse_qsl(bare, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise refuse(400, "value", f"`{text[:80]}` is no query string: write `identifier=system|value`", place) from None
    return criteria(call, resource_type, pairs, place)


def lookups(call: Call, resources: Iterable[tuple[dict[str, object], str]]) -> dict[str, Query]:
    """The search of each reference that is one, in these (resource, its place). Raises OutcomeError with all that is wrong."""
    found: dict[str, Query] = {}
    issues: list[Issue] = []
    for resource, place in resources:
        for reference, at in conditional_references(resource, place):
            if reference in found:
                continue
            try:
                found[reference] = criteria_in(call, reference.partition("?")[0], reference, at)
            except OutcomeError as error:
                issues += error.issues
    if issues:
        raise OutcomeError(400, *issues)
    return found


def deletable(pairs: Pairs) -> tuple[list[tuple[str, str]], int]:
    """(the criteria, how many may be deleted): one, or what `_count` says, at most 1000. Raises OutcomeError 400."""
    kept: list[tuple[str, str]] = []
    most = 1
    for name, value in pairs:
        if name != "_count":
            kept.append((name, value))
        elif value.isascii() and value.isdecimal() and len(value) < 5 and 0 < int(value) <= MOST_DELETED:
            most = int(value)
        else:
            raise refuse(
                400, "value", f"`_count` is `{value[:40]}`: give how many may be deleted, 1 to {MOST_DELETED}", "?_count"
            )
    return kept, most
