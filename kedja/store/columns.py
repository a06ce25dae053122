"""What is stored, as the arrays that statements take: one for each column, with an item for each row.

Numbers with decimals go as text: the driver takes three times as long to write them in PostgreSQL's own form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kedja.search.hashing import self_hash
from kedja.store.statement import Columns
from kedja.store.version import IndexValues, Logged, Version

Indexed = Sequence[tuple[int, IndexValues]]  # the key of a resource, and what it is found by
Rows = list[tuple[Any, ...]]
Claims = Mapping[str, int]  # id of a Patient: its person


def parts(versions: Sequence[Version], logged: Sequence[Logged], claims: Claims) -> dict[str, Columns]:
    """The parts of write.sql that have something to store."""
    given = _columns([_resource(version) for version in versions], 20)
    found: dict[str, Columns] = {"given": given, "claim": (list(claims), list(claims.values())), "input": ()}
    if any(version.fresh for version in versions):
        found["inserted"] = ()
    if not all(version.fresh for version in versions):
        found["replaced"] = ()
    indexed = [(version.key, version.index) for version in versions if version.index is not None]
    some = {
        **_values(indexed),
        "composites": _composites(indexed),
        "texts": _texts(indexed),
        **_facts(versions),
        "logged": _log(logged),
    }
    found.update((name, list(zip(*rows))) for name, rows in some.items() if rows)
    return found


def index_columns(indexed: Indexed) -> list[Sequence[Any]]:
    """The arrays of index_store.sql: hashes, texts, dates, numbers, composites of these keys."""
    hashes = [(key, _array(index.tokens), _array(index.refs)) for key, index in indexed]
    values = _values(indexed)
    all_rows = ((hashes, 3), (values["strings"], 4), (values["dates"], 4), (values["numbers"], 7), (_composites(indexed), 10))
    return [column for rows, width in (*all_rows, (_texts(indexed), 3)) for column in _columns(rows, width)]


def _array(values: Sequence[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _resource(version: Version) -> tuple[Any, ...]:
    v, index = version, version.index
    place = self_hash(f"{v.type}/{v.id}")
    hashes = (_array(index.tokens), _array(index.refs)) if index else ("{}", "{}")
    custody = (v.person, v.regime, v.provider, v.unit, v.source, v.labels, v.start, v.end)
    return (v.key, v.fresh, v.type, v.id, v.version, v.updated, v.deleted, *custody, v.content_hash, place, *hashes, v.body)


def _values(indexed: Indexed) -> dict[str, Rows]:
    return {
        "strings": [(key, *row) for key, index in indexed for row in index.strings],
        "dates": [(key, *row) for key, index in indexed for row in index.dates],
        "numbers": [
            (key, param, *map(str, amounts), unit, code)
            for key, index in indexed
            for param, *amounts, unit, code in index.numbers
        ],
    }


def _composites(indexed: Indexed) -> Rows:
    return [
        (key, param, item, part, _array(tokens), *map(str, amounts), unit, code)
        for key, index in indexed
        for param, item, part, tokens, *amounts, unit, code in index.composites
    ]


def _texts(indexed: Indexed) -> Rows:
    """Each once, in one order, so that two batches cannot wait for each other."""
    return sorted({row for _, index in indexed for row in index.texts})


def _facts(versions: Sequence[Version]) -> dict[str, Rows]:
    """Rows of the tables of facts, by their part; most resources state none."""
    found: dict[str, Rows] = {}
    for v in versions:
        if not v.states_facts:
            continue
        for name in _FACTS:
            found.setdefault(name, []).extend((row[0], v.key, *row[1:]) for row in getattr(v, name))
    return found


_FACTS = ("relations", "consents", "blocks", "states", "representations", "lifts")


def _log(logged: Sequence[Logged]) -> Rows:
    return [
        (one.actor, one.request, line.person, line.action, " ".join(line.rules), " ".join(line.resources), line.detail)
        for one in logged
        for line in one.lines
    ]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> Columns:
    return list(zip(*rows)) if rows else [()] * width
