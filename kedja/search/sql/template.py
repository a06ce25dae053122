"""Statements that were written once: of one search with its values in their places, or of several of one shape at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kedja.search.log import LogRow
from kedja.search.restrict import Restricted
from kedja.search.sql.gathered import Several, gathered
from kedja.search.sql.shape import Fill, Marked, Unshaped, Values, fill_of, marked, shows_marks
from kedja.search.sql.statement import written


@dataclass(frozen=True, eq=False)
class Template:
    """How all searches of one shape are asked; `sparing` as in `statement`."""

    text: str
    bound: list[Any]
    fills: Sequence[Fill]
    asked: Marked
    sparing: bool

    def args(self, values: Values) -> list[Any]:
        """What one search binds to `text`."""
        args = self.bound.copy()
        for fill in self.fills:
            args[fill.place] = fill.of(values)
        return args

    @cached_property
    def several(self) -> Several | None:
        """How several of them are asked at once; None where they cannot be."""
        try:
            return gathered(self.asked, self.sparing)
        except Unshaped:
            return None


def template(restricted: Restricted, log: LogRow, *, sparing: bool) -> Template | None:
    """The statement of all searches of this one's shape; None where one of their values is in no place of its own."""
    asked = marked(restricted, log)
    text, bound = written(*asked, sparing=sparing)
    try:
        fills = [fill for place, one in enumerate(bound) if (fill := fill_of(place, one))]
    except Unshaped:
        return None
    return None if shows_marks(text) else Template(text, bound, fills, asked, sparing)
