"""What comes with a page: what it refers to, what refers to it, and on from there as often as `:iterate` asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kedja.search.condition import SHIELDED
from kedja.search.nodes import Include, Query, RevInclude, Select
from kedja.search.sql.bind import integers, type_names
from kedja.search.sql.condition import permitting, render
from kedja.search.sql.select import asked, permitted_rows
from kedja.search.sql.writer import Writer
from kedja.spec.places import PLACES

MAX_INCLUDED: Final = 1000
MAX_LEVELS: Final = 5  # references that `:iterate` follows, one behind the other
_PLACES: Final = type_names(sorted(PLACES))
_AT_ONCE: Final = 500  # hashes of what is referred to


def included(query: Query, writer: Writer) -> bool:
    """Add the part `included`: keys and their places. A resource that is on the page is not included again.

    Levels end by themselves where references lead in a circle: what is known is not followed again.
    """
    every = [*query.includes, *query.revincludes]
    if not every:
        return False
    again = [one for one in every if one.iterate]
    levels = [_level("level_1", ["page"], every, writer)]
    while again and len(levels) < MAX_LEVELS:
        levels.append(_level(f"level_{len(levels) + 1}", ["page", *levels], again, writer))
    union = " UNION ALL ".join(f"SELECT key, rule FROM {level}" for level in levels)
    writer.part(
        "included",
        f"  SELECT key, row_number() OVER (ORDER BY key DESC) AS place, rule FROM ({union}) others\n"
        f"  ORDER BY key DESC LIMIT {MAX_INCLUDED + 1}",
    )
    return True


def _level(name: str, known: list[str], includes: Sequence[Include | RevInclude], writer: Writer) -> str:
    """What is one reference away from the last of `known`, and in none of them. All includes are under the same law."""
    arms = [arm for one in includes for arm in _arms(one, known[-1], writer)]
    union = "\n  UNION ALL\n".join(arms)
    fresh = " AND ".join(f"key NOT IN (SELECT key FROM {level})" for level in known)
    other = writer.alias()
    rule = permitting(includes[0].law, other, writer.args)
    rows = (
        f"  SELECT fresh.key, {rule} AS rule FROM (SELECT DISTINCT key FROM (\n{union}\n  ) every WHERE {fresh}) fresh\n"
        f"  JOIN resource {other} ON {other}.{writer.origin} = fresh.key"
    )
    return writer.part(name, f"{permitted_rows(rows)}\n  ORDER BY key DESC LIMIT {MAX_INCLUDED + 1}")


def _arms(one: Include | RevInclude, source: str, writer: Writer) -> list[str]:
    if isinstance(one, RevInclude):
        return [_revinclude(one, source, writer)]
    arms = [_include(one, one.salts, "{other}.self_hash = ref.hash # salt.salt", source, writer)]
    if one.by_url:
        arms.append(_include(one, one.by_url, "{other}.tokens && ARRAY[ref.hash # salt.salt]", source, writer))
    return arms


def _include(include: Include, salts: tuple[int, ...], leads: str, source: str, writer: Writer) -> str:
    """`leads`: how what is referred to is known, by its reference or by its canonical url."""
    other = writer.alias()
    listed = integers(salts, "bigint")
    of_type = f"\n    AND {other}.type IN ({type_names(include.types)})" if include.types else ""
    return (
        f"  SELECT {other}.{writer.origin} AS key FROM {source} JOIN resource m ON m.{writer.origin} = {source}.key\n"
        f"  CROSS JOIN unnest(m.refs) AS ref (hash) CROSS JOIN unnest(ARRAY[{listed}]::bigint[]) AS salt (salt)\n"
        f"  JOIN resource {other} ON {leads.format(other=other)}\n"
        f"  WHERE NOT {other}.deleted{of_type}\n"
        f"    AND {_of_the_page(other, writer)}\n"
        f"    AND NOT ((m.labels & {SHIELDED}) = {SHIELDED} AND {other}.type IN ({_PLACES})"
        f" AND NOT {render(include.places, 'm', writer.args)})"
    )


def _of_the_page(other: str, writer: Writer) -> str:
    """What is of somebody with protected identity comes along with a row of their own alone."""
    persons = f"SELECT p.person FROM page JOIN resource p ON p.{writer.origin} = page.key"
    return f"(({other}.labels & {SHIELDED}) <> {SHIELDED} OR {other}.person IN ({persons}))"


def _revinclude(include: RevInclude, source: str, writer: Writer) -> str:
    """The index is asked for so many hashes at once: for each row that is found it goes through all that it was asked for."""
    other = writer.alias()
    known = [_known_by("unnest(ARRAY[m.self_hash])", include.salts, source, writer)]
    if include.by_url:
        known.append(_known_by("unnest(m.tokens)", include.by_url, source, writer))
    union = "\n  UNION\n".join(known)
    name = writer.part(
        f"pointers_{other}",
        f"  SELECT array_agg(hash) AS hashes FROM (\n  SELECT hash, row_number() OVER () / {_AT_ONCE} AS part FROM (\n{union}\n"
        "  ) known) parted GROUP BY part",
        how="MATERIALIZED",
    )
    where = asked(Select(include.types[0], (), include.law, include.types[1:]), other, writer)
    return (
        f"  SELECT {other}.{writer.origin} AS key FROM {name} JOIN resource {other} ON {other}.refs && {name}.hashes\n"
        f"  WHERE {where}\n    AND {_of_the_page(other, writer)}"
    )


def _known_by(names: str, salts: tuple[int, ...], source: str, writer: Writer) -> str:
    """The hashes that stand in `refs` of what refers to one of the source by one of its names."""
    listed = integers(salts, "bigint")
    return (
        f"  SELECT name.hash # salt.salt AS hash FROM {source} JOIN resource m ON m.{writer.origin} = {source}.key\n"
        f"  CROSS JOIN {names} AS name (hash) CROSS JOIN unnest(ARRAY[{listed}]::bigint[]) AS salt (salt)"
    )
