"""The order of a long search is kept for its further pages, which then look at their own rows alone (docs/adr/0016).

What is kept are keys, no answer: a page asks the law and every criterion of its rows anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kedja.search.nodes import Query

_AT_HAND: Final = ("updated", "id")  # columns of the resource's own row


@dataclass(frozen=True, slots=True)
class Bounds:
    """`least`: so few rows are put in order again for each page. `most`: keys of one order, more than a page has; behind them
    the order of the rest is found once more. `part`: keys in a row of `search_order`, few enough to stay in it. `spare`: keys
    that are looked at beside those of the page, for what may no longer be seen. `orders`: kept of one who searches.
    """

    least: int = 200
    most: int = 100_000
    part: int = 200
    spare: int = 32
    orders: int = 32


BOUNDS: Final = Bounds()


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the order of what comes from here on, under this number."""

    order: int
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Window:
    """Keys of a kept order, in order; `place` others stand before them."""

    order: int
    place: int
    keys: tuple[int, ...]


def worth_keeping(query: Query) -> bool:
    """Whether a second page is asked for, of an order by what must be looked up for each match."""
    return query.after is not None and any(by.kind not in _AT_HAND for by in query.sort)
