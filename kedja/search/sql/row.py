"""What is asked of the row itself: `_id`, and `:missing` of whatever index."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import Ids, Present
from kedja.search.sql.bind import bind, integers

_ARRAYS: Final = {"token": "tokens", "reference": "refs"}
_TABLES: Final = {"string": "search_string", "date": "search_date", "number": "search_number"}


def render_ids(ids: Ids, alias: str, args: list[object]) -> str:
    return f"{alias}.id = ANY ({bind(args, list(ids.ids), 'text[]')})"


def render_present(present: Present, alias: str, args: list[object]) -> str:
    if present.index in _ARRAYS:
        there = f"{alias}.{_ARRAYS[present.index]} && ARRAY[{integers(present.marks, 'bigint')}]"
    else:
        param = integers(present.marks, "integer")
        table = _TABLES[present.index]
        there = f"EXISTS (SELECT FROM {table} x WHERE x.resource = {alias}.key AND x.param IN ({param}))"
    return f"NOT ({there})" if present.missing else there
