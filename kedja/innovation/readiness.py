"""Broad introduction as data: readiness gates, the steps of a unit's plan, the parts of a package (`readiness.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kedja.innovation.words import Words, table, words


@dataclass(frozen=True, slots=True)
class Item:
    """A readiness gate, a step or a part of a package. `share` of a step is how much of the way it is, in percent.
    `decided`: a gate that is passed only once it is decided who pays."""

    id: str
    words: Words
    share: int = 0
    decided: bool = False


@cache
def items(kind: str) -> tuple[Item, ...]:
    """`gates`, `steps` or `package`, in their order."""
    return tuple(
        Item(row["id"], words(row), row.get("share", 0), row.get("decided", False)) for row in table("readiness.toml")[kind]
    )


def share(step: str) -> int:
    """How much of the way a plan is at this step, in percent."""
    return next(item.share for item in items("steps") if item.id == step)
