"""A slow oracle: the law once more, as plain if-statements read off the statutes, without the rule files or their compiler.

Each part answers for some statutes with two functions of (reading, action): `permits`, and `forbids` for what strikes every
permit. What no part permits is not permitted.
"""

from __future__ import annotations

from typing import Final, Protocol

from tests.law import oracle_care, oracle_others, oracle_people, oracle_reuse
from tests.law.oracle_reading import Reading


class Part(Protocol):
    def permits(self, one: Reading, action: str, /) -> bool: ...

    def forbids(self, one: Reading, action: str, /) -> bool: ...


PARTS: Final[tuple[Part, ...]] = (oracle_care, oracle_others, oracle_people, oracle_reuse)


class Oracle(Reading):
    """Answers for one actor, one resource, its facts, at one time."""

    def may(self, action: str) -> bool:
        if self.actor.id == "":
            return False
        return any(part.permits(self, action) for part in PARTS) and not any(part.forbids(self, action) for part in PARTS)
