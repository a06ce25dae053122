"""Whose the numbers are by which a resource names who acts for its person: guardians and holders of mandates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from asyncpg import Connection

from kedja.access.facts import named_by
from kedja.access.state_facts import Number, People
from kedja.gate.prepare import NOBODY
from kedja.identity import Identifier, parse
from kedja.outcome import OutcomeError
from kedja.store import person as persons

Resource = Mapping[str, Any]
_NAMING: Final = ("Consent", "RelatedPerson")


async def representatives(conn: Connection, resources: Iterable[Resource | None], source: str = "") -> People:
    """{number as it stands in the resource: person key}; a person is made at the first sight of a personal identity number.

    Numbers of other systems, and wrong ones, are nobody's.
    """
    numbers = {number: found for number in _named(resources) if (found := _parsed(number)) is not None}
    if not numbers:
        return NOBODY
    keys = await persons.resolve_each(conn, [[identifier] for identifier in numbers.values()], source)
    return {number: key for number, key in zip(numbers, keys) if isinstance(key, int)}


async def known_representatives(conn: Connection, resources: Iterable[Resource]) -> People:
    """As `representatives`, of those who are known; nobody is made."""
    numbers = {number: found for number in _named(resources) if (found := _parsed(number)) is not None}
    if not numbers:
        return NOBODY
    kept = await persons.known(conn, list(numbers.values()))
    return {number: kept[found] for number, found in numbers.items() if found in kept}


def _named(resources: Iterable[Resource | None]) -> list[Number]:
    found: dict[Number, None] = {}
    for resource in resources:
        if resource is not None and resource.get("resourceType") in _NAMING:
            try:
                found |= dict.fromkeys(named_by(resource))
            except OutcomeError:  # told where its facts are made
                continue
    return list(found)


def _parsed(number: Number) -> Identifier | None:
    try:
        return parse(*number, datetime.now(UTC).date())
    except OutcomeError:
        return None
