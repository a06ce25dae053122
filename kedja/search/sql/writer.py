"""A statement in the making: its values, and its named parts in the order that they need each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from kedja.search.sql.bind import bind


@dataclass(slots=True)
class Writer:
    args: list[object] = field(default_factory=list[object])
    parts: list[str] = field(default_factory=list[str])
    aliases: int = 0
    origin: str = "key"  # the column of `resource` that orders it, and is the same for all versions
    sparing: bool = False  # what should be few is looked up first; where it is not, the answer is to ask `again`
    again: list[str] = field(
        default_factory=list[str]
    )  # conditions under which the statement finds nothing, and must be asked anew

    def bind(self, value: object, cast: str) -> str:
        return bind(self.args, value, cast)

    def part(self, name: str, body: str, *, how: str = "") -> str:
        """Add `name AS (body)`; `how` is MATERIALIZED where the planner shall not look through it."""
        self.parts.append(f"{name} AS {how}{' ' if how else ''}(\n{body}\n)")
        return name

    def settled(self) -> str:
        """` AND NOT (...)`: what the statement finds counts, since it need not be asked again."""
        return f" AND NOT ({' OR '.join(self.again)})" if self.again else ""

    def alias(self) -> str:
        """A name of its own for one more use of a table."""
        self.aliases += 1
        return f"t{self.aliases}"
