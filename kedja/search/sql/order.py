"""Order, and where the next page begins. Newest first where nothing is said; what has no value comes last both ways."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import After, Sort
from kedja.search.sql.bind import integers, type_names
from kedja.search.sql.writer import Writer

# Upwards the least of several values counts, downwards the greatest; a date counts from when it begins.
_VALUES: Final = {
    "string": "(SELECT {pick}(s.value) FROM search_string s WHERE s.resource = r.key AND s.param IN ({param}))",
    "date": "(SELECT {pick}(d.lo) FROM search_date d WHERE d.resource = r.key AND d.param IN ({param}))",
    "number": "(SELECT {pick}(n.value) FROM search_number n WHERE n.resource = r.key AND n.param IN ({param}))",
    "updated": "r.updated",
    "id": "r.id",
}
_TYPES: Final = {
    "text": "text",
    "string": "text",
    "date": "timestamptz",
    "number": "numeric",
    "updated": "timestamptz",
    "id": "text",
}


def sort_columns(sort: tuple[Sort, ...], writer: Writer) -> str:
    """`, <value> AS sort_1...` of the row r."""
    columns = ""
    for place, by in enumerate(sort, 1):
        pick = "max" if by.descending else "min"
        if by.kind == "text":
            value = _read(by, pick, writer)
        else:
            value = _VALUES[by.kind].format(pick=pick, param=integers(by.params, "integer"))
        columns += f", {value} AS sort_{place}"
    return columns


def _read(by: Sort, pick: str, writer: Writer) -> str:
    """What the index has only as hashes, from the resource itself."""
    reads = [f"SELECT jsonb_path_query(r.body::jsonb, {writer.bind(path, 'text::jsonpath')}) AS found" for _, path in by.paths]
    tests = [f"{read} WHERE r.type IN ({type_names([name])})" for read, (name, _) in zip(reads, by.paths)]
    return f"(SELECT {pick}((x.found #>> '{{}}') COLLATE \"C\") FROM ({' UNION ALL '.join(tests)}) x)"


def order_by(sort: tuple[Sort, ...], *, walk: bool = True) -> str:
    """`walk`: the planner may go through the keys in order until the page is full; else it finds all matches first."""
    ways = [f"sort_{place} {'DESC' if by.descending else 'ASC'} NULLS LAST" for place, by in enumerate(sort, 1)]
    return ", ".join([*ways, "key DESC" if walk else "key + 0 DESC"])


def sort_texts(sort: tuple[Sort, ...]) -> str:
    """The sort values as text, exact enough to come back."""
    texts = [f"sort_{place}::text" for place in range(1, len(sort) + 1)]
    return f"ARRAY[{', '.join(texts)}]::text[]"


def behind(sort: tuple[Sort, ...], after: After, writer: Writer) -> str:
    """Whether a row comes after this place in the order."""
    key = f"key < {writer.bind(after.key, 'bigint')}"
    for place, (by, value) in reversed(list(enumerate(zip(sort, after.sort), 1))):
        column = f"sort_{place}"
        if value is None:
            key = f"({column} IS NULL AND {key})"
            continue
        known = f"{writer.bind(value, 'text')}::{_TYPES[by.kind]}"
        further = f"{column} {'<' if by.descending else '>'} {known}"
        key = f"({further} OR {column} IS NULL OR ({column} = {known} AND {key}))"
    return key
