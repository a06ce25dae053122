"""Searches of one shape as one statement: each is asked in a subquery for its own values, and logged by itself.

What a search takes for itself alone is a column of `asked`; what all of them bind alike, the law's names and numbers, is bound
once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kedja.search.condition import SHIELDED
from kedja.search.nodes import References
from kedja.search.sql.shape import Fill, Marked, Unshaped, Values, fill_of
from kedja.search.sql.statement import COLUMNS, answered, with_parts
from kedja.search.sql.writer import Writer

_PLACE: Final = re.compile(r"\$(\d+)::([a-z]+)(\[\])?")
_ITSELF: Final = ("integer", "text", "bigint", "timestamptz")  # a value of another type goes as text, and is read from it

_LOG: Final = f"""  INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
  SELECT each.person, {{actor}}, {{action}}, 'permit', array_remove(array_agg(DISTINCT each.rule), '')
             || CASE WHEN bool_or((each.labels & {SHIELDED}) <> 0) THEN ARRAY['SP-3'] ELSE '{{{{}}}}' END,
         array_agg(each.type || '/' || each.id ORDER BY each.part, each.place), {{request}}, {{detail}}
  FROM asked JOIN each ON each.number = asked.number WHERE each.part >= 0
  GROUP BY asked.number, each.person, {{request}}, {{detail}}, {{actor}}
  UNION ALL
  SELECT named.person, {{actor}}, {{action}}, 'permit', '{{{{}}}}', '{{{{}}}}', {{request}}, {{detail}}
  FROM asked JOIN each page ON page.number = asked.number AND page.part < 0 AND NOT page.again
  CROSS JOIN unnest({{persons}}) AS named (person)
  WHERE NOT EXISTS (SELECT FROM each WHERE each.number = asked.number AND each.part >= 0
                    AND (named.person = 0 OR each.person = named.person))"""


@dataclass(frozen=True, slots=True)
class Several:
    """`text` of any number of searches; `bound` is what they bind alike, behind a column for each of `fills`."""

    text: str
    fills: Sequence[Fill]  # a list goes as text
    bound: Sequence[object]

    def args(self, searches: Sequence[Values]) -> list[Any]:
        columns = [[_listed(fill.of(one)) if fill.listed else fill.of(one) for one in searches] for fill in self.fills]
        return [*columns, *self.bound]


def gathered(asked: Marked, sparing: bool) -> Several:
    """The statement of several searches of this one's shape. Rows: `number` of the search, from 1, and those of `statement`.

    One that is to be asked again says so in its page, and is not logged. Raises Unshaped for what cannot be asked so.
    """
    query, claim, log = asked
    if query.control.count_only:
        raise Unshaped
    writer = Writer(sparing=sparing)
    answer = answered(query, claim, log, None, writer)
    inner = f"{with_parts(writer)}{answer}"
    persons = next((list(one.persons) for one in query.select.criteria if isinstance(one, References) and one.persons), [0])
    values = (("actor", log.actor, "integer"), ("action", log.action, "text"), ("request", log.request, "text"))
    values = (*values, ("detail", log.detail, "text"), ("persons", persons, "bigint[]"))
    logged = _LOG.format(**{name: writer.bind(value, cast) for name, value, cast in values})
    columns = _Columns(writer.args)
    inner, logged = columns.put(inner), columns.put(logged)
    names = ", ".join(f"c{place}" for place in range(1, len(columns.fills) + 1))
    text = (
        f"WITH asked AS MATERIALIZED (\n  SELECT * FROM unnest({columns.arrays()})"
        f" WITH ORDINALITY AS asked ({names}, number)\n),\n"
        f"each AS MATERIALIZED (\n  SELECT asked.number, answer.* FROM asked CROSS JOIN LATERAL (\n{inner}\n  ) answer\n),\n"
        f"log AS (\n{logged}\n)\nSELECT number, {COLUMNS} FROM each ORDER BY number, part, place"
    )
    return Several(columns.numbered(text), columns.fills, columns.bound)


class _Columns:
    """What is bound, as columns of `asked` where it is of one search."""

    def __init__(self, args: Sequence[object]) -> None:
        self._args = args
        self._known: dict[tuple[Fill, str], int] = {}
        self._constants: dict[tuple[int, str], int] = {}
        self.fills: list[Fill] = []
        self.bound: list[object] = []

    def put(self, text: str) -> str:
        return _PLACE.sub(self._placed, text)

    def arrays(self) -> str:
        casts = [f"${place}::{cast}[]" for place, (_, cast) in enumerate(self._known, 1)]
        return ", ".join(casts)

    def numbered(self, text: str) -> str:
        """Constants stand behind the columns."""
        return re.sub(r"\$bound(\d+)", lambda found: f"${int(found[1]) + len(self.fills)}", text)

    def _placed(self, found: re.Match[str]) -> str:
        place, kind, many = int(found[1]), found[2], found[3] or ""
        fill = fill_of(place, self._args[place - 1])
        if fill is None:
            return f"$bound{self._constant(place, kind + many)}::{kind}{many}"
        if kind not in _ITSELF or (many and kind != "bigint"):
            raise Unshaped
        key = (replace(fill, place=0), "text" if many else kind)
        if key not in self._known:
            self._known[key] = len(self._known) + 1
            self.fills.append(key[0])
        return f"asked.c{self._known[key]}::{kind}{many}"

    def _constant(self, place: int, cast: str) -> int:
        if (place, cast) not in self._constants:
            self.bound.append(self._args[place - 1])
            self._constants[place, cast] = len(self.bound)
        return self._constants[place, cast]


def _listed(numbers: Sequence[int | None]) -> str:
    """As PostgreSQL writes an array of numbers."""
    return f"{{{','.join('NULL' if one is None else str(one) for one in numbers)}}}"
