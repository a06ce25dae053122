"""Views over resources with the law inside each, and one SELECT over them, as one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kedja.search.condition import Condition
from kedja.search.sql.condition import render, render_rule
from kedja.store.pool import Store


@dataclass(frozen=True, slots=True)
class Field:
    """One column: the first value at a jsonpath, as this SQL type."""

    name: str
    jsonpath: str
    type: str


@dataclass(frozen=True, slots=True)
class View:
    """Rows of one resource type under one regime that meet every test (jsonpath filters). Each row has `person` besides."""

    name: str
    type: str
    regime: str
    fields: tuple[Field, ...]
    tests: tuple[str, ...]


async def answer(
    store: Store, condition: Condition, views: Sequence[View], sql: str, name: str, actor: int, request: str
) -> list[dict[str, Any]]:
    """Run `sql` over the views: it selects from them by name and gives a `person` column, which stays inside.

    One statement; the law's condition is in every view, and every person in the answer gets a log row with the rules used.
    """
    args: list[object] = [actor, request, name]
    parts = [f"{view.name} AS MATERIALIZED ({_view(view, condition, args)})" for view in views]
    used = " UNION ALL ".join(f"SELECT person, rule FROM {view.name}" for view in views)
    text = f"""WITH {", ".join(parts)}, answer AS MATERIALIZED ({sql.rstrip().rstrip(";")}), logged AS (
        INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
        SELECT u.person, $1::integer, 'ask', 'permit', array_agg(DISTINCT u.rule) FILTER (WHERE u.rule <> ''), $2::text, $3::text
        FROM ({used}) AS u WHERE u.person IN (SELECT person FROM answer) GROUP BY u.person
        UNION ALL SELECT 0, $1::integer, 'ask', 'permit', '{{}}', $2::text, $3::text
    ) SELECT * FROM answer"""
    rows = await store.pool.fetch(text, *args)
    return [{key: value for key, value in row.items() if key != "person"} for row in rows]


def _view(view: View, condition: Condition, args: list[object]) -> str:
    columns = [
        f"(jsonb_path_query_first(d.doc, {_bound(args, field.jsonpath)}) #>> '{{}}')::{field.type} AS {field.name}"
        for field in view.fields
    ]
    tests = [f"jsonb_path_exists(d.doc, {_bound(args, test)})" for test in view.tests]
    args.append(view.type)
    of_type = f"r.type = ${len(args)}::text"
    args.append(view.regime)
    of_regime = f"r.regime = ${len(args)}::text"
    where = [of_type, of_regime, "NOT r.deleted", render(condition, "r", args)]
    return (
        f"SELECT r.person, {render_rule(condition, 'r', args)} AS rule, {', '.join(columns)} FROM ("
        f"SELECT * FROM resource r WHERE {' AND '.join(where)} OFFSET 0) r"
        f" CROSS JOIN LATERAL (SELECT r.body::jsonb AS doc) d{' WHERE ' + ' AND '.join(tests) if tests else ''}"
    )


def _bound(args: list[object], path: str) -> str:
    args.append(path)
    return f"${len(args)}::text::jsonpath"
