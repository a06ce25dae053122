"""The custody columns of `resource` (or `resource_history`), and how a value is compared with one."""

from __future__ import annotations

from typing import Final, cast

from kedja.search.sql.bind import bind

# Names of nodes -> (column, PostgreSQL type). What is not here cannot be said.
COLUMNS: Final = {
    "person": ("person", "bigint"),
    "regime": ("regime", "text"),
    "provider": ("provider", "text"),
    "unit": ("unit", "text"),
    "source": ("source", "text"),
    "labels": ("labels", "integer"),
    "type": ("type", "text"),
    "id": ("id", "text"),
    "start": ("doc_start", "timestamptz"),
    "end": ("doc_end", "timestamptz"),
}
_COMPARE: Final = {
    "=": "{column} = {value}",
    "<>": "{column} <> {value}",
    "in": "{column} = ANY ({value})",
    "null-or": "({column} IS NULL OR {column} = {value})",
    "has": "({column} & {value}) <> 0",
    "lacks": "({column} & {value}) = 0",
    "lacks-bit": "({column} & {value}) <> {value}",
    "<=": "{column} <= {value}",
    "open<=": "({column} IS NULL OR {column} <= {value})",
    "open>=": "({column} IS NULL OR {column} >= {value})",
}


def compare(column: str, kind: str, op: str, value: object, args: list[object]) -> str:
    """The test of an SQL column of PostgreSQL type `kind`; the value is appended to `args`. Raises KeyError for no operator."""
    if isinstance(value, tuple):
        several = [str(each) for each in cast("tuple[object, ...]", value)]  # asyncpg takes no list of text and enumerations
        return _COMPARE[op].format(column=column, value=bind(args, several, f"{kind}[]"))
    return _COMPARE[op].format(column=column, value=bind(args, value, kind))
